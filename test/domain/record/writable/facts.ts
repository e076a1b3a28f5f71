import type { Stage } from '../../../../src/domain/chain.js';
import type { Basis, Candidates, Ruling, Verdict } from '../../../../src/domain/request/decision.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { Pending, Reason, Terms } from '../../../../src/domain/request/state.js';
import { PROVISION_TIMEOUT } from '../../../../src/ports/access.js';

export const SKEW = 10_000;
export const UNDER_WAY = 120_000;
export const FLIGHT = 15_000 + PROVISION_TIMEOUT;

/** What the workflow remembers and `decide` is not told: what it has begun, so that it can report how that went. */
export interface Memory {
  latest: number;
  provisions: number;
  presses: number;
  mintsUnderWay: number;
  ordered: boolean;
}

export type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export function isSomebody(by: Event['by']): boolean {
  if (by === 'jit') return true;
  if ('operator' in by) return isMadeOf(by, ['operator']) && filled(by.operator);
  const { email, account } = by;
  const whole = isMadeOf(by, ['email', 'account']) && isMadeOf(account, ['provider', 'tenant', 'id']);
  return whole && [email, ...Object.values(account)].every(filled);
}

/** Whether it has these members and no others; those in brackets may be absent. */
export function isMadeOf(value: object, names: string[]): boolean {
  const has = Object.keys(value).sort().join();
  const always = names.filter((name) => !name.startsWith('['));
  const sometimes = names.filter((name) => name.startsWith('[')).map((name) => name.slice(1, -1));
  const extra = Object.keys(value).filter((name) => sometimes.includes(name));
  return has === [...always, ...extra].sort().join();
}

export const REASONS: Record<Reason['code'], string[]> = {
  policy: ['policies', 'advice', 'errors'],
  unfillable: ['stage', 'needed', 'available'],
  vote: ['stage', 'text'],
  changed: [],
  requester: ['problem'],
  'no-room': ['used', 'needed', 'limit', 'principal'],
  aws: ['error', 'hint'],
  'taken-back': ['text'],
  contested: ['request'],
  'emergency-open': ['request'],
  'end-stands': [],
  'beyond-extensions': ['most', 'total'],
  'other-chain': [],
  'access-over': [],
};
/** Of what a reason says, what the program never leaves empty. */
const TEXTS = ['principal', 'problem', 'error', 'hint', 'request'];
export const isWhole = (reason: Reason) =>
  isMadeOf(reason, ['code', ...REASONS[reason.code]]) &&
  Object.entries(reason).every(([name, value]) => !TEXTS.includes(name) || filled(value));

export const isRuling = (ruling: Ruling) =>
  isMadeOf(ruling, ['policies', 'advice', 'bundle']) && Array.isArray(ruling.advice) && filled(ruling.bundle);

export const BASIS = ['groups', 'given', 'unknownGroups', 'unknownInputs'] as const;

/** What policy decided on, as far as the event has it; undefined: no program would have kept that. */
export function basisIn(event: Partial<Basis>): Basis | undefined {
  const { groups = [], given = {}, unknownGroups = ['x'], unknownInputs = ['x'] } = event;
  const areNames = (names: unknown) =>
    Array.isArray(names) && names.every(filled) && new Set(names).size === names.length;
  const isWhole =
    [groups, unknownGroups, unknownInputs].every(areNames) &&
    Math.min(unknownGroups.length, unknownInputs.length) > 0 &&
    Object.values(given).every((fact) => ['boolean', 'number'].includes(typeof fact));
  if (!isWhole) return undefined;
  const found = BASIS.flatMap((name) => (event[name] === undefined ? [] : [[name, event[name]] as const]));
  return { given: {}, ...Object.fromEntries(found) };
}

export const filled = (value: unknown) => typeof value === 'string' && value !== '';
export const permitting = ({ policies }: { policies: string[] }) =>
  policies.length > 0 && policies.every(filled);

export const isTerms = ({ form = 1, access = { manageRoleArn: 'arn' } }: Terms) =>
  Number.isInteger(form) &&
  form > 0 &&
  isMadeOf(access, ['manageRoleArn', '[externalId]']) &&
  Object.values(access).every(filled);

export const isStage = (stage: Stage) =>
  isMadeOf(stage, ['name', 'quorum']) &&
  /^[a-z0-9-]+$/.test(stage.name) &&
  Number.isInteger(stage.quorum) &&
  stage.quorum >= 1 &&
  stage.quorum <= 99;

export const VOTE = ['stage', 'by', 'at', 'policies', '[delegatedBy]'];
export const PROOF = ['checkedAt', 'evidence', '[cleanUpAt]', '[alarm]'];
export const ENTITLEMENT = [
  'id',
  'name',
  'environment',
  'account',
  'risk',
  'owners',
  '[channel]',
  'description',
];

export function verdict(policies: string[]): Verdict {
  return { outcome: 'allowed', policies, advice: [], errors: [], bundle: 'b' };
}

/** Enough people for every stage, these among them. */
export function plenty({ chain, votes }: Pick<Pending, 'chain' | 'votes'>, more: string[]): Candidates {
  const voters = votes.map(holder);
  return Object.fromEntries(
    chain.map(({ name, quorum }) => [name, [...voters, ...more, ...crowd(name, Math.min(quorum, 99))]]),
  );
}

/** Whose seat a vote fills. */
const holder = ({ by, delegatedBy }: Pending['votes'][number]): string => (delegatedBy ?? by).email;

/** Enough people, or as few as were found for the stage that could not be filled. */
export function people(about: Pick<Pending, 'chain' | 'votes'>, reason: Reason | undefined): Candidates {
  const all = plenty(about, []);
  if (reason?.code !== 'unfillable') return all;
  const { stage, available } = reason;
  const voters = about.votes.filter((vote) => vote.stage === stage).map(holder);
  const few = Math.max(0, Math.min(99, available - voters.length));
  return { ...all, [stage]: [...voters, ...crowd(stage, few)] };
}

export function crowd(stage: string, size: number): string[] {
  return Array.from({ length: size }, (_, n) => `${stage}-${n}@corp.example`);
}
