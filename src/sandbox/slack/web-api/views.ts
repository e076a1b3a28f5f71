import type { JsonObject } from '../../../domain/entitlement.js';
import { blocksOf, checkHome, checkModal, withIds } from '../block-kit/blocks.js';
import { valuesOf } from '../block-kit/inputs.js';
import { refuse, word, type Args, type Method, type MethodReply } from './reply.js';
import { isObject } from '../block-kit/schema.js';
import type { Modal } from '../surface.js';
import { APP_ID, BOT_ID, exchange, type Workspace } from '../workspace.js';

const DEEPEST = 3;
const LARGEST = 250_000;

export const views: Record<string, Method> = {
  'views.open': {
    run: (ws, args) =>
      checked(args, (view) => {
        const trigger = exchange(ws, args['trigger_id']);
        if ('error' in trigger) return refuse(trigger.error);
        ws.modals.set(trigger.user, []);
        return push(ws, trigger.user, view);
      }),
  },

  'views.push': {
    run: (ws, args) =>
      checked(args, (view) => {
        const trigger = exchange(ws, args['trigger_id']);
        if ('error' in trigger) return refuse(trigger.error);
        return ws.modals.get(trigger.user)?.length ? push(ws, trigger.user, view) : refuse('not_found');
      }),
  },

  'views.publish': {
    run: (ws, args) =>
      checked(
        args,
        (view) => {
          const user = word(args, 'user_id');
          if (ws.setup.home === false) return refuse('not_enabled');
          if (user === undefined || !ws.users.has(user))
            return refuse('invalid_arguments', ['invalid `user_id`']);
          const before = ws.homes.get(user);
          const hash = word(args, 'hash');
          if (hash !== undefined && hash !== before?.hash) return refuse('hash_conflict');
          const id = before?.id ?? ws.nextId('V');
          const home: Modal = {
            ...(before ?? { values: {}, errors: {}, hash: '' }),
            id,
            user,
            rootId: id,
            view: { ...view, blocks: [] },
          };
          ws.homes.set(user, home);
          replace(ws, home, view);
          return { ok: true, view: apiView(ws, home) };
        },
        checkHome,
      ),
  },

  'views.update': {
    run: (ws, args) =>
      checked(args, (view) => {
        const id = word(args, 'view_id');
        const external = word(args, 'external_id');
        const modal = allModals(ws).find((one) =>
          id === undefined ? external !== undefined && one.view['external_id'] === external : one.id === id,
        );
        if (!modal) return refuse('not_found');
        const hash = word(args, 'hash');
        if (hash !== undefined && hash !== modal.hash) return refuse('hash_conflict');
        replace(ws, modal, view);
        return { ok: true, view: apiView(ws, modal) };
      }),
  },
};

function checked(
  args: Args,
  then: (view: JsonObject) => MethodReply,
  check: (view: unknown) => string[] = checkModal,
): MethodReply {
  const { view } = args;
  if (!isObject(view)) return refuse('invalid_arguments', ['[ERROR] missing required field: view']);
  const problems = check(view);
  if (problems.length > 0)
    return refuse('invalid_arguments', [
      '[ERROR] failed to match all allowed schemas [json-pointer:/view]',
      ...problems,
    ]);
  return JSON.stringify(view).length > LARGEST ? refuse('view_too_large') : then(view);
}

function allModals(ws: Workspace): Modal[] {
  return [...ws.modals.values()].flat();
}

/** Lays a checked view on top of what this person has open. */
export function push(ws: Workspace, user: string, view: JsonObject): MethodReply {
  const stack = ws.modals.get(user) ?? [];
  if (stack.length >= DEEPEST) return refuse('push_limit_reached');
  const external = view['external_id'];
  if (
    external !== undefined &&
    external !== '' &&
    allModals(ws).some((one) => one.view['external_id'] === external)
  )
    return refuse('duplicate_external_id');
  const id = ws.nextId('V');
  const below = stack.at(-1);
  const modal: Modal = {
    id,
    hash: '',
    user,
    view: { ...view, blocks: [] },
    values: {},
    errors: {},
    rootId: below?.rootId ?? id,
    ...(below && { previousId: below.id }),
  };
  ws.modals.set(user, [...stack, modal]);
  replace(ws, modal, view);
  return { ok: true, view: apiView(ws, modal) };
}

/** Puts a checked view in the place of another; what was entered stays where ids and types are the same. */
export function replace(ws: Workspace, modal: Modal, view: JsonObject): void {
  const blocks = withIds(blocksOf(view), () => ws.nextId('b'));
  modal.view = { ...structuredClone(view), blocks };
  modal.values = valuesOf(blocks, modal.values);
  modal.errors = {};
  modal.hash = `${Math.floor(ws.now() / 1000)}.${ws.nextId('h')}`;
  ws.changed();
}

/** A view as Slack's API and its payloads show it. */
export function apiView(ws: Workspace, modal: Modal): JsonObject {
  return {
    id: modal.id,
    team_id: ws.teamId,
    private_metadata: '',
    callback_id: '',
    clear_on_close: false,
    notify_on_close: false,
    submit_disabled: false,
    close: null,
    submit: null,
    external_id: '',
    ...structuredClone(modal.view),
    state: { values: structuredClone(modal.values) },
    hash: modal.hash,
    previous_view_id: modal.previousId ?? null,
    root_view_id: modal.rootId,
    app_id: APP_ID,
    app_installed_team_id: ws.teamId,
    bot_id: BOT_ID,
  };
}
