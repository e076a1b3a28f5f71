import { formatChain, mergeChains } from '../../../domain/chain.js';
import { peopleOf } from '../../../domain/delegation.js';
import type { Person } from '../../../domain/person.js';
import { defined } from '../../../domain/objects.js';
import type { UnknownGroup } from '../../../domain/directory.js';
import { canonical, type Instant } from '../../../domain/entitlement.js';
import type { Command } from '../../../domain/request/command.js';
import type { Pending, Terms } from '../../../domain/request/state.js';
import { Unknowable, type Bundle } from '../../../ports/policy.js';
import { questionAgain } from '../../ask-policy.js';
import { emergenciesOf } from '../../emergencies.js';
import {
  candidatesFor,
  emails,
  inForce,
  known,
  pinFor,
  problemWith,
  requestFacts,
  who,
} from '../../facts.js';
import { reservesFor } from '../../seats/reserves.js';
import { SETTLED, type CarryOut, type EffectOutcome, type EngineDeps } from '../effect.js';
import { asOf, isEarly, leaseFrom, noticeOf } from '../../../domain/lease.js';
import { putOff } from '../../../domain/request/outbox.js';
import { whyNothingIsGiven } from '../may-give.js';

type Facts = Omit<Extract<Command, { type: 'Confirm' }>, 'type' | 'at' | 'lease' | keyof Terms>;

/**
 * Decides once more, on everything as it is now, whether what approvers agreed to takes effect. Put off while what the
 * decision rests on cannot all be known.
 */
export const confirm: CarryOut<'confirm'> = async (deps, { state }, { id }) => {
  if (state.status !== 'pending') return SETTLED;
  // It was hurried, or another machine's clock is ahead.
  const waits = (now: Instant): EffectOutcome => ({
    keep: () => ({ outbox: (outbox) => putOff(outbox, id, now, asOf(state, now)) }),
  });
  const now = deps.clock.now();
  if (isEarly(state, now)) return waits(now);
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  try {
    const facts = await confirmation(deps, state);
    const at = deps.clock.now();
    if (isEarly(state, at)) return waits(at);
    const { directory } = deps.bundle();
    const { accounts } = directory;
    const lease = leaseFrom(at, state.duration, noticeOf(state, directory));
    const { kind, account } = state.grant;
    const form = deps.kinds.find(({ name }) => name === kind)?.form;
    const terms = defined({ form, access: accounts[account] });
    return { done: { type: 'Confirm', at, lease, ...terms, ...facts } };
  } catch (error) {
    if (!(error instanceof Unknowable)) throw error;
    return { later: undefined, why: `what the decision rests on cannot be known: ${error.message}` };
  }
};

/**
 * Everything the decision rests on, looked up once more: the requester, every voter's authority, the policy, the catalog.
 * Before its start policy is asked as of the start.
 */
export async function confirmation(deps: EngineDeps, state: Pending): Promise<Facts> {
  const { bundle, clock, directory } = deps;
  const policy = bundle();
  const { requester, entitlement, duration } = state;
  const order = policy.directory.stages.map(({ name }) => name);
  const at = asOf(state, clock.now());

  const requesterProblem = await problemWith(directory, requester);
  const { decision, basis } = await decideAgain(deps, policy, state, { at, vouched: !requesterProblem });
  const chain = mergeChains([state.chain, decision.outcome === 'denied' ? [] : decision.chain], order);
  // Those who own it now: the votes of former owners count no more.
  const { owners } = inForce(state, policy).entitlement;
  const { asked, unknown } = await candidatesFor(deps, chain, requester.email, owners, state);
  const voters = state.votes.map((vote) => vote.by);
  const candidates = emails(asked, [requester, ...state.votes.flatMap(peopleOf)]);
  const valid = requesterProblem ? [] : await validVoters(deps, policy, state, { at, candidates, unknown });
  const isAsItWas = valid.length === voters.length && formatChain(chain) === formatChain(state.chain);
  const pinned = pinFor(deps, entitlement.id, requester.email);
  const current = policy.entitlements.get(entitlement.id);
  // Compared whole, and not by the hash alone: whoever can write HEAD could put another role beside the right hash,
  // or a time that was never offered.
  const asPinned =
    'grant' in pinned &&
    canonical(pinned.grant) === canonical(state.grant) &&
    current?.environment === entitlement.environment &&
    current.account === entitlement.account &&
    current.risk === entitlement.risk &&
    current.durations.includes(duration);
  return {
    revision: state.revision,
    voters: voters.map(({ email }) => email),
    escalations: (state.escalated ?? []).length,
    ...(await otherEmergencies(deps, state)),
    ...(!isAsItWas && { reserves: await reservesFor(deps, chain, [requester, ...voters]) }),
    decision,
    candidates,
    unknown,
    valid,
    order,
    basis,
    decidedAt: at,
    ...defined({ requesterProblem, grantHash: asPinned ? pinned.grant.hash : undefined }),
  };
}

/** What other emergencies of the same person say against this one. */
async function otherEmergencies(
  { store }: EngineDeps,
  state: Pending,
): Promise<Pick<Facts, 'contested' | 'earlier'>> {
  if (!state.emergency) return {};
  const others = await emergenciesOf(store, state.requester, state);
  if (others === 'unknown') throw new Unknowable('how earlier emergencies were reviewed is not known');
  return defined({ contested: others.contested, earlier: others.open });
}

/** What policy says of it now. Approvers have done their part: what cannot be looked up at this moment makes them wait. */
async function decideAgain(
  deps: EngineDeps,
  policy: Bundle,
  { id, requester: person, entitlement, duration, ticket, emergency }: Pending,
  { at, vouched }: { at: Instant; vouched: boolean },
): Promise<Pick<Facts, 'decision' | 'basis'>> {
  const { question, basis } = await questionAgain(deps, policy, {
    id,
    person,
    ...(!vouched && { as: { email: person.email, groups: [] } }),
    entitlement: entitlement.id,
    duration,
    at,
    ticket,
    emergency,
  });
  const decision = policy.pdp.request(question);
  const { failed = {} } = question;
  if (decision.outcome === 'denied') {
    if (Object.keys(failed).length > 0 && decision.errors.length > 0)
      throw new Unknowable('an input of the policies cannot be known');
    if (decision.unknownGroups) throw unknowable(decision.unknownGroups);
  }
  return { decision, basis };
}

/** Of those who have voted, who may still, by everything as it is now. */
export async function validVoters(
  deps: EngineDeps,
  policy: Bundle,
  state: Pending,
  {
    at,
    candidates,
    unknown,
    extension,
  }: { at: Instant; extension?: true } & Required<Pick<Facts, 'candidates' | 'unknown'>>,
): Promise<string[]> {
  const { directory } = deps;
  const valid: string[] = [];
  const request = await requestFacts(deps, state);
  for (const { by, delegatedBy, stage } of state.votes) {
    if (await problemWith(directory, by)) continue;
    // That they still stand in is not asked: who is away gave their seat, and must still hold it.
    if (delegatedBy && ((await problemWith(directory, delegatedBy)) || !(await isDelegate(deps, by, stage))))
      continue;
    const approvedBy = request.approvedBy.filter((email) => email !== by.email);
    const member = candidates[stage]?.includes((delegatedBy ?? by).email) ?? false;
    // A voter who was a member when that was known keeps the vote while it is not known.
    const lost = Object.hasOwn(unknown, stage) ? unknown[stage] : undefined;
    if (!member && lost) throw unknowable(lost);
    const about = { ...request, approvedBy };
    const vote = {
      who: await who(deps, by),
      request: about,
      stage,
      member,
      at,
      ...(extension && { extension }),
    };
    const seat = delegatedBy ? { delegatedBy: await who(deps, delegatedBy) } : {};
    const { outcome, unknownGroups } = policy.pdp.approve({ ...vote, ...seat });
    if (outcome === 'denied' && unknownGroups) throw unknowable(unknownGroups);
    if (outcome === 'allowed') valid.push(by.email);
  }
  return valid;
}

/** Whether somebody is still one of those who may stand in for members of a stage. */
async function isDelegate(
  { directory, bundle }: EngineDeps,
  person: Person,
  stage: string,
): Promise<boolean> {
  const delegates = bundle().directory.stages.find(({ name }) => name === stage)?.delegates;
  if (delegates === undefined) return false;
  const { groups, unknown } = await known(directory.groups(person));
  const lost = unknown.filter(({ name }) => name === delegates);
  if (lost.length > 0) throw unknowable(lost);
  return groups.includes(delegates);
}

export function unknowable(groups: readonly UnknownGroup[]): Unknowable {
  return new Unknowable(groups.map(({ why }) => why).join('; '));
}
