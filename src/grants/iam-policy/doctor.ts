import { GetRoleCommand, GetUserCommand } from '@aws-sdk/client-iam';
import type { Principal } from '../../domain/entitlement.js';
import { counted, eachOf, failed, wrong, type Diagnosis } from '../../kit/diagnosis.js';
import type { Aws } from '../aws/client.js';
import { getInline, label, listInline, type PrincipalPlace } from '../aws/inline.js';
import { awsAway, tried, type Tried } from '../aws/inspect.js';
import type { KindDoctor } from '../parts.js';

type Boundary = 'set' | 'none' | 'unread';
type Read = Tried<{ boundary: Boundary }>;

type Judged = { problems?: Diagnosis[]; warnings?: Diagnosis[] };

/** Of so many people one must have an IAM principal in the account. */
const TRIES = 5;

/** Whether jit can read, in each account with such an entitlement, the principal of a person whom directory.yml names. */
export const iamPolicyDoctor: KindDoctor = {
  step: 'IAM principals',
  async examine({ aws, entitlements, principals }) {
    const accounts = [...new Set(entitlements.map(({ account }) => account))];
    const known = principals.slice(0, TRIES);
    const found = await eachOf(accounts, async (account): Promise<Judged> => {
      for (const principal of known) {
        const read = await readPrincipal(aws, account, principal);
        if ('refused' in read && read.refused.code === 'NoSuchEntity') continue;
        return judgePrincipal(account, principal, read);
      }
      const names = known.map((principal) => label(principal)).join(', ');
      return doubt(
        `account ${account} has none of the IAM principals that directory.yml gives to people (${names || 'it gives none'})`,
        'write under people in directory.yml the iamUser or iamRole of someone who has one there',
      );
    });
    return {
      problems: found.flatMap(({ problems = [] }) => problems),
      warnings: found.flatMap(({ warnings = [] }) => warnings),
      value: true,
      about: counted(accounts.length, 'account'),
    };
  },
};

export function judgePrincipal(account: string, principal: Principal, read: Read): Judged {
  const { type } = principal;
  const who = `${label(principal)} in account ${account}`;
  const kind = type === 'user' ? 'User' : 'Role';
  if ('refused' in read) {
    const { code, action } = read.refused;
    if (code !== 'AccessDenied' && code !== 'UnknownAccount') return { problems: awsAway(who, read.refused) };
    if (code === 'UnknownAccount' || action === 'sts:AssumeRole')
      return failed(`${who} cannot be reached`, 'correct the account under accounts in directory.yml');
    return failed(
      `${who}: AWS refuses ${action ?? 'to show it'}`,
      `allow iam:List${kind}Policies, Get${kind}Policy, Put${kind}Policy and Delete${kind}Policy on the people’s ${type}s, to jit or, in another account, to its manageRoleArn`,
    );
  }
  if (read.boundary === 'set') return {};
  if (read.boundary === 'unread')
    return doubt(
      `jit cannot read whether ${who} has a permissions boundary`,
      `allow iam:Get${kind} as well, or check yourself`,
    );
  return doubt(
    `${who} has no permissions boundary: only the catalog limits what jit puts on it`,
    'put the boundary of jit’s stack on the principals of all people who ask for an iam-policy',
  );
}

const doubt = (what: string, fix: string): Judged => ({ warnings: wrong(what, fix) });

/** What a grant reads of a person's principal, and its permissions boundary, for which jit itself needs no right. */
async function readPrincipal(aws: Aws, account: string, principal: Principal): Promise<Read> {
  return tried(async (signal) => {
    const iam = await aws.iam(account, signal);
    const place = { iam, principal, signal };
    await listInline(place);
    await getInline(place, 'jit-doctor');
    return { boundary: await boundaryOf(place) };
  });
}

async function boundaryOf({ iam, principal, signal }: PrincipalPlace): Promise<Boundary> {
  const { type, name } = principal;
  try {
    const found =
      type === 'user'
        ? (await iam.send(new GetUserCommand({ UserName: name }), { abortSignal: signal })).User
        : (await iam.send(new GetRoleCommand({ RoleName: name }), { abortSignal: signal })).Role;
    return found?.PermissionsBoundary?.PermissionsBoundaryArn === undefined ? 'none' : 'set';
  } catch {
    return 'unread';
  }
}
