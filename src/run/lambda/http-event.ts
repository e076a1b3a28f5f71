import type { Incoming, Reply } from '../../ports/door.js';

/** What API Gateway's HTTP API takes for an answer (payload format 2.0). */
export interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Reads an HTTP API event, payload format 2.0.
 * @returns the bytes as Slack sent them; undefined for all but `POST /slack/events`
 */
export function incomingOf(event: unknown): Incoming | undefined {
  const { routeKey, rawPath, requestContext, headers, body, isBase64Encoded } = (event ?? {}) as {
    [part: string]: unknown;
    requestContext?: { http?: { method?: unknown } };
  };
  const direct = rawPath === '/slack/events' && requestContext?.http?.method === 'POST';
  // Behind a path mapping of a domain of one's own, only the route says it.
  if (!direct && routeKey !== 'POST /slack/events') return undefined;
  const text = typeof body === 'string' ? body : '';
  return { headers: textsOf(headers), body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8') };
}

export function resultOf({ status, headers, body }: Reply): HttpResult {
  return { statusCode: status, headers, body };
}

function textsOf(headers: unknown): Record<string, string> {
  const entries = Object.entries(headers instanceof Object ? headers : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
