import { formatChain, parseChain, type Chain } from '../chain.js';
import { canonical } from '../entitlement.js';
import { samePerson, type Account, type Person } from '../person.js';
import type { Ruling } from '../request/decision.js';
import { isOperator, type By, type Format, type Pending, type Reason } from '../request/state.js';
import { rowOf } from '../table.js';

export function isPerson(by: By): by is Person {
  return by !== 'jit' && !isOperator(by);
}

export function isRequester(by: By, { requester }: { requester: Person }): boolean {
  return isPerson(by) && samePerson(by, requester) === 'same';
}

/** Whether this could have done something at all: the program, an operator, or a person with both halves. */
export function isSomebody(by: By): boolean {
  if (by === 'jit') return true;
  if (isOperator(by)) return isText(by.operator);
  const { provider, tenant, id }: Partial<Account> = by.account ?? {};
  return [by.email, provider, tenant, id].every(isText);
}

export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

export function isRuling({ policies, advice, bundle }: Ruling): boolean {
  return areTexts(policies) && Array.isArray(advice) && isText(bundle);
}

/** Nothing is permitted by no policy. */
export function isPermitting(ruling: Ruling): boolean {
  return isRuling(ruling) && ruling.policies.length > 0;
}

/** Whether policies can ask for it. */
export function isChain(chain: Chain): boolean {
  return canonical(parseChain(formatChain(chain))) === canonical(chain);
}

/** Whether the program writes a member: always, sometimes, or always from a format on and before that perhaps. */
export type Presence = 'always' | 'sometimes' | Format;

/** Where the program gives a reason. */
type Place = 'asking' | 'preflight' | 'vote' | 'confirmation' | 'provision' | 'mint' | 'end';

interface Row<R> {
  places: Place[];
  members: Record<keyof R, Presence>;
  /** Whether it says something. */
  isWhole: (reason: R) => boolean;
}

/** What is known of each reason. */
const REASONS: { [C in Reason['code']]: Row<Extract<Reason, { code: C }>> } = {
  policy: {
    places: ['asking', 'confirmation', 'mint'],
    members: { code: 'always', policies: 'always', advice: 'always', errors: 'always' },
    isWhole: ({ policies, advice, errors }) => [policies, advice, errors].every(Array.isArray),
  },
  unfillable: {
    places: ['asking', 'confirmation'],
    members: { code: 'always', stage: 'always', needed: 'always', available: 'always' },
    isWhole: ({ stage, needed, available }) => isText(stage) && available >= 0 && available < needed,
  },
  vote: {
    places: ['vote'],
    members: { code: 'always', stage: 'always', text: 'always' },
    isWhole: ({ text }) => isText(text) && text.trim() === text,
  },
  changed: { places: ['confirmation'], members: { code: 'always' }, isWhole: () => true },
  requester: {
    places: ['confirmation', 'mint', 'end'],
    members: { code: 'always', problem: 'always' },
    isWhole: ({ problem }) => isText(problem),
  },
  'no-room': {
    places: ['preflight'],
    members: { code: 'always', used: 'always', needed: 'always', limit: 'always', principal: 'always' },
    isWhole: ({ used, needed, limit, principal }) =>
      [used, needed, limit].every(isInstant) && isText(principal),
  },
  aws: {
    places: ['preflight', 'provision'],
    members: { code: 'always', error: 'always', hint: 'always' },
    isWhole: ({ error, hint }) => isText(error) && isText(hint),
  },
  'taken-back': {
    places: ['end'],
    members: { code: 'always', text: 'always' },
    isWhole: ({ text }) => isText(text),
  },
  'end-stands': { places: ['end'], members: { code: 'always' }, isWhole: () => true },
};

/** Why the program would give no such reason there. */
export function wrongReason(reason: Reason, place: Place): string | undefined {
  const row = rowOf(REASONS, reason.code) as Row<Reason> | undefined;
  if (!row?.places.includes(place)) return `"${reason.code}" is no reason for it`;
  return row.isWhole(reason) ? undefined : `its reason, "${reason.code}", says nothing`;
}

export function membersOf({ code }: Reason): Record<string, Presence> {
  return rowOf(REASONS, code)?.members ?? {};
}

/** Why a stage cannot be the one that lacks people. */
export function unfilled(
  { stage, needed, available }: Extract<Reason, { code: 'unfillable' }>,
  { chain, votes }: Pick<Pending, 'chain' | 'votes'>,
): string | undefined {
  const quorum = chain.find(({ name }) => name === stage)?.quorum;
  const had = votes.filter((vote) => vote.stage === stage).length;
  return quorum === needed && available >= had
    ? undefined
    : `it was closed for want of people in ${stage}, and that is not what the stage needs or has`;
}
