import type { Millis } from '../../entitlement.js';
import { pressAgainIn } from '../../request/presses.js';
import type { Active, Approved, State } from '../../request/state.js';
import type { Event } from '../../request/event.js';
import { isFrom, type Past } from './past.js';
import { SKEW } from './time.js';
import { isInstant, isRequester, isText, wrongReason } from './values.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** A call that has been begun has landed by then, or never will: one that claims to last longer puts the proof off. */
const LONGEST_CALL: Millis = 300_000;

export function provisionAttempt(
  { at, until }: Of<'ProvisionAttempted'>,
  before: Approved,
): string | undefined {
  if (isOver(at, before)) return TOO_LATE;
  if (isFrom(2, before) && !(until > at && until <= at + LONGEST_CALL))
    return 'an attempt to make access says that it lasts as long as no call does';
  return undefined;
}

export function provisioned(past: Past): string | undefined {
  return past.provisions > 0 ? undefined : 'access was made without an attempt on record';
}

export function announcement({ at }: Of<'EndAnnounced'>, before: Active): string | undefined {
  if (before.warned) return 'its end was announced twice';
  const { warnAt, endsAt } = before.lease;
  if (warnAt === undefined || at < warnAt) return 'its end was announced before its time';
  return at < endsAt ? undefined : 'its end was announced after it';
}

export function press({ at, by, waiting }: Of<'MintRequested'>, before: Active): string | undefined {
  if (!isRequester(by, before)) return 'credentials were asked for by somebody other than the requester';
  if (isOver(at, before)) return TOO_LATE;
  if (pressAgainIn(before, at) !== undefined)
    return 'credentials were asked for more often than is let through';
  return isText(waiting) ? undefined : 'credentials were asked for, and no window waited for them';
}

export function mintAttempt(
  { at, permittedAt }: Of<'MintAttempted'>,
  before: Active,
  past: Past,
): string | undefined {
  if (isOver(at, before)) return TOO_LATE;
  if (past.presses === 0) return UNASKED;
  if (permittedAt === undefined) return undefined;
  const { startsAt } = before.lease;
  return permittedAt <= at + SKEW && permittedAt >= startsAt - SKEW
    ? undefined
    : 'credentials were asked of AWS on a permission from outside of that time';
}

export function mintRefusal({ reason }: Of<'MintRefused'>, past: Past): string | undefined {
  if (past.presses === 0) return UNASKED;
  const wrong = wrongReason(reason, 'mint');
  if (wrong) return wrong;
  return reason.code === 'policy' && reason.errors.length > 0
    ? 'a session was refused on a question that policy did not answer'
    : undefined;
}

export function minted(
  { accessKeyId, expiresAt }: Of<'CredentialsMinted'>,
  before: State,
  { mints }: Past,
): string | undefined {
  if (mints.attempted <= mints.made) return 'credentials were made without an attempt on record';
  if (!isFrom(2, before)) return undefined;
  if (!isText(accessKeyId)) return 'credentials were made without a key';
  const { startsAt = 0, endsAt = 0 } = ('lease' in before && before.lease) || {};
  return isInstant(expiresAt) && expiresAt > startsAt && expiresAt <= endsAt
    ? undefined
    : 'credentials were made for another time than that of the lease';
}

const TOO_LATE = 'access was used or made at its end or later';
const UNASKED = 'nobody had asked for credentials';

function isOver(at: number, { lease }: Approved | Active): boolean {
  return at >= lease.endsAt;
}
