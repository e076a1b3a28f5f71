import { mergeChains } from '../../../domain/chain.js';
import { peopleOf } from '../../../domain/delegation.js';
import { longerLease } from '../../../domain/grant.js';
import { noticeOf } from '../../../domain/lease.js';
import { defined } from '../../../domain/objects.js';
import type { Command } from '../../../domain/request/command.js';
import { asRequest, isExtending, type Extending } from '../../../domain/request/extension.js';
import { Unknowable } from '../../../ports/policy.js';
import { contestedBeside, extensionDecider, extensionFacts } from '../../extensions.js';
import { candidatesFor, emails, inForce, problemWith } from '../../facts.js';
import { SETTLED, type CarryOut, type EngineDeps } from '../effect.js';
import { whyNothingIsGiven } from '../may-give.js';
import { unknowable, validVoters } from './confirm.js';

/**
 * Decides once more on an extension to which all have agreed, on everything as it is now. Put off while what the decision
 * rests on cannot all be known: the old end stands meanwhile, and is the latest for it.
 */
export const extend: CarryOut<'extend'> = async (deps, { state }) => {
  if (!isExtending(state)) return SETTLED;
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  try {
    return { done: await confirmation(deps, state) };
  } catch (error) {
    if (!(error instanceof Unknowable)) throw error;
    return { later: undefined, why: `what an extension rests on cannot be known: ${error.message}` };
  }
};

async function confirmation(deps: EngineDeps, state: Extending): Promise<Command> {
  const { bundle, clock, directory, kinds } = deps;
  const policy = bundle();
  const { extension, requester } = state;
  const { number, more } = extension;
  const at = clock.now();
  const requesterProblem = await problemWith(directory, requester);
  const decide = await extensionDecider(deps, policy, state, { at, vouched: !requesterProblem });
  const { decision, basis, isUnsure } = decide(more);
  if (decision.outcome === 'denied') {
    if (isUnsure && decision.errors.length > 0)
      throw new Unknowable('an input of the policies cannot be known');
    if (decision.unknownGroups) throw unknowable(decision.unknownGroups);
  }
  const order = policy.directory.stages.map(({ name }) => name);
  const asked = asRequest(state, extension);
  const chain = mergeChains([extension.chain, decision.outcome === 'denied' ? [] : decision.chain], order);
  const { owners } = inForce(state, policy).entitlement;
  const found = await candidatesFor(deps, chain, requester.email, owners);
  const candidates = emails(found.asked, [requester, ...extension.votes.flatMap(peopleOf)]);
  const { unknown } = found;
  const valid = requesterProblem
    ? []
    : await validVoters(deps, policy, asked, { at, candidates, unknown, extension: true });
  const contested = await contestedBeside(deps.store, state);
  if (contested === 'unknown') throw new Unknowable('how other emergencies were reviewed is not known');
  const grant = await deps.store.grant(state.id);
  const mints = kinds.find(({ name }) => name === state.grant.kind)?.mints ?? false;
  return {
    type: 'ConfirmExtension',
    at: clock.now(),
    number,
    voters: extension.votes.map(({ by }) => by.email),
    decision,
    valid,
    order,
    basis,
    decidedAt: at,
    candidates,
    unknown,
    warnBefore: noticeOf(state, policy.directory),
    replaces: !mints,
    ...extensionFacts(deps, policy, state),
    ...contested,
    ...defined({ requesterProblem, longer: grant && longerLease(grant, state) }),
  };
}
