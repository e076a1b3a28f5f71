import { openStage } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import { pastExtensions } from '../../../domain/request/extension.js';
import { isExtendable } from '../../../domain/request/stories/extending.js';
import type { Active, Extension, PastExtension, State } from '../../../domain/request/state.js';
import { spelled } from '../../../words/english.js';
import { doer } from '../../../words/pen.js';
import { because } from '../../../words/reason.js';
import { clean, cut, pen, when } from '../mrkdwn.js';
import { nameOf, stageName } from '../phrases.js';
import { voters } from './voters.js';

// What people read of an extension.

/** `30 minutes more of *Orders database admin*`. */
export function whatMore(state: State, { more }: Extension): string {
  return `${spelled(more)} more of *${nameOf(state)}*`;
}

/** Until when, and how long that is in all. */
export function untilWhen({ endsAt, total }: Extension): string {
  return `Until ${when(endsAt)}, which makes ${spelled(total)} in all.`;
}

/** For a dialog: plain text, not escaped, at most 300 characters. */
export function amountsToMore({ requester, entitlement }: State, { more, total }: Extension): string {
  const who = cut(clean(requester.email), 60);
  const name = cut(clean(entitlement.name), 50);
  return `${who} keeps ${name} in account ${entitlement.account} for ${spelled(more)} more: ${spelled(total)} in all.`;
}

/** How one stands, as the end of a line. @param state the request for it, where it waits */
export function extensionOutcome(
  extension: Extension | PastExtension,
  state: State,
  directory: DirectoryConfig,
): string {
  if (state.status === 'closed') {
    const { by, reason } = extension as PastExtension;
    if (!reason) return `extended until ${when(extension.endsAt)}`;
    return reason.code === 'vote' && by ? `denied by ${doer(by, pen)}` : 'not extended';
  }
  const open = state.status === 'pending' ? openStage(state) : undefined;
  return open ? `waiting for ${stageName(open, directory)}` : 'one last check is running';
}

/** For the requester, of an extension that waits: lines of the message about the request. */
export function extensionLines({ extension }: Active, directory: DirectoryConfig): string[] {
  if (!extension) return [];
  const { more, endsAt, chain, votes, agreed } = extension;
  const asked = `You asked for ${spelled(more)} more, until ${when(endsAt)}`;
  if (agreed) return [`${asked}. That is approved, and is being set up in AWS.`];
  const open = openStage({ chain, votes });
  const had = votes.length > 0 ? ` Approved so far by ${voters(votes)}.` : '';
  return open
    ? [
        `${asked}. That is waiting for ${stageName(open, directory)}.${had} Until it is approved, the old end stands.`,
      ]
    : [`${asked}. jit makes one last check.`];
}

/** What came of the last extension, in a sentence or two; undefined where there was none, or one waits. */
export function lastExtension(state: Active): { given: boolean; lines: string[] } | undefined {
  const last = pastExtensions(state).at(-1);
  if (!last || state.extension) return undefined;
  const { reason, by, more } = last;
  if (!reason) return { given: true, lines: [`It was extended by ${spelled(more)}${byVoters(last)}.`] };
  const who = reason.code === 'vote' && by ? ` ${doer(by, pen)} denied it.` : '';
  return {
    given: false,
    lines: [`It was not extended by ${spelled(more)}.${who}`, because(reason, pen)],
  };
}

function byVoters({ votes }: Extension): string {
  return votes.length > 0 ? `, approved by ${voters(votes)}` : '';
}

/** What a session that was opened before an extension does. */
export const OLD_SESSIONS =
  'Sessions that you opened before still end at the old time: open a new one to go on.';

/** What somebody does who needs it for longer. */
export function ifLonger(state: State): string {
  if (isExtendable(state)) return 'if you need longer, extend it';
  // One emergency at a time: before its end, the next one would be refused.
  return `if you need longer, ask again with /jit${state.emergency ? ' once it has ended' : ''}`;
}
