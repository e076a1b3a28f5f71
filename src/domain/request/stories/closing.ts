import { isFrom, SKEW } from '../../record/past.js';
import { isInstant, isText } from '../../record/values.js';
import type { Outcome } from '../state.js';
import { reviewOwed } from './reviewing.js';
import {
  CARDS,
  impossible,
  NOTHING,
  record,
  tell,
  type Decisions,
  type EventRow,
  type Owes,
} from './story.js';

// AWS is read back: the access is gone. Then the request closes, and what was left in AWS is cleared away.

export const CLOSING_COMMANDS: Decisions<'RecordGone' | 'RecordCleanUp'> = {
  RecordGone({ at, proof }, state) {
    // A provisioning call may still land until `settledBy`: only a later look proves that it is gone.
    if (state.status !== 'ending' || proof.checkedAt <= state.settledBy) return NOTHING;
    return record(at, { type: 'RequestClosed', outcome: state.cause, proof });
  },
  RecordCleanUp({ at }, state) {
    if (state.status !== 'closed' || state.proof?.cleanUpAt === undefined || state.cleanedUp) return NOTHING;
    return record(at, { type: 'CleanedUp' });
  },
};

const NOTE_USE: Owes = { effect: { type: 'note-use' } };
/** Ends of which the requester's phone buzzes: neither their own doing, nor announced. */
const UNEXPECTED: readonly Outcome[] = ['revoked', 'failed'];

export const CLOSING = {
  RequestClosed: {
    after: { ending: true },
    members: { outcome: 'always', proof: 'always' },
    evolve: ({ at, outcome, proof }, before) => {
      const { cause: _c, endingAt: _e, approvedAt: _a, settledBy: _s, ...rest } = before;
      return { ...rest, status: 'closed', outcome, closedAt: at, proof };
    },
    owes: ({ outcome, proof: { cleanUpAt } }, state) => [
      CARDS,
      ...reviewOwed(state),
      ...(UNEXPECTED.includes(outcome) ? [tell('ended')] : []),
      NOTE_USE,
      ...(cleanUpAt === undefined ? [] : [{ effect: { type: 'clean-up' }, notBefore: cleanUpAt } as const]),
    ],
    law: ({ at, outcome, proof }, before) => {
      if (outcome !== before.cause) return `it ended as ${before.cause} and was closed as ${outcome}`;
      const { checkedAt, evidence, cleanUpAt } = proof;
      if (!(checkedAt > before.settledBy))
        return 'it was closed on a look at AWS that came too early to prove anything';
      if (!isFrom(2, before)) return undefined;
      if (checkedAt > at + SKEW) return 'it was closed on a look at AWS that had not been taken yet';
      if (!isText(evidence)) return 'it was closed on a look at AWS that found nothing to say';
      return cleanUpAt === undefined || isInstant(cleanUpAt)
        ? undefined
        : 'what is left in AWS is left until no time';
    },
  } satisfies EventRow<'RequestClosed', 'ending'>,

  CleanedUp: {
    after: { closed: true },
    members: {},
    evolve: ({ type }, before) => {
      if (!before.proof) return impossible(type, before);
      return before.format === undefined ? before : { ...before, cleanedUp: true };
    },
    owes: () => [],
    law: ({ at }, { proof, cleanedUp }) => {
      if (proof?.cleanUpAt === undefined) return 'it was cleared away, and nothing was left';
      if (cleanedUp) return 'it was cleared away twice';
      return at >= proof.cleanUpAt - SKEW
        ? undefined
        : 'it was cleared away while a session could still live';
    },
  } satisfies EventRow<'CleanedUp', 'closed'>,
};
