import type { Instant } from '../../domain/entitlement.js';
import { document, everything, sameDocument, timeOf } from '../aws/documents/document.js';

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
 * Ends all sessions that jit opened by `until`, whosever they are, and nobody else's. Always of one size.
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
