import { mergeChains } from '../../../domain/chain.js';
import type { UnknownGroup } from '../../../domain/directory.js';
import { canonical } from '../../../domain/entitlement.js';
import type { Command } from '../../../domain/request/command.js';
import type { Pending, Terms } from '../../../domain/request/state.js';
import { samePerson } from '../../../domain/person.js';
import { Unknowable } from '../../../ports/policy.js';
import type { Directory } from '../../../ports/people.js';
import { approvers, candidatesFor, emails, pinFor, requestFacts, who } from '../../facts.js';
import type { EngineDeps } from '../loop.js';
import { gatherInputs } from '../../gather-inputs.js';
import { inForce, isAsAsked } from '../../in-force.js';

type Facts = Omit<Extract<Command, { type: 'Confirm' }>, 'type' | 'at' | 'lease' | keyof Terms>;

/**
 * Everything the decision rests on, looked up once more: the requester, every voter's authority, the policy,
 * the catalog. Or why it cannot all be known now.
 */
export async function confirmation(deps: EngineDeps, state: Pending): Promise<Facts | { why: string }> {
  try {
    return await look(deps, state);
  } catch (error) {
    if (error instanceof Unknowable) return { why: error.message };
    throw error;
  }
}

async function look(deps: EngineDeps, state: Pending): Promise<Facts> {
  const { bundle, clock, directory } = deps;
  const policy = bundle();
  const { id, requester, entitlement, duration, ticket } = state;
  const order = policy.directory.stages.map(({ name }) => name);
  const at = clock.now();

  const requesterProblem = await problemWith(directory, requester);
  const asker = requesterProblem ? { email: requester.email, groups: [] } : await who(deps, requester);
  const ask = { id, who: asker, entitlement: entitlement.id, duration, at, ...(ticket && { ticket }) };
  // What is no longer in the catalog is refused, whatever its inputs would be.
  const current = policy.entitlements.get(entitlement.id);
  const inputs = current && (await gatherInputs(deps, requester, [current], at))(current);
  const decision = policy.pdp.request({ ...ask, ...inputs });
  // Approvers have done their part: what cannot be looked up at this moment makes them wait, not begin again.
  const failed = Object.keys(inputs?.failed ?? {}).length > 0;
  if (decision.outcome === 'denied' && failed && decision.errors.length > 0)
    throw new Unknowable('an input of the policies cannot be known');
  if (decision.outcome === 'denied' && decision.unknownGroups) throw unknowable(decision.unknownGroups);

  const chain = mergeChains([state.chain, decision.outcome === 'denied' ? [] : decision.chain], order);
  // Those who own it now: the votes of former owners count no more.
  const { owners } = inForce(state, policy).entitlement;
  const { asked, unknown } = await candidatesFor(deps, chain, requester.email, owners);
  const voters = state.votes.map((vote) => vote.by);
  const candidates = emails(asked, [requester, ...voters]);
  const valid: string[] = [];
  if (!requesterProblem) {
    const request = await requestFacts(deps, state);
    for (const { by, stage } of state.votes) {
      if (await problemWith(directory, by)) continue;
      const others = request.approvedBy.filter((email) => email !== by.email);
      const member = candidates[stage]?.includes(by.email) ?? false;
      // Whoever voted when it was known does not lose the vote because it is not.
      const lost = Object.hasOwn(unknown, stage) ? unknown[stage] : undefined;
      if (!member && lost) throw unknowable(lost);
      const vote = {
        who: await who(deps, by),
        request: { ...request, approvedBy: others },
        stage,
        member,
        at,
      };
      const { outcome, unknownGroups } = policy.pdp.approve(vote);
      if (outcome === 'denied' && unknownGroups) throw unknowable(unknownGroups);
      if (outcome === 'allowed') valid.push(by.email);
    }
  }
  const pinned = pinFor(deps, entitlement.id, requester.email);
  // Compared whole, and not by the hash alone: whoever can write HEAD could put another role beside the right hash,
  // or a time that was never offered.
  const asPinned =
    'grant' in pinned &&
    canonical(pinned.grant) === canonical(state.grant) &&
    isAsAsked(state, current) &&
    current?.durations.includes(duration);
  return {
    revision: state.revision,
    voters: approvers(state),
    decision,
    candidates,
    unknown,
    valid,
    order,
    given: inputs?.given ?? {},
    ...(requesterProblem && { requesterProblem }),
    ...(asPinned && { grantHash: pinned.grant.hash }),
  };
}

function unknowable(groups: readonly UnknownGroup[]): Unknowable {
  return new Unknowable(groups.map(({ why }) => why).join('; '));
}

/** Why this person, who acted earlier, could not act now. */
async function problemWith(directory: Directory, person: Pending['requester']): Promise<string | undefined> {
  const found = await directory.person(person.account);
  if ('person' in found) return samePerson(found.person, person) === 'same' ? undefined : 'identity-changed';
  if (found.refusal.code === 'directory-unavailable')
    throw new Unknowable(`${directory.name} does not answer`);
  return found.refusal.code;
}
