import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../domain/entitlement.js';
import type { Headers } from '../../ports/door.js';

export type BadSignature = 'unsigned' | 'malformed' | 'stale' | 'future' | 'wrong';

const OLDEST = 5 * 60_000;
// Clocks differ a little. More than that, and a signature could be kept for later (invariant 14).
const YOUNGEST = 60_000;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;
const TIMESTAMP = /^\d{1,12}$/;

/**
 * Checks Slack's v0 signature over the raw bytes, in constant time.
 * @returns a mark of this very request: SHA-256, hex, of the signature, of which there is one way to write each
 */
export function verify(
  secret: string,
  headers: Headers,
  body: Buffer,
  now: Instant,
): { seen: string } | { refused: BadSignature } {
  const signature = header(headers, 'x-slack-signature');
  const timestamp = header(headers, 'x-slack-request-timestamp');
  if (signature === undefined || timestamp === undefined) return { refused: 'unsigned' };
  if (!SIGNATURE.test(signature) || !TIMESTAMP.test(timestamp)) return { refused: 'malformed' };
  const age = now - Number(timestamp) * 1000;
  if (age > OLDEST) return { refused: 'stale' };
  if (age < -YOUNGEST) return { refused: 'future' };
  const expected = Buffer.from(signatureOf(secret, timestamp, body));
  if (!timingSafeEqual(expected, Buffer.from(signature))) return { refused: 'wrong' };
  return { seen: createHash('sha256').update(signature).digest('hex') };
}

/** Slack's v0 signature. @param timestamp in seconds since the epoch */
export function signatureOf(secret: string, timestamp: string, body: string | Buffer): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/** One header's value, in any case of its name; undefined when it is absent or given twice. */
export function header(headers: Headers, name: string): string | undefined {
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
  return values.length === 1 ? values[0] : undefined;
}
