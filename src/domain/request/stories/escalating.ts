import { openStage, unfillable } from '../../chain.js';
import { isText } from '../../record/values.js';
import type { CommandOf } from '../command.js';
import type { Reserve } from '../decision.js';
import type { EventOf } from '../event.js';
import type { Escalation, Pending, State } from '../state.js';
import {
  CARDS,
  NOTHING,
  record,
  waitingStage,
  type Decided,
  type Decisions,
  type EventRow,
} from './story.js';

// A stage gets more people: nobody has answered in time, or too few are left who could.

/** The groups to which a stage has been escalated: their members fill it besides its own. */
export function escalatedTo({ escalated = [] }: Pick<State, 'escalated'>, stage: string): string[] {
  return escalated.flatMap((one) => (one.stage === stage ? [one.to] : []));
}

type Call = Omit<Escalation, 'at'>;

type Found = Pick<CommandOf<'FillGaps'>, 'candidates' | 'unknown' | 'reserves'>;

/**
 * Which groups come in so that the chain can be completed again: of each stage that lacks people the first of its
 * reserves that helps, or all of them together.
 * @returns the gap where none helps. A stage about which not all is known is left as it is
 */
export function fillGaps(
  state: Pick<Pending, 'chain' | 'votes' | 'requester' | 'escalated'>,
  { candidates, unknown = {}, reserves }: Found,
): { calls: Call[] } | { gap: NonNullable<ReturnType<typeof unfillable>> } {
  const { chain, votes, requester } = state;
  const calls: Call[] = [];
  let known = candidates;
  const left = { ...unknown };
  const gapIn = (people: typeof known) => unfillable(chain, people, votes, [requester.email], left);
  for (let gap = gapIn(known); gap; gap = gapIn(known)) {
    const { stage } = gap;
    // Those who have come in are among the candidates.
    const all = (reserves[stage] ?? []).filter(({ to }) => !escalatedTo(state, stage).includes(to));
    const filled = ways(all).find((way) => gapIn(withAll(known, stage, way))?.stage !== stage);
    if (filled) {
      calls.push(...filled.map(({ to, channel }) => call(stage, 'empty', to, channel)));
      known = withAll(known, stage, filled);
    } else if (all.every(({ people }) => people)) return { gap };
    // Perhaps somebody is there after all.
    else left[stage] = [];
  }
  return { calls };
}

function ways(reserves: readonly Reserve[]): Reserve[][] {
  const one = reserves.map((reserve) => [reserve]);
  return reserves.length > 1 ? [...one, [...reserves]] : one;
}

function withAll(candidates: Found['candidates'], stage: string, more: Reserve[]): Found['candidates'] {
  const people = more.flatMap((reserve) => reserve.people ?? []);
  return { ...candidates, [stage]: [...new Set([...(candidates[stage] ?? []), ...people])] };
}

function call(stage: string, why: Escalation['why'], to: string, channel?: string): Call {
  return { stage, to, ...(channel !== undefined && { channel }), why };
}

export const ESCALATING_COMMANDS: Decisions<'Escalate' | 'FillGaps'> = {
  Escalate({ at, stage, to }, state) {
    const isDue = waitingStage(state) === stage && at < state.lapsesAt;
    if (!isDue || wasEscalated(state, stage, to)) return NOTHING;
    return record(at, { type: 'StageEscalated', ...call(stage, 'time', to) });
  },
  FillGaps(command, state): Decided {
    const { at, revision, voters, escalations } = command;
    if (waitingStage(state) === undefined || state.status !== 'pending' || at >= state.lapsesAt)
      return NOTHING;
    // Somebody voted, or the chain changed, while the facts were gathered: the next look has them.
    if (revision !== state.revision || voters.join() !== state.votes.map(({ by }) => by.email).join())
      return NOTHING;
    if (escalations !== (state.escalated ?? []).length) return NOTHING;
    const found = fillGaps(state, command);
    if ('gap' in found) return NOTHING;
    return { events: found.calls.map((one) => ({ type: 'StageEscalated', at, by: 'jit', ...one })) };
  },
};

/** By time a stage goes on once; and to no group twice, whatever the reason. */
function wasEscalated({ escalated = [] }: State, stage: string, to: string): boolean {
  return escalated.some((one) => one.stage === stage && (one.why === 'time' || one.to === to));
}

export const ESCALATING = {
  StageEscalated: {
    after: { pending: true },
    members: { stage: 'always', to: 'always', channel: 'sometimes', why: 'always' },
    evolve: ({ at, stage, to, channel, why }, before) => ({
      ...before,
      escalated: [...(before.escalated ?? []), { ...call(stage, why, to, channel), at }],
    }),
    owes: () => [CARDS],
    law: wrongEscalation,
  } satisfies EventRow<'StageEscalated', 'pending'>,
};

function wrongEscalation(event: EventOf<'StageEscalated'>, before: Pending): string | undefined {
  const { at, stage, to, channel, why } = event;
  if (!before.checked) return 'a stage was escalated before its people were asked';
  if (at >= before.lapsesAt) return 'a stage was escalated after it had lapsed';
  if (!isText(to) || !(channel === undefined || isText(channel))) return 'a stage was escalated to nobody';
  if (why === 'time') {
    const open = openStage(before)?.name;
    if (open !== stage) return `${stage} was escalated for want of an answer while ${open ?? 'none'} waited`;
    return wasEscalated(before, stage, to) ? `${stage} was escalated twice` : undefined;
  }
  if (why !== 'empty') return 'a stage was escalated for a reason that the program does not know';
  const quorum = before.chain.find(({ name }) => name === stage)?.quorum ?? 0;
  const has = before.votes.filter((vote) => vote.stage === stage).length;
  if (has >= quorum) return `${stage} was escalated for want of people, and needs none`;
  return escalatedTo(before, stage).includes(to) ? `${stage} was escalated to ${to} twice` : undefined;
}
