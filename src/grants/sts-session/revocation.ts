import type { Instant, Millis } from '../../domain/entitlement.js';
import { document, everything, sameDocument, timeOf } from '../aws/documents/document.js';
import { GrantFault, PROVISION_TIMEOUT } from '../../ports/access.js';
import { eventually } from '../../kit/deadline.js';
import { isFault } from '../aws/faults.js';
import { getInline, label, putInline, type PrincipalPlace } from '../aws/inline.js';

export const revocationName = (requestId: string): string => `jit-revoke-${requestId}`;
/** Stands on every target role from the start, dated in the far past: a rewrite of the same size fits a full role too. */
export const REVOKE_ALL = 'jit-revoke-all';
/** The session tag that ties a session, and those opened from it, to its request. */
export const REQUEST_TAG = 'jit:request';

/** Ends the sessions of one request before their time, and no other session of the role. */
export function revocation(requestId: string): string {
  return document([
    {
      ...everything('Deny'),
      Condition: { StringEquals: { [`aws:PrincipalTag/${REQUEST_TAG}`]: [requestId] } },
    },
  ]);
}

/**
 * Ends all sessions that jit opened by `until`, of every request, and no others. Always of one size.
 * A session without the tag is not jit's. What is denied was opened at that very second, or before.
 */
export function revocationOfAll(until: Instant): string {
  return document([
    {
      ...everything('Deny'),
      Condition: {
        DateLessThanEquals: { 'aws:TokenIssueTime': [timeOf(until)] },
        Null: { [`aws:PrincipalTag/${REQUEST_TAG}`]: ['false'] },
      },
    },
  ]);
}

/** @returns the date of such a policy; undefined for any other document */
export function revokedUntil(text: string): Instant | undefined {
  const [written = ''] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/.exec(text) ?? [];
  const until = Date.parse(written);
  return !Number.isNaN(until) && sameDocument(text, revocationOfAll(until)) ? until : undefined;
}

/**
 * How long after it was begun a call may still land, with clocks that differ by seconds. A date this far ahead also
 * makes two writers at once harmless, and IAM has no conditional write: the later one to land was begun no longer ago,
 * so that its date covers all that the other's was to end.
 */
export const LANDING: Millis = PROVISION_TIMEOUT + 10_000;

/**
 * Ends the sessions that jit has opened of this role, all of them, where there is no room for a Deny of one request.
 * Does nothing where an earlier one reaches far enough: each rewrite costs others their sessions.
 * @param needed sessions opened by then must end
 * @returns the second up to which sessions are denied, read back
 */
export async function revokeOlder(
  place: PrincipalPlace,
  needed: Instant,
  now: () => Instant,
): Promise<Instant> {
  const before = await getInline(place, REVOKE_ALL);
  if (before === undefined) throw noRoom(place, `has no inline policy ${REVOKE_ALL} to fall back on`);
  const reached = revokedUntil(before) ?? 0;
  if (reached >= needed) return reached;
  // IAM keeps whole seconds: rounded up, or a session opened in this very second would live on.
  const until = Math.ceil(Math.max(needed, now() + LANDING) / 1000) * 1000;
  try {
    await putInline(place, REVOKE_ALL, revocationOfAll(until));
  } catch (fault) {
    if (!isFault(fault, 'LimitExceeded')) throw fault;
    throw noRoom(place, `has a ${REVOKE_ALL} that is smaller than jit's own`);
  }
  const found = await eventually(
    async () => revokedUntil((await getInline(place, REVOKE_ALL)) ?? '') ?? 0,
    (until) => until >= needed,
    place.signal,
  );
  if (found >= needed) return found;
  throw new GrantFault(
    'NotReadBack',
    `IAM does not show the new ${REVOKE_ALL} on ${label(place.principal)} yet.`,
    false,
  );
}

function noRoom({ principal }: PrincipalPlace, lack: string): GrantFault {
  return new GrantFault(
    'RoleFull',
    `The inline policies of ${label(principal)} leave no room for a Deny, and it ${lack}. Remove an inline policy ` +
      `from it, and jit ends the sessions by itself; or revoke the active sessions of the role in the IAM console. ` +
      `Then put ${REVOKE_ALL} on it again, as jit's own template for target roles has it.`,
    // Room comes back by itself, as other Denies are cleared away: sessions live on until then.
    false,
  );
}
