import { iso } from './policy/authorize.js';
import { denied, refused, type Wish } from './policy/trust.js';
import { scopedCredentials } from './scoped.js';
import {
  arnOf,
  newSessionKeys,
  type AwsCaller,
  type IamIdentity,
  type Session,
  type SessionPolicy,
  type World,
} from './world.js';
import { awsError, isAwsError, type AwsError, type Xml } from './xml.js';
import { invalid, tooLarge, wrongPolicy } from './passed-policy.js';

const NAME = /^[\w+=,.@-]{2,64}$/;
const CHAINED_LIMIT = 3600;

/** One STS call, after authentication. */
export function sts(
  world: World,
  caller: AwsCaller,
  action: string,
  params: URLSearchParams,
): Xml | AwsError {
  if (action === 'GetCallerIdentity') {
    const { identity, session } = caller;
    return {
      Arn: arnOf(caller),
      UserId: session ? `${identity.id}:${session.name}` : identity.id,
      Account: identity.account,
    };
  }
  if (action === 'AssumeRole') return assumeRole(world, caller, params);
  if (action === 'GetScopedCredentials') return scopedCredentials(world, caller, params);
  return awsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
}

function assumeRole(world: World, caller: AwsCaller, params: URLSearchParams): Xml | AwsError {
  const wish = readWish(params);
  if (isAwsError(wish)) return wish;
  const role = world.identities.get(wish.roleArn);
  const refusal = role
    ? (refused(world, caller, role, wish) ?? tooLong(caller, role, wish))
    : denied(caller, 'sts:AssumeRole', wish.roleArn);
  if (refusal || !role) return refusal ?? denied(caller, 'sts:AssumeRole', wish.roleArn);

  const policies = sessionPolicies(world, role, wish);
  if (!Array.isArray(policies)) return policies;
  const session = open(world, caller, role, wish, policies);
  return {
    Credentials: {
      AccessKeyId: session.keys.accessKeyId,
      SecretAccessKey: session.keys.secretAccessKey,
      SessionToken: session.keys.sessionToken,
      Expiration: iso(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${session.name}`, Arn: session.arn },
    ...(session.sourceIdentity !== undefined && { SourceIdentity: session.sourceIdentity }),
  };
}

function readWish(params: URLSearchParams): Wish | AwsError {
  const optional = (name: string): string | undefined => params.get(name) ?? undefined;
  const name = params.get('RoleSessionName') ?? '';
  const sourceIdentity = optional('SourceIdentity');
  const seconds = Number(params.get('DurationSeconds') ?? 3600);
  if (!NAME.test(name)) return invalid('roleSessionName', '[\\w+=,.@-]*, length 2 to 64');
  if (sourceIdentity !== undefined && !NAME.test(sourceIdentity)) {
    return invalid('sourceIdentity', '[\\w+=,.@-]*, length 2 to 64');
  }
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
    return invalid('durationSeconds', 'an integer from 900 to 43200');
  }
  const tags = Object.fromEntries(
    members(params, 'Tags').map((at) => [params.get(`${at}.Key`) ?? '', params.get(`${at}.Value`) ?? '']),
  );
  const transitive = members(params, 'TransitiveTagKeys').map((at) => params.get(at) ?? '');
  if (transitive.some((key) => !(key in tags)))
    return invalid('transitiveTagKeys', 'keys of the tags passed');
  const policy = optional('Policy');
  const externalId = optional('ExternalId');
  return {
    roleArn: params.get('RoleArn') ?? '',
    name,
    seconds,
    policyArns: members(params, 'PolicyArns').map((at) => params.get(`${at}.arn`) ?? ''),
    tags,
    transitive,
    ...(policy !== undefined && { policy }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(externalId !== undefined && { externalId }),
  };
}

function tooLong(caller: AwsCaller, role: IamIdentity, wish: Wish): AwsError | undefined {
  if (caller.session && wish.seconds > CHAINED_LIMIT) {
    return awsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (wish.seconds <= role.maxSession) return undefined;
  return awsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
}

function sessionPolicies(world: World, role: IamIdentity, wish: Wish): SessionPolicy[] | AwsError {
  const policies: SessionPolicy[] = [];
  if (wish.policy !== undefined) {
    const wrong = wrongPolicy(wish.policy);
    if (wrong) return wrong;
    policies.push({ name: 'the inline session policy', text: wish.policy });
  }
  if (wish.policyArns.length > 10) return invalid('policyArns', 'at most 10');
  for (const arn of wish.policyArns) {
    const text = world.managed.get(arn);
    const [, , , , account] = arn.split(':');
    if (text === undefined || (account !== role.account && account !== 'aws')) {
      return awsError('ValidationError', `PolicyArn ${arn} is not a policy that this role's account knows.`);
    }
    policies.push({ name: `session policy ${arn}`, text });
  }
  const plainText = (wish.policy ?? '').length + wish.policyArns.join('').length;
  return tooLarge(plainText) ?? policies;
}

function open(
  world: World,
  caller: AwsCaller,
  role: IamIdentity,
  wish: Wish,
  policies: SessionPolicy[],
): Session {
  const parent = caller.session;
  const inherited = Object.fromEntries(
    (parent?.transitive ?? []).map((key) => [key, parent?.tags[key] ?? '']),
  );
  const sourceIdentity = wish.sourceIdentity ?? parent?.sourceIdentity;
  const issuedAt = world.now();
  const session: Session = {
    keys: newSessionKeys(),
    role,
    name: wish.name,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${wish.name}`,
    issuedAt,
    expiresAt: issuedAt + wish.seconds * 1000,
    tags: { ...wish.tags, ...inherited },
    transitive: [...new Set([...(parent?.transitive ?? []), ...wish.transitive])],
    ...(policies.length > 0 && { policies }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
  world.sessions.set(session.keys.accessKeyId, session);
  return session;
}

function members(params: URLSearchParams, list: string): string[] {
  const places = [...params.keys()].map((key) => key.match(/^(\w+\.member\.\d+)/)?.[1] ?? '');
  return [...new Set(places)].filter((place) => place.startsWith(`${list}.`));
}
