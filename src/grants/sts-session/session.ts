import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { Instant, Millis, PinnedGrant } from '../../domain/entitlement.js';
import type { Grant } from '../../domain/grant.js';
import type { Lingering } from '../../domain/request/state.js';
import { within } from '../../kit/deadline.js';
import { GrantFault, PROVISION_TIMEOUT, type Credentials } from '../../ports/access.js';
import type { Aws } from '../aws/client.js';
import { partitionOfArn } from '../aws/documents/partitions.js';
import { attempt, ended } from '../aws/faults.js';
import { FORM, probeLayers, sessionLayers, type SessionConfig } from './documents.js';
import { REQUEST_TAG } from './revocation.js';
import { keysIn, scopeDown, type SessionKeys } from './scoped.js';
import { consoleOf, consoleUrl } from './signin.js';

/** Seconds. A role that assumes another gets an hour at most. */
const SHORTEST = 900;
const LONGEST = 3600;
/** For how long keys are asked for that are thrown away. */
const TRIAL: Millis = 60_000;

/** What a person is given, before the console link. */
interface Opened {
  keys: SessionKeys;
  lingering?: Lingering;
}

/** Opens sessions: keys and console link of one that ends with its grant. */
export function opener(deps: {
  aws: Aws;
  signinUrl?: string | undefined;
  now: () => Instant;
}): (grant: Grant, now: Instant) => Promise<Credentials> {
  const { aws, signinUrl, now } = deps;
  return async (grant, at) => {
    if (at >= grant.lease.endsAt) throw ended();
    const { roleArn, guardrails } = grant.grant.config as SessionConfig;
    const { keys, lingering } = await attempt(`sts:AssumeRole of ${roleArn}`, () =>
      within(PROVISION_TIMEOUT - 2_000, (signal) => open(aws, grant, now, signal)),
    );
    const partition = partitionOfArn(roleArn);
    const region = await aws.region();
    const regions = guardrails?.regions;
    // SessionKeys go to no console but that of their own partition.
    const link =
      partition && (await consoleUrl(consoleOf(partition, { region: regions?.[0], signinUrl }), keys));
    return {
      ...keys,
      region: regions?.[0] ?? region,
      ...(regions && { regions }),
      ...(lingering && { lingering }),
      ...(link !== undefined && { consoleUrl: link }),
    };
  };
}

/**
 * Opens the session, and has it make keys of itself that AWS takes no longer than the grant lasts. Where AWS makes none,
 * they are the session's own, which its policy ends: unless the statements stand in the second layer only.
 */
async function open(aws: Aws, grant: Grant, now: () => Instant, signal: AbortSignal): Promise<Opened> {
  const { endsAt } = grant.lease;
  const begun = now();
  const wanted = assumption(grant, begun, aws.externalId(grant.grant.account));
  const { Credentials: issued } = await aws.sts.send(new AssumeRoleCommand(wanted), { abortSignal: signal });
  const session = keysIn(issued);
  const { scoped: policy } = sessionLayers(grant);
  const keys = await scopeDown({
    sts: aws.stsAs(session),
    requestId: grant.requestId,
    left: () => Math.min(begun + wanted.DurationSeconds * 1000, session.expiresAt) - now(),
    policy,
    endsAt,
    now,
    signal,
  });
  if (!('refused' in keys)) return { keys };
  if (policy !== undefined) throw noLayer(keys.refused);
  const expiresAt = Math.min(session.expiresAt, endsAt);
  return {
    keys: { ...session, expiresAt },
    ...(session.expiresAt > endsAt && { lingering: { until: session.expiresAt, why: keys.refused } }),
  };
}

/** A grant of nobody's, past from the start: for asking AWS whether it would open a session. */
export function trial(name: string, entitlement: string, grant: PinnedGrant): Grant {
  return {
    requestId: name,
    requester: { email: `${name}@jit.invalid`, account: { provider: '', tenant: '', id: '' } },
    entitlement,
    grant,
    lease: { startsAt: 0, endsAt: 0 },
    settledBy: 0,
    form: FORM,
  };
}

/** Whether AWS makes keys of such a session, tried with one that may do nothing else. They are thrown away here. */
export async function tryScoping(
  aws: Aws,
  of: Grant,
  signal: AbortSignal,
): Promise<{ made: true } | { refused: string }> {
  const layers = probeLayers(of.grant.config as SessionConfig);
  const wanted = { ...assumption(of, 0, aws.externalId(of.grant.account)), Policy: layers.session };
  const { Credentials: issued } = await aws.sts.send(new AssumeRoleCommand(wanted), { abortSignal: signal });
  const made = await scopeDown({
    sts: aws.stsAs(keysIn(issued)),
    requestId: of.requestId,
    left: () => TRIAL,
    policy: layers.scoped,
    endsAt: Infinity,
    // They may end at once: nobody uses them.
    now: () => 0,
    signal,
  });
  return 'refused' in made ? made : { made: true };
}

/** Why nothing can be given whose statements fit into two layers only. */
export function noLayer(code: string): GrantFault {
  const why =
    code === 'PackedPolicyTooLarge' || code === 'MalformedPolicyDocument'
      ? `AWS refuses the second policy of the session (${code})`
      : `AWS makes no second policy for this session (sts:GetScopedCredentials: ${code})`;
  return new GrantFault(
    code,
    `${why}, and its statements do not fit into one. Shorten the statements in catalog.yml, or allow sts:GetScopedCredentials to the role.`,
    true,
  );
}

/** The call that opens a session of this grant, for what is left of its lease. */
export function assumption(of: Grant, now: Instant, externalId: string | undefined) {
  const { grant, requestId, requester, lease } = of;
  const config = grant.config as SessionConfig;
  const left = Math.ceil((lease.endsAt - now) / 1000);
  return {
    RoleArn: config.roleArn,
    RoleSessionName: `jit-${requestId}`,
    SourceIdentity: sourceIdentity(requester.email),
    DurationSeconds: Math.min(LONGEST, Math.max(SHORTEST, left)),
    Policy: sessionLayers(of).session,
    ...(config.policyArns && { PolicyArns: config.policyArns.map((arn) => ({ arn })) }),
    Tags: [{ Key: REQUEST_TAG, Value: requestId }],
    TransitiveTagKeys: [REQUEST_TAG],
    // A role that asks for none takes no notice.
    ...(externalId !== undefined && { ExternalId: externalId }),
  } satisfies AssumeRoleCommandInput;
}

/** The e-mail, made to fit `[\w+=,.@-]{2,64}`: CloudTrail shows it with each call. */
function sourceIdentity(email: string): string {
  return email
    .replace(/[^A-Za-z0-9_+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}
