import { randomBytes } from 'node:crypto';
import type { Instant } from '../../domain/entitlement.js';
import { callerOf, type World } from './world.js';

/** A sign-in token works for 15 minutes. */
const LIFETIME = 15 * 60_000;

export interface SigninPage {
  status: number;
  type: string;
  body: string;
}

/** The console's sign-in endpoint for temporary credentials: `getSigninToken` and `login`. */
export function federation(world: World): (query: URLSearchParams) => SigninPage {
  const tokens = new Map<string, { arn: string; until: Instant }>();

  const getSigninToken = (query: URLSearchParams): SigninPage => {
    const given = read(query.get('Session') ?? '');
    const session = given && world.sessions.get(given.sessionId);
    // SessionDuration is refused for credentials that came from a role by way of another.
    if (
      !session ||
      query.has('SessionDuration') ||
      given.sessionKey !== session.keys.secretAccessKey ||
      given.sessionToken !== session.keys.sessionToken ||
      typeof callerOf(world, given.sessionId) !== 'object'
    ) {
      return { status: 400, type: 'text/plain', body: 'Bad Request' };
    }
    const token = randomBytes(48).toString('base64url');
    tokens.set(token, { arn: session.arn, until: world.now() + LIFETIME });
    return { status: 200, type: 'application/json', body: JSON.stringify({ SigninToken: token }) };
  };

  const login = (query: URLSearchParams): SigninPage => {
    const known = tokens.get(query.get('SigninToken') ?? '');
    if (!known || world.now() >= known.until) {
      return { status: 400, type: 'text/plain', body: 'This sign-in link is not valid any more.' };
    }
    return { status: 200, type: 'text/plain', body: `Here the AWS console would open for ${known.arn}` };
  };

  return (query) => {
    if (query.get('Action') === 'getSigninToken') return getSigninToken(query);
    if (query.get('Action') === 'login') return login(query);
    return { status: 400, type: 'text/plain', body: 'Bad Request' };
  };
}

function read(text: string): { sessionId: string; sessionKey: string; sessionToken: string } | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { sessionId, sessionKey, sessionToken } = value;
    if (typeof sessionId !== 'string' || typeof sessionKey !== 'string') return undefined;
    return typeof sessionToken === 'string' ? { sessionId, sessionKey, sessionToken } : undefined;
  } catch {
    return undefined;
  }
}
