import type { Millis } from '../../domain/entitlement.js';
import { outboundFetch } from '../../kit/outbound/index.js';
import type { Credentials } from '../../ports/access.js';
import type { Partition } from '../aws/documents/partitions.js';

const LIMIT: Millis = 4_000;

/** Where a console link signs in, and what it opens. */
export interface ConsoleEntry {
  /** The federation endpoint. */
  signinUrl: string;
  destination: string;
}

/**
 * The console of a partition. @param region in which it opens; default: the one that the person was in last
 * @param signinUrl in place of the partition's own federation endpoint
 */
export function consoleOf(
  { signin, console }: Partition,
  { region, signinUrl }: { region?: string | undefined; signinUrl?: string | undefined } = {},
): ConsoleEntry {
  return {
    signinUrl: signinUrl ?? `https://${signin}/federation`,
    destination:
      region === undefined
        ? `https://${console}/`
        : `https://${region}.${console}/console/home?region=${region}`,
  };
}

/**
 * A console sign-in link for these credentials. It is a secret, and good for 15 minutes.
 * @returns undefined when the endpoint gives no token, for whatever reason: its answers and errors repeat the request,
 *   and with it the credentials, so none of them leaves this function
 */
export async function consoleUrl(
  { signinUrl, destination }: ConsoleEntry,
  credentials: Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>,
): Promise<string | undefined> {
  const session = JSON.stringify({
    sessionId: credentials.accessKeyId,
    sessionKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
  });
  try {
    // No SessionDuration: AWS refuses it for credentials that one role got from another.
    const answer = await outboundFetch(withQuery(signinUrl, { Action: 'getSigninToken', Session: session }), {
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT),
    });
    const body: unknown = answer.ok ? await answer.json() : undefined;
    if (typeof body !== 'object' || body === null || !('SigninToken' in body)) return undefined;
    if (typeof body.SigninToken !== 'string') return undefined;
    return withQuery(signinUrl, {
      Action: 'login',
      Issuer: 'jit',
      Destination: destination,
      SigninToken: body.SigninToken,
    });
  } catch {
    return undefined;
  }
}

function withQuery(base: string, query: Record<string, string>): string {
  return `${base}?${new URLSearchParams(query).toString()}`;
}
