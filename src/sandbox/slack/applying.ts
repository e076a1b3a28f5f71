import type { JsonObject } from '../../domain/entitlement.js';
import { checkModal } from './block-kit/blocks.js';
import { isObject, str } from './block-kit/schema.js';
import type { Modal } from './surface.js';
import { push, replace } from './web-api/views.js';
import type { Workspace } from './workspace.js';

/** Does what the bot answered to a submission. @returns false where Slack would not accept the answer */
export function applyToView(ws: Workspace, modal: Modal, body: string): boolean {
  const answer = body.trim() === '' ? {} : parsed(body);
  if (!answer) return false;
  const { response_action: action, view, errors } = answer;
  switch (action) {
    case undefined:
      remove(ws, modal, false);
      return true;
    case 'clear':
      remove(ws, modal, true);
      return true;
    case 'errors': {
      const inputs = modal.view.blocks
        .filter(({ type }) => type === 'input')
        .map((block) => block['block_id']);
      if (!isObject(errors) || Object.keys(errors).some((id) => !inputs.includes(id))) return false;
      modal.errors = Object.fromEntries(Object.keys(errors).map((id) => [id, str(errors, id)]));
      return Object.keys(errors).length > 0;
    }
    case 'update':
      if (!isObject(view) || checkModal(view).length > 0) return false;
      replace(ws, modal, view);
      return true;
    case 'push':
      return isObject(view) && checkModal(view).length === 0 && push(ws, modal.user, view).ok;
    default:
      return false;
  }
}

/** Takes a modal off the stack with what lies above it, or the whole stack. */
export function remove(ws: Workspace, modal: Modal, all: boolean): void {
  const stack = ws.modals.get(modal.user) ?? [];
  const at = stack.findIndex(({ id }) => id === modal.id);
  if (at >= 0) ws.modals.set(modal.user, all ? [] : stack.slice(0, at));
}

/** The JSON object that the bot answered with, if it is one. */
export function parsed(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
