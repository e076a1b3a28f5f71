import type { UnknownGroup } from './directory.js';
import type { Millis } from './entitlement.js';
import type { Outcome, State } from './request/state.js';
import type { Verdict } from './request/decision.js';

/** Why a person is not let in at all. */
export type Stranger =
  | { code: 'other-workspace' }
  /** Whoever keeps their account names no organisation to which they belong. */
  | { code: 'unknown-workspace' }
  | { code: 'guest' }
  | { code: 'bot' }
  | { code: 'deactivated' }
  | { code: 'unknown-person' }
  | { code: 'no-email' }
  | { code: 'unconfirmed-email' }
  | { code: 'directory-unavailable' };

/** What is wrong with what was typed into the form. */
export type Invalid =
  | { code: 'unknown-entitlement'; entitlement: string }
  | { code: 'unknown-duration'; text: string }
  | { code: 'duration-not-offered'; offered: Millis[] }
  | { code: 'start-unreadable' }
  | { code: 'start-past' }
  /** `within`: how far ahead it may lie. */
  | { code: 'start-too-far'; within: Millis }
  | { code: 'start-in-emergency' }
  | { code: 'justification-too-short'; minLength: number }
  | { code: 'justification-too-long'; maxLength: number }
  | { code: 'justification-broadcast'; found: string }
  | { code: 'ticket-required'; example?: string }
  | { code: 'ticket-malformed'; example?: string }
  /** Directory.yml provides for none. */
  | { code: 'no-emergency' };

/** Coded values with evidence; the adapters make the sentences. */
export type Refusal =
  | Stranger
  | Invalid
  | { code: 'no-principal'; why: string }
  | { code: 'too-many-requests'; limit: number; within: Millis; retryIn: Millis }
  | { code: 'too-many-pending'; limit: number; retryIn: Millis }
  | { code: 'role-crowded'; limit: number; retryIn: Millis }
  /** `later`: for the start that was asked for. */
  | {
      code: 'denied-by-policy';
      policies: string[];
      advice: string[];
      errors: string[];
      request?: string;
      later?: true;
    }
  | { code: 'unfillable'; stage: string; needed: number; available: number; request?: string }
  /** What was asked depends on who is in groups that cannot be looked up. */
  | { code: 'group-unknown'; groups: readonly UnknownGroup[] }
  /** With groups: or whether the person has to do with it is not known. */
  | { code: 'unknown-request'; groups?: readonly UnknownGroup[] }
  | { code: 'unknown-button' }
  | { code: 'not-pending'; status: State['status']; outcome?: Outcome }
  | { code: 'stale-card' }
  /** `open`: the one that waits, or none; `passed`: the stage came before it. */
  | { code: 'stage-not-open'; stage: string; open: string; passed?: boolean }
  /** Directory.yml no longer has it, so nobody is in it. */
  | { code: 'stage-gone'; stage: string }
  | { code: 'own-request' }
  | { code: 'already-voted' }
  /** Who stands in and who is away count once between them, and one of them has been counted. */
  | { code: 'seat-taken' }
  /** They would stand in for the requester. */
  | { code: 'delegators-request' }
  | { code: 'not-in-stage'; stage: string }
  | { code: 'would-strand'; stage: string }
  | { code: 'identity-changed' }
  | { code: 'reason-missing' }
  /** It is for `duration` by now; `shorter`: what else it is offered for that is less. */
  | { code: 'not-shorter'; duration: Millis; shorter: Millis[] }
  | { code: 'question-missing' }
  | { code: 'question-open' }
  | { code: 'too-many-questions'; limit: number }
  | { code: 'answer-missing' }
  | { code: 'already-answered' }
  | { code: 'not-yours' }
  /** `agreed`: all have approved it, and it has a start. */
  | { code: 'not-active'; status: State['status']; outcome?: Outcome; agreed?: true }
  /** The catalog offers no extension of it. */
  | { code: 'not-extendable' }
  | { code: 'extension-waiting' }
  | { code: 'extended-enough'; most: number }
  /** `left`: how much of it there still is. */
  | { code: 'extension-too-long'; total: Millis; left: Millis }
  /** The catalog has changed what it gives since it was approved. */
  | { code: 'extension-of-other' }
  | { code: 'too-many-extensions'; limit: number }
  /** The extension of a button is decided. */
  | { code: 'extension-over'; given: boolean }
  | { code: 'no-credentials' }
  | { code: 'too-many-sessions'; limit: number; retryIn: Millis }
  /** No stage that the person fills lets anybody stand in. */
  | { code: 'no-delegates' }
  | { code: 'delegation-past' }
  | { code: 'delegation-too-long'; most: Millis }
  | { code: 'delegate-unfit'; why: Stranger['code'] }
  | { code: 'delegate-oneself' }
  /** `groups`: names of those whose members may stand in. */
  | { code: 'not-a-delegate'; groups: string[] }
  | { code: 'delegate-away' }
  /** They stand in for each other. */
  | { code: 'delegate-circle' }
  /** It was changed so often that not all of it has been told yet. */
  | { code: 'delegation-untold' }
  | { code: 'not-away' }
  /** It would change nothing. */
  | { code: 'emergency-needless' }
  | { code: 'emergency-open'; open: string }
  | { code: 'contested'; contested: string; request?: string }
  /** Whether an emergency of theirs is contested cannot be known. */
  | { code: 'reviews-unknown' }
  | { code: 'no-review' }
  | { code: 'review-early'; status: State['status'] }
  | { code: 'own-review' }
  | { code: 'not-a-reviewer'; group: string }
  | { code: 'review-missing' }
  | { code: 'already-reviewed' }
  | { code: 'already-contested' }
  | { code: 'own-contest' }
  | { code: 'busy' }
  | { code: 'unreadable-request'; request: string }
  | { code: 'replayed' };

/** What to answer a person to whom policy says no, or can say nothing while groups are unknown. */
export function refusalFor(verdict: Partial<Verdict> | undefined): Refusal {
  const { policies = [], advice = [], errors = [], unknownGroups = [] } = verdict ?? {};
  if (unknownGroups.length > 0) return { code: 'group-unknown', groups: unknownGroups };
  return { code: 'denied-by-policy', policies, advice, errors };
}
