import { GetScopedCredentialsCommand, type Credentials as Issued, type STSClient } from '@aws-sdk/client-sts';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { GrantFault, type Credentials } from '../../ports/access.js';
import { codeOf, ended, toFault } from '../aws/faults.js';

/** SessionKeys, and until when AWS takes them. */
export type SessionKeys = Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'expiresAt'>;

/** @throws where STS answered without them; passing */
export function keysIn(issued: Issued | undefined): SessionKeys {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
  const expiresAt = Expiration?.getTime() ?? NaN;
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Number.isNaN(expiresAt)) {
    throw new GrantFault('NoCredentials', 'STS answered without credentials; it is tried again.', false);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt,
  };
}

/** What a session makes shorter keys of itself for. */
export interface ScopedWish {
  /** STS, called with the keys of the session. */
  sts: STSClient;
  requestId: string;
  /** How long the session still lives, by this machine's clock. */
  left: () => Millis;
  /** The second layer; absent: the keys are as wide as the session. */
  policy?: string | undefined;
  endsAt: Instant;
  now: () => Instant;
  signal: AbortSignal;
}

/**
 * SessionKeys of the same session that AWS itself takes no longer than `endsAt`.
 * @returns `refused`: AWS makes none here; its code
 * @throws where the time is over, and what may pass
 */
export async function scopeDown(wish: ScopedWish): Promise<SessionKeys | { refused: string }> {
  const { sts, requestId, left, policy, endsAt, now, signal } = wish;
  /** How far the last keys went beyond the end: AWS counts from when it is asked, and by its own clock. */
  let beyond: Millis = 0;
  for (const again of [true, false]) {
    const seconds = Math.floor((Math.min(endsAt - now(), left()) - beyond) / 1000) - 1;
    if (seconds < 1) throw ended();
    const asked = {
      DurationSeconds: seconds,
      ScopedSessionDescription: `jit ${requestId}`,
      ...(policy !== undefined && { Policy: policy }),
    };
    try {
      const { Credentials: issued } = await sts.send(new GetScopedCredentialsCommand(asked), {
        abortSignal: signal,
      });
      const keys = keysIn(issued);
      if (keys.expiresAt <= endsAt) return alive(keys, endsAt, now());
      beyond += keys.expiresAt - endsAt;
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === undefined) throw toFault(error, WHAT);
      return { refused };
    }
    if (!again) break;
  }
  throw new GrantFault('TooLong', `${WHAT} gave keys that outlive the grant; it is tried again.`, false);
}

const WHAT = 'sts:GetScopedCredentials';

/** An answer may come so late that nothing is left of the keys. */
function alive(keys: SessionKeys, endsAt: Instant, at: Instant): SessionKeys {
  if (at >= endsAt) throw ended();
  if (at < keys.expiresAt) return keys;
  throw new GrantFault('TooLate', `${WHAT} answered too late; it is tried again.`, false);
}

/** Of the answers to the request as it is, those that another try may change. */
const PASSING = /Throttl|RequestLimit|TooManyRequests|RequestTimeout|SlowDown|InsufficientSessionLifetime/;

/**
 * AWS's code where it has answered that it does not do it: no right, no such call here, not with these keys, no room.
 * What stands there and is not AWS (LocalEmu, moto) may answer as if the fault were its own that it knows no such call.
 */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof GrantFault || !(error instanceof Error)) return undefined;
  const { httpStatusCode: status = 0 } =
    (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  if (status === 501 || (status === 500 && isNoAnswerOfAws(error))) return 'NoSuchCall';
  const code = codeOf(error);
  const isFinal = status >= 400 && status < 500 && ![408, 429].includes(status) && !PASSING.test(code);
  return isFinal ? code : undefined;
}

/** Not in AWS's form at all, or in so many words. */
const isNoAnswerOfAws = ({ name, message }: Error) =>
  name === 'Error' || message.includes('unknown operation');
