import { knownStages, unfillable } from '../../chain.js';
import type { Decided } from './decide.js';
import { sameAddress } from '../../email.js';
import { openStage, seats } from '../progress.js';
import { refusalFor, type Refusal } from '../../refusal.js';
import type { Command } from '../command.js';
import type { Pending, State } from '../state.js';
import { visibleLength } from '../../text.js';
import { samePerson } from '../../person.js';

type VoteCommand = Extract<Command, { type: 'Approve' | 'Deny' }>;

/** One person's approval or denial, for the stage that is open now. One denial closes. */
export function vote(command: VoteCommand, state: State): Decided {
  const { at, by, stage, verdict } = command;
  if (state.status === 'closed')
    return { refusal: { code: 'not-pending', status: 'closed', outcome: state.outcome } };
  if (state.status !== 'pending') return { refusal: { code: 'not-pending', status: state.status } };
  if (at >= state.lapsesAt) return { refusal: { code: 'not-pending', status: 'closed', outcome: 'lapsed' } };
  const refusal = refuse(command, state);
  if (refusal) return { refusal };
  if (command.type === 'Approve') {
    const { policies } = verdict;
    return { events: [{ type: 'Voted', at, by, vote: { stage, by, at, policies } }] };
  }
  const text = command.text?.trim() ?? '';
  if (visibleLength(text) === 0) return { refusal: { code: 'reason-missing' } };
  return { events: [{ type: 'RequestDenied', at, by, reason: { code: 'vote', stage, text } }] };
}

function refuse(
  { type, by, stage, revision, verdict, candidates, unknown = {} }: VoteCommand,
  { requester, chain, votes, revision: current }: Pending,
): Refusal | undefined {
  if (revision !== current || !chain.some(({ name }) => name === stage)) return { code: 'stale-card' };
  // Either half of the identity is enough to count as the requester: invariant 3.
  if (samePerson(by, requester) !== 'other') return { code: 'own-request' };
  if (votes.some((earlier) => samePerson(by, earlier.by) === 'changed')) return { code: 'identity-changed' };
  if (type === 'Approve' && votes.some((earlier) => sameAddress(earlier.by.email, by.email)))
    return { code: 'already-voted' };
  const open = openStage({ chain, votes });
  if (open?.name !== stage) return { code: 'stage-not-open', stage, open: open?.name ?? '' };
  if (!candidates[stage]?.includes(by.email)) {
    const groups = Object.hasOwn(unknown, stage) ? unknown[stage] : undefined;
    return groups ? { code: 'group-unknown', groups } : { code: 'not-in-stage', stage };
  }
  if (verdict.outcome !== 'allowed') return refusalFor(verdict);
  if (type === 'Deny') return undefined;
  const taken = [...seats(votes), { stage, by: by.email }];
  const gap = unfillable(knownStages(chain, unknown), candidates, taken, [requester.email]);
  return gap && { code: 'would-strand', stage: gap.stage };
}
