import type { Millis } from '../../domain/entitlement.js';
import { outboundFetch } from '../../kit/outbound/index.js';

/** Longer than any caller waits for it: an answer that comes late for one serves the next. */
const LIMIT: Millis = 5_000;
const MOST_BYTES = 2_000_000;

/**
 * Reads from an address that begins with https://, or with http:// on this machine. Redirects are not followed:
 * an attacker who could cause one would say who is on call, and learn the key.
 * @returns what it says, or why it says nothing; never the address, in which there may be a secret
 */
export async function read(
  url: string | URL,
  headers: Record<string, string> = {},
): Promise<{ bytes: Uint8Array } | { why: string }> {
  try {
    const signal = AbortSignal.timeout(LIMIT);
    const answer = await outboundFetch(url, { headers, redirect: 'manual', signal });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      const redirects = answer.status >= 300 && answer.status < 400;
      return { why: `answered ${answer.status}${redirects ? ', and redirects are not followed' : ''}` };
    }
    let bytes = 0;
    const parts: Uint8Array[] = [];
    for await (const part of answer.body ?? []) {
      bytes += part.byteLength;
      // Leaving the loop breaks off the answer.
      if (bytes > MOST_BYTES) return { why: `answered with more than ${MOST_BYTES / 1_000_000} MB` };
      parts.push(part);
    }
    return { bytes: Buffer.concat(parts) };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return { why: name === 'TimeoutError' ? 'did not answer in time' : 'could not be read' };
  }
}

/** The same, of a text in UTF-8. */
export async function readText(
  ...from: Parameters<typeof read>
): Promise<{ text: string } | { why: string }> {
  const answer = await read(...from);
  if ('why' in answer) return answer;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(answer.bytes) };
  } catch {
    return { why: 'could not be read' };
  }
}
