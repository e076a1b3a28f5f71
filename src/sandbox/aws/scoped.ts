import { judge, iso } from './policy/authorize.js';
import { denied } from './policy/trust.js';
import { newSessionKeys, type AwsCaller, type Session, type World } from './world.js';
import { invalid, tooLarge, wrongPolicy } from './passed-policy.js';
import { awsError, isAwsError, type AwsError, type Xml } from './xml.js';

const ACTION = 'sts:GetScopedCredentials';
const MOST_LAYERS = 3;
const LONGEST = 129_600;

/**
 * New keys of the same session, narrower or shorter. That the call needs its own right, and that a fourth layer is
 * answered as a refusal, AWS's model says; that the issue time is the call's own is a guess, the stricter one.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
 */
export function scopedCredentials(world: World, caller: AwsCaller, params: URLSearchParams): Xml | AwsError {
  const { session } = caller;
  if (!session) {
    return awsError('InvalidSubjectCredentials', 'The calling credentials are not those of a session.');
  }
  const wish = readScope(params);
  if (isAwsError(wish)) return wish;
  const { policy, seconds } = wish;
  if (!judge(world, caller, ACTION, '*', {}).allowed) return denied(caller, ACTION, '*');
  const layers = session.scopes ?? [];
  if (policy !== undefined && layers.length === MOST_LAYERS) return denied(caller, ACTION, '*');
  const at = Math.floor(world.now() / 1000) * 1000;
  const expiresAt = seconds === undefined ? session.expiresAt : at + seconds * 1000;
  if (expiresAt > session.expiresAt) {
    return awsError(
      'InsufficientSessionLifetime',
      'The requested DurationSeconds exceeds the remaining lifetime of the calling session.',
    );
  }
  const scopes =
    policy === undefined
      ? layers
      : [...layers, { name: `scope-down policy ${layers.length + 1}`, text: policy }];
  const made: Session = {
    ...session,
    keys: newSessionKeys(),
    issuedAt: world.now(),
    madeWith: session.keys.accessKeyId,
    expiresAt,
    ...(scopes.length > 0 && { scopes }),
  };
  world.sessions.set(made.keys.accessKeyId, made);
  return {
    Credentials: {
      AccessKeyId: made.keys.accessKeyId,
      SecretAccessKey: made.keys.secretAccessKey,
      SessionToken: made.keys.sessionToken,
      Expiration: iso(expiresAt),
    },
    SessionInfo: { ScopedSessionId: `${session.role.id}:${session.name}`, Arn: session.arn },
    ScopedPoliciesCount: scopes.length,
    ...(session.sourceIdentity !== undefined && { SourceIdentity: session.sourceIdentity }),
  };
}

function readScope(params: URLSearchParams): { policy?: string; seconds?: number } | AwsError {
  const policy = params.get('Policy') ?? undefined;
  const seconds = params.has('DurationSeconds') ? Number(params.get('DurationSeconds')) : undefined;
  if (policy === undefined && seconds === undefined) return invalid('policy', 'either it or durationSeconds');
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST)) {
    return invalid('durationSeconds', `an integer from 1 to ${LONGEST}`);
  }
  if ((params.get('ScopedSessionDescription') ?? '').length > 256) {
    return invalid('scopedSessionDescription', 'at most 256 characters');
  }
  const wrong = policy === undefined ? undefined : (wrongPolicy(policy) ?? tooLarge(policy.length));
  return wrong ?? { ...(policy !== undefined && { policy }), ...(seconds !== undefined && { seconds }) };
}
