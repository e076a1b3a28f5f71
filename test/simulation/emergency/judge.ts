import type { Instant } from '../../../src/domain/entitlement.js';
import { samePerson } from '../../../src/domain/person.js';
import type { Event, EventOf } from '../../../src/domain/request/event.js';
import type { Head } from '../../../src/domain/request/head.js';
import type { Owed } from '../../../src/domain/request/outbox.js';
import type { State } from '../../../src/domain/request/state.js';
import { needsReview } from '../../../src/domain/request/stories/reviewing.js';
import { isPerson } from '../../../src/domain/record/values.js';
import { incidentOf, type Slack } from '../slack.js';

/** So long a review may take until it is said that it is overdue, and until that is said once more. */
export const WITHIN = 30 * 60_000;

/** Watches emergencies: that none is given at once after a contested one, that all are told, and that reviews stay owed. */
export function emergencyJudge(parts: {
  blame: (what: string) => void;
  eventsOf: (id: string) => Event[];
  ids: () => Iterable<string>;
  /** What somebody hostile has written under. */
  forged: ReadonlySet<string>;
  slack: () => Slack;
  now: () => Instant;
  /** How long ago a fact may have been gathered that a decision rests on. */
  gathered: number;
}) {
  const { blame, eventsOf, ids, forged, slack, now, gathered } = parts;
  const askedIn = (id: string) => {
    const [first] = eventsOf(id);
    return first?.type === 'RequestSubmitted' && first.asked.emergency ? first.asked : undefined;
  };

  /** Whether it has been contested for so long that everybody who looked has seen it, and still is. */
  function isContested(id: string, at: Instant): boolean {
    const reviews = eventsOf(id).filter((event) => event.type === 'EmergencyReviewed');
    const last = reviews.at(-1);
    return last?.verdict === 'contested' && last.at < at - gathered;
  }

  return {
    /** It was approved, or made longer. */
    given(id: string, at: Instant): void {
      const asked = askedIn(id);
      if (!asked || asked.chain.length > 0) return;
      // Whoever owns the front can hide a contested one by writing under it: what it opens stays within catalog and policy.
      const others = [...ids()].filter((other) => {
        const theirs = other === id || forged.has(other) ? undefined : askedIn(other)?.requester;
        return theirs !== undefined && samePerson(theirs, asked.requester) === 'same';
      });
      if (others.some((other) => isContested(other, at)))
        blame('an emergency was given at once after one that is contested');
    },

    reviewed(id: string, { by }: EventOf<'EmergencyReviewed'>): void {
      const asked = askedIn(id);
      if (!asked || !isPerson(by) || samePerson(by, asked.requester) !== 'other')
        blame('an emergency was reviewed by its requester, or was none');
    },

    /** Once a healthy process has had its time. */
    closing({ id, state, outbox }: Head): void {
      const isGiven = eventsOf(id).some(({ type }) => type === 'RequestApproved');
      if (state.emergency && isGiven && slack().incidents.get(id) !== incidentOf(state))
        blame('the incident channel does not show how an emergency stands');
      if (!needsReview(state) || state.status !== 'closed') return;
      if (!outbox.some(({ effect }) => effect.type === 'review-due')) blame('a review is owed by nobody');
      const since = state.reviews?.at(-1)?.at ?? state.closedAt;
      const isTold = slack().alerts.some(({ request, what }) => request === id && what === 'review-overdue');
      if (!isTold && now() - since > 2 * WITHIN) blame('nobody was told of an overdue review');
    },
  };
}

/** Whether nothing is left to do but what waits for a reviewer, and that has been told. */
export function isOnlyReviewed(state: State, outbox: Owed[]): boolean {
  const [owed, ...more] = outbox;
  return (
    more.length === 0 &&
    owed?.effect.type === 'review-due' &&
    owed.effect.told !== undefined &&
    needsReview(state)
  );
}
