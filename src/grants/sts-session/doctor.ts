import type { AwsRefusal, Tried } from '../aws/inspect.js';
import { counted, eachOf, type Diagnosis } from '../../kit/diagnosis.js';
import { awsAway, nameOf, principalOf, type Caller } from '../aws/diagnosis.js';
import type { KindDoctor } from '../parts.js';
import { readyToRevoke, roleOf, tryRole } from './inspect.js';

const RIGHTS = 'sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity';
const TEMPLATE = 'docs/target-role.yml makes such a role';

/** Opens, for each session in the catalog, one that may do nothing; and sees whether it could be ended early. */
export const stsSessionDoctor: KindDoctor = {
  step: 'catalog roles',
  async examine({ aws, caller, entitlements }) {
    const problems = await eachOf(entitlements, async (one) =>
      judgeRole(one.id, roleOf(one), await tryRole(aws, one), caller),
    );
    const distinct = new Map(entitlements.map((one) => [roleOf(one), one.account]));
    const warnings = await eachOf([...distinct], async ([arn, account]) =>
      judgeEarlyEnd(arn, await readyToRevoke(aws, account, arn.split('/').at(-1) ?? '')),
    );
    return {
      problems: problems.flat(),
      warnings: warnings.flat(),
      value: true,
      about: `${counted(entitlements.length, 'entitlement')} on ${counted(distinct.size, 'role')}`,
    };
  },
};

export function judgeRole(
  entitlement: string,
  roleArn: string,
  tried: Tried<{ assumed: true }>,
  caller: Caller,
): Diagnosis[] {
  if (!('refused' in tried)) return [];
  const about = `${entitlement}: ${roleArn}`;
  const { refused } = tried;
  switch (refused.code) {
    case 'AccessDenied':
      return [
        { what: `${about}: AWS refuses ${refused.action ?? 'the session'}`, fix: fixFor(refused, caller) },
      ];
    case 'PackedPolicyTooLarge':
      return [
        { what: `${about}: the session policy is too large`, fix: 'shorten the statements in catalog.yml' },
      ];
    case 'MalformedPolicyDocument':
      return [
        {
          what: `${about}: AWS cannot read the session policy`,
          fix: 'correct the statements in catalog.yml',
        },
      ];
    case 'ValidationError':
      return [
        {
          what: `${about}: AWS refuses a value in the call`,
          fix: 'correct policyArns in catalog.yml: each must exist in the account of the role',
        },
      ];
    case 'RegionDisabled':
      return [
        {
          what: `${about}: STS is not switched on in this region`,
          fix: 'switch it on in that account, or set AWS_REGION',
        },
      ];
    default:
      return [awsAway(about, refused)];
  }
}

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

export function judgeEarlyEnd(
  roleArn: string,
  tried: Tried<{ revokeAll: 'ready' | 'other' | 'absent' }>,
): Diagnosis[] {
  if (!('refused' in tried)) {
    if (tried.revokeAll === 'ready') return [];
    return [
      {
        what: `${roleArn} has no inline policy jit-revoke-all${tried.revokeAll === 'other' ? ' of jit’s own wording' : ''}: where its policies are full, jit could not end sessions early`,
        fix: 'put it on the role as docs/target-role.yml does',
      },
    ];
  }
  const what = `${roleArn}: jit cannot tell whether it could end its sessions early`;
  const { code, action } = tried.refused;
  switch (code) {
    case 'AccessDenied':
      return [
        {
          what: `${what} (AWS refuses ${action ?? 'it'})`,
          fix: 'allow iam:GetRolePolicy, PutRolePolicy and DeleteRolePolicy on it, to jit or, in another account, to its manageRoleArn',
        },
      ];
    case 'UnknownAccount':
    case 'WrongAccount':
      return [{ what, fix: 'name a manageRoleArn for its account under accounts in directory.yml' }];
    default:
      return [awsAway(what, tried.refused)];
  }
}
