import type { Principal } from '../../domain/entitlement.js';
import { counted, eachOf, type Diagnosis } from '../../kit/diagnosis.js';
import { awsAway } from '../aws/diagnosis.js';
import type { Tried } from '../aws/inspect.js';
import type { KindDoctor } from '../parts.js';
import { readPrincipal } from './inspect.js';

type Read = Tried<{ boundary: 'set' | 'none' | 'unread' }>;

interface Judged {
  problems?: Diagnosis[];
  warnings?: Diagnosis[];
}

/** Of so many people one must have an IAM principal in the account. */
const TRIES = 5;

/** Whether jit can read, in each account with such an entitlement, the principal of somebody that directory.yml names. */
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
      return nobody(account, known);
    });
    return {
      problems: found.flatMap(({ problems = [] }) => problems),
      warnings: found.flatMap(({ warnings = [] }) => warnings),
      value: true,
      about: counted(accounts.length, 'account'),
    };
  },
};

export function judgePrincipal(account: string, { type, name }: Principal, read: Read): Judged {
  const who = `${type} ${name} in account ${account}`;
  const kind = type === 'user' ? 'User' : 'Role';
  if ('refused' in read) {
    const { code, action } = read.refused;
    if (code !== 'AccessDenied' && code !== 'UnknownAccount')
      return { problems: [awsAway(who, read.refused)] };
    if (code === 'UnknownAccount' || action === 'sts:AssumeRole')
      return {
        problems: [
          { what: `${who} cannot be reached`, fix: 'correct the account under accounts in directory.yml' },
        ],
      };
    return {
      problems: [
        {
          what: `${who}: AWS refuses ${action ?? 'to show it'}`,
          fix: `allow iam:List${kind}Policies, Get${kind}Policy, Put${kind}Policy and Delete${kind}Policy on the people’s ${type}s, to jit or, in another account, to its manageRoleArn`,
        },
      ],
    };
  }
  if (read.boundary === 'set') return {};
  if (read.boundary === 'unread')
    return {
      warnings: [
        {
          what: `jit cannot read whether ${who} has a permissions boundary`,
          fix: `allow iam:Get${kind} as well, or check yourself`,
        },
      ],
    };
  return {
    warnings: [
      {
        what: `${who} has no permissions boundary: only the catalog limits what jit puts on it`,
        fix: 'put the boundary of jit’s stack on the principals of all people who ask for an iam-policy',
      },
    ],
  };
}

function nobody(account: string, known: Principal[]): Judged {
  const names = known.map(({ type, name }) => `${type} ${name}`).join(', ');
  return {
    warnings: [
      {
        what: `account ${account} has none of the IAM principals that directory.yml gives to people (${names || 'it gives none'})`,
        fix: 'write under people in directory.yml the iamUser or iamRole of someone who has one there',
      },
    ],
  };
}
