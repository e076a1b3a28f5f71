import { termsOf, type Pending, type State } from '../../../../src/domain/request/state.js';
import { isEarly, leaseFrom } from '../../../../src/domain/lease.js';
import type { Command, CommandOf } from '../../../../src/domain/request/command.js';
import type { Event } from '../../../../src/domain/request/event.js';
import type { Ruling } from '../../../../src/domain/request/decision.js';
import { SKEW, basisIn, filled, isRuling, isStage, isTerms, people, permitting, type Of } from './facts.js';

/** Of all that one confirmation can write in one go, what begins here: for each length, on the facts that it needs. */
export function confirmations(rest: Event[], state: State | undefined): Command[] {
  if (state?.status !== 'pending') return [];
  return [1, 2, 3].flatMap((length) => confirmation(rest.slice(0, length), state));
}

function confirmation(batch: Event[], state: Pending): Command[] {
  const first = batch[0]!;
  const { at } = first;
  const of = <T extends Event['type']>(type: T) =>
    batch.find((event) => event.type === type) as Of<T> | undefined;
  const longer = of('ChainChanged');
  const approved = of('RequestApproved');
  const reason = of('RequestDenied')?.reason ?? of('StartDoubted')?.reason;
  const voided = of('VotesVoided')?.people ?? [];
  const chain = longer?.chain ?? state.chain;
  const ruled: Ruling = approved?.ruling ?? longer?.ruling ?? state.ruling;
  if ((approved || longer) && !(isRuling(ruled) && permitting(ruled))) return [];
  const names = chain.map(({ name }) => name);
  if (new Set(names).size !== names.length) return [];
  if (!chain.every(isStage)) return [];
  const { duration } = state;
  const { endsAt = 0, warnAt } = approved?.lease ?? {};
  if (reason?.code === 'requester' && !filled(reason.problem)) return [];
  if (approved && !(approved.given && isTerms(approved))) return [];
  const basis = basisIn(approved ?? {});
  const { decidedAt = at } = approved ?? {};
  if (!basis || !(decidedAt <= at + SKEW && decidedAt >= state.requestedAt - SKEW)) return [];
  const denied = reason?.code === 'policy' ? reason : undefined;
  const facts: Rechecked = {
    revision: state.revision,
    voters: state.votes.map(({ by }) => by.email),
    escalations: (state.escalated ?? []).length,
    decision: denied
      ? {
          ...ruled,
          policies: denied.policies,
          advice: denied.advice,
          errors: denied.errors,
          outcome: 'denied',
        }
      : { ...ruled, outcome: chain.length === 0 ? 'auto' : 'needs-approval', chain },
    candidates: people({ chain, votes: state.votes.filter(({ by }) => !voided.includes(by.email)) }, reason),
    valid: state.votes.map(({ by }) => by.email).filter((email) => !voided.includes(email)),
    ...(reason?.code === 'requester' && { requesterProblem: reason.problem }),
    ...(reason?.code !== 'changed' && { grantHash: state.grant.hash }),
    order: names,
  };
  if (isEarly(state, at)) return [{ type: 'LookAhead', at, ...facts }];
  const lease = leaseFrom(at, duration, warnAt === undefined ? 0 : endsAt - warnAt);
  const terms = approved && termsOf(approved);
  const stopped = {
    ...(reason?.code === 'contested' && { contested: reason.request }),
    ...(reason?.code === 'emergency-open' && { earlier: reason.request }),
  };
  return [{ type: 'Confirm', at, ...facts, ...stopped, lease, basis, decidedAt, ...terms }];
}

type Rechecked = Omit<CommandOf<'LookAhead'>, 'type' | 'at'>;
