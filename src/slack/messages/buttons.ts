import type { Button } from '@slack/types';
import type { State } from '../../domain/request/state.js';
import { button, confirm } from './blocks.js';

/** The requester's own buttons. Each carries the request's id; jit checks at the click who may use it. */
export function cancelButton({ id, entitlement }: State): Button {
  return button('cancel', 'Cancel request', id, {
    confirm: confirm('Cancel this request?', `You will not get ${entitlement.name}.`, 'Cancel request'),
  });
}

export function endButton({ id, entitlement }: State): Button {
  return button('revoke', 'End now', id, {
    style: 'danger',
    confirm: confirm(
      'End this access now?',
      `${entitlement.name} ends within seconds (rarely minutes).`,
      'End now',
    ),
  });
}

export function credentialsButton({ id }: State): Button {
  return button('credentials', 'Open a session', id, { style: 'primary' });
}

export function explainButton({ id }: State): Button {
  return button('explain', 'Why?', id);
}

export function statusButton({ id }: State): Button {
  return button('status', 'Show', id);
}
