import type { Instant, Millis } from '../entitlement.js';

/** Something that is owed to the world after an event; carried out by the engine, at least once. */
export type Effect =
  | { type: 'preflight' }
  | { type: 'confirm' }
  | { type: 'look-ahead' }
  | { type: 'provision' }
  | { type: 'revoke' }
  | { type: 'mint'; waiting: string; requestedAt: Instant }
  | { type: 'clean-up' }
  | { type: 'cards' }
  /** `first`: since the request began, so that no older message of it can stand there. */
  | { type: 'living'; first?: true }
  | { type: 'tell'; news: News }
  | { type: 'note-use' }
  /** `since`: when the stage began to wait. `told`: of the round that is under way, whom it has told, as e-mails. */
  | { type: 'remind'; stage: string; since: Instant; told?: string[] }
  | { type: 'escalate'; stage: string; since: Instant }
  | { type: 'incident' }
  | { type: 'passed-over' }
  /** `told`: how often that the review is overdue, and when last. */
  | { type: 'review-due'; told?: { times: number; at: Instant } }
  /** Decides on an extension once more, now that all have agreed. */
  | { type: 'extend' }
  /** Puts the new end into what AWS has. */
  | { type: 'replace' }
  | { type: 'no-credentials'; waiting: string; why: NoCredentials; hint?: string };
/**
 * For what the requester's phone buzzes. `sent` stands in records of earlier versions: the living message says it now.
 */
export type News =
  | 'sent'
  | 'shortened'
  | 'question'
  | 'scheduled'
  | 'doubted'
  | 'decided'
  | 'active'
  | 'ending-soon'
  | 'extended'
  | 'not-extended'
  | 'ended';

/** Why the window that waits for credentials stays empty. */
export type NoCredentials = 'ended' | 'late' | 'failed' | 'replaced' | 'denied' | 'unknown';

/**
 * Where the effects of one request queue. Those of one lane are carried out one after another, the lanes side by side:
 * what takes access away never waits behind what gives it, nor behind messages (invariants 2 and 16).
 */
export type Lane = 'ending' | 'giving' | 'messages';

interface Row {
  lane: Lane;
  /**
   * How long a process may work on it before another may take it over. 0: it needs no claim, since it sends nothing and
   * changes nothing in AWS; two processes that do it at once come to the same.
   */
  claim: Millis;
  /** What it reads and changes: the request, the grant's own record and AWS, or only what people see. */
  concerns: 'request' | 'grant' | 'people';
  /**
   * How many may be owed at once, whatever people do: HEAD must never grow until nothing can be written (invariant 2).
   * `each`: what owes it can happen only so often. `first`: one that has not begun serves for all. A number: the newest.
   */
  most: 'each' | 'first' | number;
}

const NO_CLAIM: Millis = 0;
const AWS: Millis = 30_000;
const MESSAGE: Millis = 12_000;

/** Everything that can be owed, one row each. */
export const EFFECTS = {
  preflight: { lane: 'giving', claim: NO_CLAIM, concerns: 'request', most: 'each' },
  confirm: { lane: 'giving', claim: NO_CLAIM, concerns: 'request', most: 'each' },
  // Before a later start.
  'look-ahead': { lane: 'giving', claim: NO_CLAIM, concerns: 'request', most: 'each' },
  provision: { lane: 'giving', claim: AWS, concerns: 'grant', most: 'each' },
  extend: { lane: 'giving', claim: NO_CLAIM, concerns: 'request', most: 'first' },
  replace: { lane: 'giving', claim: AWS, concerns: 'grant', most: 'each' },
  mint: { lane: 'giving', claim: AWS, concerns: 'grant', most: 'each' },
  revoke: { lane: 'ending', claim: AWS, concerns: 'grant', most: 'each' },
  'clean-up': { lane: 'ending', claim: AWS, concerns: 'grant', most: 'each' },
  // A card shows HEAD as it is when it is drawn.
  cards: { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 'first' },
  // So does the message that the requester has.
  living: { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 'first' },
  tell: { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 'each' },
  // How long it was used, which people see in the form.
  'note-use': { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 'each' },
  // Of the stage that waits, which is one.
  remind: { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 1 },
  // It needs no message, and must not wait for any.
  escalate: { lane: 'giving', claim: NO_CLAIM, concerns: 'request', most: 1 },
  // What stands in the incident channel, the card of the review included, shows HEAD as it is.
  incident: { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 'first' },
  'passed-over': { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 'each' },
  // Of the last review, or of the end.
  'review-due': { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 1 },
  // Windows that wait are told; of more than so many the oldest have been closed long since.
  'no-credentials': { lane: 'messages', claim: MESSAGE, concerns: 'people', most: 10 },
} as const satisfies Record<Effect['type'], Row>;

/** Whether it may be begun only once it is on record who has it in hand. */
export function needsClaim({ type }: Effect): boolean {
  return EFFECTS[type].claim > NO_CLAIM;
}

export function laneOf({ type }: Effect): Lane {
  return EFFECTS[type].lane;
}
