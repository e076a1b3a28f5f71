import type { Pending, Reason } from '../request/state.js';
import { rowOf } from '../table.js';
import { isInstant, isText, type Presence } from './values.js';

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
  reason: Extract<Reason, { code: 'unfillable' }>,
  { chain, votes }: Pick<Pending, 'chain' | 'votes'>,
): string | undefined {
  const { stage, needed, available } = reason;
  const quorum = chain.find(({ name }) => name === stage)?.quorum;
  const had = votes.filter((vote) => vote.stage === stage).length;
  return quorum === needed && available >= had
    ? undefined
    : `it was closed for want of people in ${stage}, and that is not what the stage needs or has`;
}
