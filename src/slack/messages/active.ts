import type { State } from '../../domain/request/state.js';
import type { RequestView } from '../../ports/messages.js';
import { actions, context, section, type Message } from './blocks.js';
import { credentialsButton, endButton } from './buttons.js';
import { code, when } from './text.js';
import { nameOf, standing } from './words.js';

/** The access is there, until when, and how to use it. Credentials stand in no message (invariant 9). */
export function active({ state }: RequestView): Message {
  if (state.status !== 'active') {
    const late = `Your access *${nameOf(state)}* was made. ${standing(state)}.`;
    return { text: late, blocks: [section(late), context(`Request ${code(state.id)}`)] };
  }
  const head = `You have *${nameOf(state)}* until ${when(state.lease.endsAt)}.`;
  const session = isSession(state);
  return {
    text: head,
    blocks: [
      section(`${head}\n${session ? 'Open a session with the button, as often as you need.' : where(state)}`),
      actions([...(session ? [credentialsButton(state)] : []), endButton(state)]),
      context(`Request ${code(state.id)} · it ends by itself`),
    ],
  };
}

/** Whether this access is a session that is opened at need, with credentials of its own. */
export function isSession({ grant }: State): boolean {
  return grant.kind === 'sts-session';
}

function where({ grant, entitlement }: State): string {
  if (!grant.principal) return `It is in account ${code(entitlement.account)}.`;
  const { type, name } = grant.principal;
  return `It is on your IAM ${type} ${code(name)} in account ${code(grant.account)}; AWS may need a minute to let it work everywhere.`;
}
