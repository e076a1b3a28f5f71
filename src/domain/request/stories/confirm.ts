import { formatChain, knownStages, mergeChains, unfillable } from '../../chain.js';
import { termsOf } from '../../grant.js';
import { isComplete, seats } from '../progress.js';
import type { Command } from '../command.js';
import { sameAccount } from '../../person.js';
import type { Event } from '../event.js';
import type { Pending, Reason, State, Vote } from '../state.js';

/** Why a vote counts no more, as it stands on record: `verify` knows no other. */
export const NO_LONGER = 'no longer entitled to this stage';

type Confirm = Extract<Command, { type: 'Confirm' }>;

/**
 * The decision is made again when it takes effect: on the same request, with what holds now.
 * Leads to the approval, to a denial, or to a longer way if policy now asks for more.
 */
export function confirm(command: Confirm, state: State): Event[] {
  const { at, decision } = command;
  if (state.status !== 'pending' || !state.checked || !isComplete(state)) return [];
  // Somebody voted, or the chain changed, while the facts were gathered: what completes it owes its own confirmation.
  const voters = state.votes.map((vote) => vote.by.email);
  if (command.revision !== state.revision || command.voters.join() !== voters.join()) return [];
  if (at >= state.lapsesAt) return [{ type: 'RequestLapsed', at, by: 'jit' }];
  const reason = refused(command, state);
  if (reason) return [{ type: 'RequestDenied', at, by: 'jit', reason }];
  if (decision.outcome === 'denied') return [];

  const { policies, advice, bundle } = decision;
  const ruling = { policies, advice, bundle };
  const chain = mergeChains([state.chain, decision.chain], command.order);
  const votes = holding(command, state);
  const gone = state.votes.filter((vote) => !votes.includes(vote)).map((vote) => vote.by.email);
  const events: Event[] = [];
  if (gone.length > 0)
    events.push({
      type: 'VotesVoided',
      at,
      by: 'jit',
      people: gone,
      why: NO_LONGER,
    });
  if (formatChain(chain) !== formatChain(state.chain))
    events.push({ type: 'ChainChanged', at, by: 'jit', chain, ruling });
  if (isComplete({ chain, votes }))
    return [
      ...events,
      {
        type: 'RequestApproved',
        at,
        by: 'jit',
        lease: command.lease,
        ruling,
        given: command.given,
        ...termsOf(command),
      },
    ];
  const known = knownStages(chain, command.unknown);
  const gap = unfillable(known, command.candidates, seats(votes), [state.requester.email]);
  if (!gap) return events;
  return [...events, { type: 'RequestDenied', at, by: 'jit', reason: { code: 'unfillable', ...gap } }];
}

function refused({ requesterProblem, grantHash, decision }: Confirm, { grant }: Pending): Reason | undefined {
  if (requesterProblem !== undefined) return { code: 'requester', problem: requesterProblem };
  if (grantHash !== grant.hash) return { code: 'changed' };
  if (decision.outcome !== 'denied') return undefined;
  const { policies, advice, errors } = decision;
  return { code: 'policy', policies, advice, errors };
}

/** The votes that still hold: by people entitled to their stage now, each once, none of them the requester. */
function holding({ valid, candidates }: Confirm, { votes, requester }: Pending): Vote[] {
  return votes.filter(
    ({ by, stage }, index) =>
      valid.includes(by.email) &&
      candidates[stage]?.includes(by.email) &&
      by.email !== requester.email &&
      !sameAccount(by.account, requester.account) &&
      votes.findIndex((other) => other.by.email === by.email || sameAccount(other.by.account, by.account)) ===
        index,
  );
}
