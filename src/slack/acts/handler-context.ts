import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Instant } from '../../domain/entitlement.js';
import type { Refusal } from '../../domain/refusal.js';
import type { GrantKind } from '../../ports/access.js';
import type { Front } from '../../ports/front.js';
import type { Actor } from '../../ports/people.js';
import type { Bundle } from '../../ports/policy.js';
import type { Message } from '../messages/blocks.js';

/** What each handler works with. */
export interface Desk {
  front: Front;
  /** For calls while a person waits: short time limit, no second try. */
  slack: WebClient;
  bundle: () => Bundle;
  kinds: readonly GrantKind[];
  log: Logger;
  now: () => Instant;
}

/** Who does something, by which signed request. */
export interface SignedAct {
  actor: Actor;
  seen: string;
}

/** What the limits of one person ask of an act. */
export interface Limited {
  /** It cancels a request or ends access. */
  ends?: boolean | undefined;
  /** It opens a session. */
  opens?: boolean | undefined;
  /** It fills in a form, and nothing follows from it. */
  fills?: boolean | undefined;
}

/** What a person typed after the command. */
export interface TypedCommand extends SignedAct {
  /** The words after the subcommand's name, of a request all of them; as they were typed. */
  words: string[];
  /** The ids of the accounts that are mentioned, in order: Slack puts them there, so no name is guessed. */
  mentioned: string[];
  triggerId: string;
}

/** A press on a button, or a choice in a modal. */
export interface Click extends SignedAct {
  /** The button's value, unchecked. */
  value: unknown;
  triggerId: string;
  /** When it happened, by Slack's clock, in seconds. */
  at?: number | undefined;
  /** The modal in which it happened, if in one; unchecked. */
  view: unknown;
  /** It happened in a message that only this person sees: in a list that they asked for. */
  inList?: boolean;
}

/** A form that was sent. */
export interface Submission extends SignedAct {
  view: unknown;
}

export interface Refused {
  refusal: Refusal;
}
export const UNKNOWN_BUTTON: Refused = { refusal: { code: 'unknown-button' } };

/** What to tell the person who acted, for their eyes only; undefined where a window or a card says it. */
export type Told = Message | Refused | undefined;
