import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { pin, type Entitlement } from '../../domain/entitlement.js';
import { counted, eachOf, wrong, type Diagnosis } from '../../kit/diagnosis.js';
import type { Aws } from '../aws/client.js';
import { getInline } from '../aws/inline.js';
import {
  awsAway,
  nameOf,
  principalOf,
  tried,
  type AwsRefusal,
  type Caller,
  type Tried,
} from '../aws/inspect.js';
import type { KindDoctor } from '../parts.js';
import { FORM, formOf, type SessionConfig } from './documents.js';
import { assumption, trial, tryScoping } from './session.js';
import { REVOKE_ALL, revokedUntil } from './revocation.js';

/** Whether the role has the policy that jit falls back on. `other`: one of that name, not of jit's wording. */
type EarlyEnd = Tried<{ revokeAll: 'ready' | 'other' | 'absent' }>;

const RIGHTS = 'sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity';
const TEMPLATE = 'docs/target-role.yml makes such a role';

/** Whether AWS makes keys of a session that end with the access. */
type Scoping = Tried<{ made: true }>;

/**
 * Opens, for each session in the catalog, one that may do nothing; and sees whether keys of it could end by themselves,
 * and whether it could be ended early.
 */
export const stsSessionDoctor: KindDoctor = {
  step: 'catalog roles',
  async examine({ aws, caller, entitlements }) {
    const found = await eachOf(entitlements, async (one) => {
      const problems = judgeRole(one.id, roleOf(one), await tryRole(aws, one), caller);
      if (problems.length > 0) return { problems, warnings: [] };
      return judgeKeys(one.id, one.grant.config as SessionConfig, await tryKeys(aws, one));
    });
    const distinct = new Map(entitlements.map((one) => [roleOf(one), one.account]));
    const warnings = await eachOf([...distinct], async ([arn, account]) =>
      judgeEarlyEnd(arn, await readyToRevoke(aws, account, arn.split('/').at(-1) ?? '')),
    );
    return {
      problems: found.flatMap(({ problems }) => problems),
      warnings: [...found.flatMap(({ warnings }) => warnings), ...warnings.flat()],
      value: true,
      about: `${counted(entitlements.length, 'entitlement')} on ${counted(distinct.size, 'role')}`,
    };
  },
};

export function judgeRole(
  entitlement: string,
  roleArn: string,
  found: Tried<{ assumed: true }>,
  caller: Caller,
): Diagnosis[] {
  if (!('refused' in found)) return [];
  const about = `${entitlement}: ${roleArn}`;
  const { refused } = found;
  const [what, fix] = FIXES[refused.code] ?? [];
  if (what && fix) return wrong(`${about}: ${what}`, fix);
  if (refused.code !== 'AccessDenied') return awsAway(about, refused);
  return wrong(`${about}: AWS refuses ${refused.action ?? 'the session'}`, fixFor(refused, caller));
}

/** By AWS's code, where one thing alone can be meant. */
const FIXES: Record<string, [what: string, fix: string]> = {
  PackedPolicyTooLarge: ['the session policy is too large', 'shorten the statements in catalog.yml'],
  MalformedPolicyDocument: ['AWS cannot read the session policy', 'correct the statements in catalog.yml'],
  ValidationError: [
    'AWS refuses a value in the call',
    'correct policyArns in catalog.yml: each must exist in the account of the role',
  ],
  RegionDisabled: [
    'STS is not switched on in this region',
    'switch it on in that account, or set AWS_REGION',
  ],
};

function fixFor({ action, lacking }: AwsRefusal, caller: Caller): string {
  const [theirs, ours] =
    action === 'sts:TagSession' || action === 'sts:SetSourceIdentity'
      ? [`add ${action} to the actions of its trust policy`, `allow ${nameOf(caller)} ${action} on it`]
      : [
          `let its trust policy name ${principalOf(caller)} with ${RIGHTS}, and with no condition that jit does not meet (${TEMPLATE})`,
          `allow ${nameOf(caller)} ${RIGHTS} on it`,
        ];
  if (lacking === 'identity') return ours;
  if (lacking === 'resource') return theirs;
  const spelling = action === 'sts:AssumeRole' ? '; or correct roleArn, if there is no such role' : '';
  return `${theirs}; and ${ours}${spelling}`;
}

/**
 * One layer ends by its policy as well; whose statements need two has none. Without room in it for the call, there is
 * nothing to be said of AWS.
 */
export function judgeKeys(
  entitlement: string,
  config: SessionConfig,
  found: Scoping,
): { problems: Diagnosis[]; warnings: Diagnosis[] } {
  if (!('refused' in found)) return { problems: [], warnings: [] };
  const about = `${entitlement}: ${config.roleArn}`;
  const { code } = found.refused;
  const form = formOf(config);
  if (form === undefined) {
    const what = `${about}: its statements fit into two layers only, and AWS makes no second one (sts:GetScopedCredentials: ${code}): nobody can be given it`;
    return {
      problems: wrong(what, `shorten the statements in catalog.yml; or ${fixOf(code)}`),
      warnings: [],
    };
  }
  const what = `${about}: AWS makes no keys that end with the access (sts:GetScopedCredentials: ${code}): where less than 15 minutes are left, logins built on GetCallerIdentity may work up to 15 minutes longer`;
  const fix =
    form < FORM ? 'shorten the statements in catalog.yml: there is no room to allow the call' : fixOf(code);
  return { problems: [], warnings: wrong(what, fix) };
}

function fixOf(code: string): string {
  if (code === 'AccessDenied')
    return 'allow sts:GetScopedCredentials to the role, in its policies and in its boundary; no statement in catalog.yml may deny it';
  if (code === 'PackedPolicyTooLarge') return 'shorten the statements in catalog.yml';
  return 'see that AWS_REGION and AWS_ENDPOINT_URL_STS name a regional endpoint of STS: the global one has no such call';
}

export function judgeEarlyEnd(roleArn: string, found: EarlyEnd): Diagnosis[] {
  if (!('refused' in found)) {
    if (found.revokeAll === 'ready') return [];
    return wrong(
      `${roleArn} has no inline policy jit-revoke-all${found.revokeAll === 'other' ? ' of jit’s own wording' : ''}: where its policies are full, jit could not end sessions early`,
      'put it on the role as docs/target-role.yml does',
    );
  }
  const what = `${roleArn}: jit cannot tell whether it could end its sessions early`;
  const { code, action } = found.refused;
  switch (code) {
    case 'AccessDenied':
      return wrong(
        `${what} (AWS refuses ${action ?? 'it'})`,
        'allow iam:GetRolePolicy, PutRolePolicy and DeleteRolePolicy on it, to jit or, in another account, to its manageRoleArn',
      );
    case 'UnknownAccount':
    case 'WrongAccount':
      return wrong(what, 'name a manageRoleArn for its account under accounts in directory.yml');
    default:
      return awsAway(what, found.refused);
  }
}

const roleOf = ({ grant }: Entitlement): string => (grant.config as SessionConfig).roleArn;

/**
 * Opens a session as for a person's grant: the same tags, source identity and session policy, which denies everything
 * since its end is past. The credentials are thrown away here.
 */
async function tryRole(aws: Aws, entitlement: Entitlement): Promise<Tried<{ assumed: true }>> {
  const grant = trial('doctor', entitlement.id, pin(entitlement));
  return tried(async (abortSignal) => {
    await aws.sts.send(new AssumeRoleCommand(assumption(grant, 0, aws.externalId(entitlement.account))), {
      abortSignal,
    });
    return { assumed: true };
  });
}

async function tryKeys(aws: Aws, entitlement: Entitlement): Promise<Scoping> {
  return tried(async (signal) => {
    const found = await tryScoping(aws, trial('doctor', entitlement.id, pin(entitlement)), signal);
    return 'made' in found ? found : { refused: { code: found.refused } };
  });
}

async function readyToRevoke(aws: Aws, account: string, role: string): Promise<EarlyEnd> {
  return tried(async (signal) => {
    const iam = await aws.iam(account, signal);
    const found = await getInline({ iam, principal: { type: 'role', name: role }, signal }, REVOKE_ALL);
    if (found === undefined) return { revokeAll: 'absent' };
    return { revokeAll: revokedUntil(found) === undefined ? 'other' : 'ready' };
  });
}
