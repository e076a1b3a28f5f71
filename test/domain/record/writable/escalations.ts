import type { Command } from '../../../../src/domain/request/command.js';
import type { Pending } from '../../../../src/domain/request/state.js';
import { crowd, filled, plenty, type Of } from './facts.js';

/** By the clock, or by a look that found a stage without people and a group that has enough. */
export function escalations(
  { at, stage, to, channel, why }: Of<'StageEscalated'>,
  state: Pending,
): Command[] {
  if (!filled(to) || !(channel === undefined || filled(channel))) return [];
  if (why === 'time') return channel === undefined ? [{ type: 'Escalate', at, stage, to }] : [];
  if (why !== 'empty') return [];
  const { chain, votes } = state;
  const voters = votes.filter((vote) => vote.stage === stage).map(({ by }) => by.email);
  const people = crowd(`${stage}-more`, 99);
  return [
    {
      type: 'FillGaps',
      at,
      revision: state.revision,
      voters: votes.map(({ by }) => by.email),
      escalations: (state.escalated ?? []).length,
      candidates: { ...plenty({ chain, votes }, []), [stage]: voters },
      reserves: { [stage]: [{ to, ...(channel !== undefined && { channel }), people }] },
    },
  ];
}
