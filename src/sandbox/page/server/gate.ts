import type { IncomingMessage } from 'node:http';
import { refuse, type PageReply } from './reply.js';

const LARGEST = 100_000;

/**
 * Any page in the browser can send requests to this machine, and a name that its owner points at 127.0.0.1 makes
 * that page "same origin" (DNS rebinding). So the Host must be ours, and whoever sends something must be our page.
 * @returns the refusal of whoever is not
 */
export function stranger(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  port: number,
): PageReply | undefined {
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) =>
    // Browsers leave out HTTP's own port.
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  if (!hosts.includes(headers.host?.toLowerCase() ?? ''))
    return refuse(403, `The sandbox answers only as http://127.0.0.1:${port}.`);
  if (method === 'GET' || method === 'HEAD') return undefined;
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`))
    return refuse(403, 'The sandbox takes nothing from other pages.');
  // No page of another origin can send this type without a preflight, which is never granted.
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? undefined : refuse(415, 'The sandbox takes JSON: application/json.');
}

/** @returns undefined for what is too large, which is read to its end and not kept: so the sender hears of it */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST) chunks.push(chunk);
  }
  return size > LARGEST ? undefined : Buffer.concat(chunks).toString('utf8');
}
