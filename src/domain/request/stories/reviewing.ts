import { samePerson } from '../../person.js';
import { areTexts, isPerson, isText } from '../../record/values.js';
import { refusalFor, type Refusal } from '../../refusal.js';
import type { CommandOf } from '../command.js';
import type { EventOf } from '../event.js';
import type { Closed, EmergencyReview, State } from '../state.js';
import { CARDS, record, standing, type Decided, type EventRow, type Owes } from './story.js';

// Somebody else looks at an emergency once it is over, and says whether it was one.

/** What is owed where an emergency is over that somebody has to review; of any other request nothing. */
export function reviewOwed(state: State): Owes[] {
  return state.status === 'closed' && state.owesReview && needsReview(state)
    ? [{ effect: { type: 'review-due' } }]
    : [];
}

/** The review that holds; undefined: there is none yet. */
export function lastReview(state: State): EmergencyReview | undefined {
  return state.status === 'closed' ? state.reviews?.at(-1) : undefined;
}

/** Whether somebody still has to review it: nobody has, or it is contested and nobody else has signed it off since. */
export function needsReview(state: State): boolean {
  return state.status === 'closed' && state.owesReview === true && !isSignedOff(state);
}

/** Whether it takes from its requester the emergencies that need no approval. */
export function isContested(state: State): boolean {
  return lastReview(state)?.verdict === 'contested';
}

const isSignedOff = (state: State): boolean => lastReview(state)?.verdict === 'signed-off';

export function review(command: CommandOf<'Review'>, state: State): Decided {
  const { at, by, contests, text, verdict } = command;
  const refusal = whyNoReview(command, state);
  if (refusal) return { refusal };
  const { policies } = verdict;
  const said = { ...(text !== '' && { text }), policies };
  return record(
    at,
    { type: 'EmergencyReviewed', verdict: contests ? 'contested' : 'signed-off', ...said },
    by,
  );
}

function whyNoReview(command: CommandOf<'Review'>, state: State): Refusal | undefined {
  const { by, contests, text, verdict, reviews, group } = command;
  const who = samePerson(by, state.requester);
  if (who === 'changed') return { code: 'identity-changed' };
  if (who === 'same') return { code: 'own-review' };
  // Whether they are in the group is perhaps what cannot be known.
  if (verdict.unknownGroups) return refusalFor(verdict);
  if (!reviews) return { code: 'not-a-reviewer', group };
  if (verdict.outcome !== 'allowed') return refusalFor(verdict);
  if (!state.emergency) return { code: 'no-review' };
  if (state.status !== 'closed') return { code: 'review-early', ...standing(state) };
  if (!state.owesReview) return { code: 'no-review' };
  const last = lastReview(state);
  if (last?.verdict === 'signed-off') return { code: 'already-reviewed' };
  if (last && contests) return { code: 'already-contested' };
  // What one person contests another one settles.
  if (last && samePerson(last.by, by) !== 'other') return { code: 'own-contest' };
  return contests && text === '' ? { code: 'review-missing' } : undefined;
}

export const REVIEWING = {
  EmergencyReviewed: {
    after: { closed: true },
    recordedBy: 'people',
    members: { verdict: 'always', text: 'sometimes', policies: 'always' },
    evolve: ({ at, by, verdict, text }, before) => {
      // Of anybody else `verify` says what is wrong.
      const more = isPerson(by) ? [{ by, at, verdict, ...(text !== undefined && { text }) }] : [];
      return { ...before, reviews: [...(before.reviews ?? []), ...more] };
    },
    owes: (_, state) => [CARDS, ...reviewOwed(state)],
    // What has been signed off is not owed any more.
    hurries: ['review-due'],
    law: wrongReview,
  } satisfies EventRow<'EmergencyReviewed', 'closed'>,
};

function wrongReview(event: EventOf<'EmergencyReviewed'>, before: Closed): string | undefined {
  const { by, verdict, text, policies } = event;
  if (!isPerson(by)) return 'it was reviewed by nobody';
  if (!before.owesReview) return 'it was reviewed, and was no emergency that had been active';
  if (samePerson(by, before.requester) !== 'other') return 'it was reviewed by the requester';
  if (verdict !== 'signed-off' && verdict !== 'contested') return 'its review says nothing';
  if (text !== undefined && !isText(text)) return 'the words of its review are none';
  if (verdict === 'contested' && text === undefined) return 'it was contested without words';
  if (!areTexts(policies) || policies.length === 0) return 'it was reviewed without a policy that permits it';
  const last = lastReview(before);
  if (!last) return undefined;
  if (last.verdict === 'signed-off') return 'it was reviewed again after it had been signed off';
  if (verdict === 'contested') return 'it was contested twice';
  return samePerson(last.by, by) === 'other' ? undefined : 'it was settled by who had contested it';
}
