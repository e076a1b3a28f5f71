import type { DirectoryConfig } from '../../../domain/directory.js';
import type { State } from '../../../domain/request/state.js';
import type { GrantKind } from '../../../ports/access.js';
import type { RequestView } from '../../../ports/messages.js';
import { actions, context, section, type Message } from '../blocks.js';
import { credentialsButton, endButton } from '../buttons.js';
import { code, when } from '../mrkdwn.js';
import { nameOf, standing } from '../phrases.js';

/** Access is there: until when, and how to use it. No message carries credentials (invariant 9). */
export function active({ state }: RequestView, _: DirectoryConfig, kinds: readonly GrantKind[]): Message {
  if (state.status !== 'active') {
    const late = `Your access *${nameOf(state)}* was set up. ${standing(state)}.`;
    return { text: late, blocks: [section(late), context(`Request ${code(state.id)}`)] };
  }
  const head = `You have *${nameOf(state)}* until ${when(state.lease.endsAt)}.`;
  const kind = kindOf(state, kinds);
  const use = kind?.use(state.grant, { code }) ?? `It is in account ${code(state.grant.account)}.`;
  return {
    text: head,
    blocks: [
      section(`${head}\n${use}`),
      actions([...(kind?.mints ? [credentialsButton(state)] : []), endButton(state)]),
      context(`Request ${code(state.id)}${kind?.endsAlone ? ' · it ends by itself' : ''}`),
    ],
  };
}

/** Undefined for one that this version does not know. */
export function kindOf({ grant }: State, kinds: readonly GrantKind[]): GrantKind | undefined {
  return kinds.find(({ name }) => name === grant.kind);
}
