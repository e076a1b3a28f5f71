import type { Millis } from '../../domain/entitlement.js';
import type { Credentials } from '../../ports/access.js';

const LIMIT: Millis = 4_000;
const CONSOLE = 'https://console.aws.amazon.com/';

/**
 * A console sign-in link for these credentials. It is a secret, and good for 15 minutes.
 * @param signinUrl AWS's federation endpoint
 * @returns undefined when the endpoint gives no token, for whatever reason: its answers and errors repeat the request,
 *   and with it the credentials, so none of them leaves this function
 */
export async function consoleUrl(
  signinUrl: string,
  credentials: Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>,
): Promise<string | undefined> {
  const session = JSON.stringify({
    sessionId: credentials.accessKeyId,
    sessionKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
  });
  try {
    // No SessionDuration: AWS refuses it for credentials that one role got from another.
    const answer = await fetch(withQuery(signinUrl, { Action: 'getSigninToken', Session: session }), {
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT),
    });
    const body: unknown = answer.ok ? await answer.json() : undefined;
    if (typeof body !== 'object' || body === null || !('SigninToken' in body)) return undefined;
    if (typeof body.SigninToken !== 'string') return undefined;
    return withQuery(signinUrl, {
      Action: 'login',
      Issuer: 'jit',
      Destination: CONSOLE,
      SigninToken: body.SigninToken,
    });
  } catch {
    return undefined;
  }
}

function withQuery(base: string, query: Record<string, string>): string {
  return `${base}?${new URLSearchParams(query).toString()}`;
}
