import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Instant } from '../../domain/entitlement.js';
import type { GrantKind } from '../../ports/access.js';
import type { Actor } from '../../ports/people.js';
import type { Bundle } from '../../ports/policy.js';
import type { Front } from '../../ports/front.js';
import type { Message } from '../messages/blocks.js';
import { textAt } from '../wire/payload.js';

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

/** A press on a button, or a choice in a modal. */
export interface Click {
  actor: Actor;
  /** The button's value, unchecked. */
  value: unknown;
  triggerId: string;
  /** The modal in which it happened, if in one; unchecked. */
  view: unknown;
  seen: string;
}
/** @returns what to tell the person who clicked, for their eyes only */
export type ClickHandler = (click: Click, desk: Desk) => Promise<Message | undefined>;

/** A form that was sent. */
export interface Submission {
  actor: Actor;
  view: unknown;
  seen: string;
}

/** Who acts, as the signed payload says; undefined when it does not say. */
export function actorOf(body: unknown): Actor | undefined {
  const slackId = textAt(body, 'user', 'id') ?? textAt(body, 'user_id');
  // In a shared channel `team` may be the channel's: the person's own comes first.
  const team = textAt(body, 'user', 'team_id') ?? textAt(body, 'team', 'id') ?? textAt(body, 'team_id');
  return slackId === undefined ? undefined : { provider: 'slack', id: slackId, tenant: team };
}
