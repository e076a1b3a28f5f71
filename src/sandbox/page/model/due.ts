import { turnsAt } from '../../../domain/request/due.js';
import type { Instant } from '../../../domain/entitlement.js';
import type { Head } from '../../../domain/request/head.js';
import type { Effect } from '../../../domain/request/effects.js';
import type { State } from '../../../domain/request/state.js';
import type { PageClock, PagePerson } from './model.js';

type Due = NonNullable<PageClock['next']>;

/** The first thing after `now` that happens by itself: a reminder, a lapse, a warning, an end, a clean-up, another try. */
export function nextDue(heads: Head[], people: PagePerson[], now: Instant): Due | undefined {
  return heads
    .flatMap((head) => duesOf(head, people))
    .filter(({ at }) => at > now)
    .reduce<Due | undefined>((first, due) => (first && first.at <= due.at ? first : due), undefined);
}

function duesOf({ state, outbox }: Head, people: PagePerson[]): Due[] {
  const { email } = state.requester;
  const who = people.find((one) => one.email === email)?.name ?? email;
  const what = `${state.entitlement.id} of ${who}`;
  const turn = turnsAt(state);
  return [
    ...(turn === undefined ? [] : [{ at: turn, what: inWords(state, what) }]),
    ...outbox.map(({ notBefore, effect }) => ({ at: notBefore, what: OWED[effect.type](what) })),
  ];
}

function inWords(state: State, what: string): string {
  if (state.status === 'pending') return `${what} lapses, if nobody answers`;
  return state.status === 'active' && turnsAt(state) !== state.lease.endsAt
    ? `a warning that ${what} ends soon`
    : `${what} ends`;
}

const messageAgain = (what: string) => `a message about ${what}, once more`;
const again = (deed: string) => (what: string) => `${deed} for ${what}, once more`;

const OWED: { [T in Effect['type']]: (what: string) => string } = {
  remind: (what) => `a reminder of ${what}`,
  escalate: (what) => `others may decide on ${what}`,
  'look-ahead': (what) => `a look at what policy will say when ${what} begins`,
  extend: (what) => `the last check of a longer end of ${what}`,
  replace: (what) => `the longer end of ${what}, put into AWS`,
  'review-due': (what) => `word that ${what} is still to be reviewed`,
  'passed-over': (what) => `word to those whom ${what} passes over`,
  incident: messageAgain,
  'clean-up': (what) => `clean-up after ${what}`,
  cards: messageAgain,
  living: messageAgain,
  tell: messageAgain,
  preflight: again('preflight'),
  confirm: (what) => `the last check before ${what} begins`,
  provision: again('provision'),
  revoke: again('revoke'),
  mint: again('mint'),
  'no-credentials': again('no-credentials'),
  'note-use': again('note-use'),
};
