import { formatChain, parseChain, type Chain } from '../chain.js';
import { canonical } from '../entitlement.js';
import { samePerson, type Account, type Person } from '../person.js';
import type { Basis, Ruling } from '../request/decision.js';
import { isOperator, type By, type Format, type Pending, type Reason } from '../request/state.js';
import { rowOf } from '../objects.js';

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

/** What programs keep of what policy decided on, besides `given`. */
export const BASIS: Record<Exclude<keyof Basis, 'given'>, Presence> = {
  groups: 'sometimes',
  unknownGroups: 'sometimes',
  unknownInputs: 'sometimes',
};

/** Why no decision can have been made on this. Of what older programs did not keep nothing is asked. */
export function wrongBasis({
  groups,
  unknownGroups,
  given = {},
  unknownInputs,
}: Partial<Basis>): string | undefined {
  const facts = Object.values(given);
  if (!facts.every((fact) => typeof fact === 'boolean' || typeof fact === 'number'))
    return 'what policy was given is no fact';
  const unknown = [unknownGroups, unknownInputs].filter((names) => names !== undefined);
  return areNames(groups ?? []) && unknown.every((names) => areNames(names) && names.length > 0)
    ? undefined
    : 'the groups or inputs that policy decided on are no names';
}

const areNames = (names: unknown) => areTexts(names) && new Set(names).size === names.length;

type Place = 'asking' | 'preflight' | 'vote' | 'confirmation' | 'provision' | 'mint' | 'end' | 'extension';

interface Row<R> {
  places: Place[];
  /** What each of its members must be, so that it says something; the program writes all of them, and no other. */
  members: { [M in Exclude<keyof R, 'code'>]: (member: R[M], reason: R) => boolean };
}

const anything = () => true;

const REASONS: { [C in Reason['code']]: Row<Extract<Reason, { code: C }>> } = {
  policy: {
    places: ['asking', 'confirmation', 'mint', 'extension'],
    members: { policies: Array.isArray, advice: Array.isArray, errors: Array.isArray },
  },
  unfillable: {
    places: ['asking', 'confirmation', 'extension'],
    members: { stage: isText, needed: anything, available: (n, { needed }) => n >= 0 && n < needed },
  },
  vote: {
    places: ['vote'],
    members: { stage: anything, text: (text) => isText(text) && text.trim() === text },
  },
  changed: { places: ['confirmation', 'extension'], members: {} },
  requester: { places: ['confirmation', 'mint', 'end', 'extension'], members: { problem: isText } },
  'no-room': {
    places: ['preflight'],
    members: { used: isInstant, needed: isInstant, limit: isInstant, principal: isText },
  },
  aws: { places: ['preflight', 'provision', 'extension'], members: { error: isText, hint: isText } },
  'taken-back': { places: ['end'], members: { text: isText } },
  contested: { places: ['asking', 'confirmation', 'extension'], members: { request: isText } },
  'emergency-open': { places: ['confirmation'], members: { request: isText } },
  'end-stands': { places: ['end'], members: {} },
  'beyond-extensions': { places: ['extension'], members: { most: isInstant, total: isInstant } },
  'other-chain': { places: ['extension'], members: {} },
  // It goes on record with the end of the access, and by no event of its own.
  'access-over': { places: [], members: {} },
};

function rowOfReason({ code }: Reason) {
  type Checks = Record<string, (member: unknown, reason: Reason) => boolean>;
  return rowOf(REASONS, code) as { places: Place[]; members: Checks } | undefined;
}

/** Why the program would give no such reason there. */
export function wrongReason(reason: Reason, place: Place): string | undefined {
  const row = rowOfReason(reason);
  if (!row?.places.includes(place)) return `"${reason.code}" is no reason for it`;
  const found: Record<string, unknown> = { ...reason };
  const isWhole = Object.entries(row.members).every(([name, check]) => check(found[name], reason));
  return isWhole ? undefined : `its reason, "${reason.code}", says nothing`;
}

export function membersOf(reason: Reason): Record<string, Presence> {
  const row = rowOfReason(reason);
  return row ? Object.fromEntries(['code', ...Object.keys(row.members)].map((name) => [name, 'always'])) : {};
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
