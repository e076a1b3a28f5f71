import type { AccessEffect } from '../../domain/request/effects.js';
import { withFailedTry, type Grant } from '../../domain/grant.js';
import { leaseFrom } from '../../domain/lease.js';
import type { Owed } from '../../domain/request/outbox.js';
import type { Ending, Reason, State, Terms } from '../../domain/request/state.js';
import { GrantFault, PROVISION_TIMEOUT, type Provisioner } from '../../ports/access.js';
import { confirmation } from './effects/confirmation.js';
import type { EngineDeps } from './loop.js';
import { mint } from './effects/mint.js';
import { codeOf, isPermanent, RECORDING, whyNothingIsGiven, type Outcome } from './effect-outcome.js';
import { recordForEngine } from '../record-command.js';
import { skewProblem } from './clock-skew.js';
import { usableGrant } from './may-give.js';

/** What may be left of a call when its time-out has cut it off, and two clocks that differ. */
const MARGIN = 10_000;

/** An effect of access, as it is owed. */
export type OwedAccess = Owed & { effect: AccessEffect };

/** Carries out an effect that makes, proves or unmakes access. */
export async function carryOut(deps: EngineDeps, state: State, { effect }: OwedAccess): Promise<Outcome> {
  switch (effect.type) {
    case 'preflight':
      return preflight(deps, state);
    case 'confirm':
      return confirm(deps, state);
    case 'provision':
      return provision(deps, state);
    case 'revoke':
      return revoke(deps, state);
    case 'mint':
      return mint(deps, state, effect);
    case 'clean-up':
      return cleanUp(deps, state.id);
    default:
      return effect satisfies never;
  }
}

async function preflight({ provisioners, clock }: EngineDeps, state: State): Promise<Outcome> {
  const provisioner = provisioners[state.grant.kind];
  const at = clock.now();
  if (!provisioner) return { done: { type: 'FailPreflight', at, reason: unknownKind(state) } };
  try {
    const reason = await provisioner.preflight(state.grant, state.id);
    if (reason) return { done: { type: 'FailPreflight', at: clock.now(), reason } };
    return { done: { type: 'PassPreflight', at: clock.now() } };
  } catch (error) {
    if (isPermanent(error)) return { done: { type: 'FailPreflight', at: clock.now(), reason: aws(error) } };
    // Approvers need not wait for AWS: what cannot be known now, provisioning will find out.
    return { done: { type: 'PassPreflight', at: clock.now(), note: 'AWS did not answer; not checked' } };
  }
}

async function confirm(deps: EngineDeps, state: State): Promise<Outcome> {
  if (state.status !== 'pending') return { done: undefined };
  const nothing = whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  const skewed = await skewProblem(deps);
  if (skewed) return { later: undefined, why: skewed };
  const facts = await confirmation(deps, state);
  if ('why' in facts)
    return { later: undefined, why: `what the decision rests on cannot be known: ${facts.why}` };
  const at = deps.clock.now();
  const lease = leaseFrom(at, state.duration, deps.bundle().directory.warnBefore);
  return { done: { type: 'Confirm', at, lease, ...terms(deps, state), ...facts } };
}

/** What the grant keeps of the time of its approval. */
function terms({ kinds, bundle }: EngineDeps, { grant }: State): Terms {
  const form = kinds.find(({ name }) => name === grant.kind)?.form;
  const access = bundle().directory.accounts[grant.account];
  return { ...(form !== undefined && { form }), ...(access && { access }) };
}

async function provision(deps: EngineDeps, state: State): Promise<Outcome> {
  const { store, provisioners, clock } = deps;
  const { id } = state;
  const nothing = whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  const skewed = await skewProblem(deps);
  if (skewed) return { later: undefined, why: skewed };
  if (!(await usableGrant(deps, state))) return { done: undefined };
  const until = clock.now() + RECORDING + PROVISION_TIMEOUT + MARGIN;
  const attempt = await recordForEngine(store, id, { type: 'AttemptProvision', at: clock.now(), until });
  const grant = await store.grant(id);
  if (attempt.events.length === 0 || !grant) return { done: undefined };
  // No call is begun that could land after the moment from which "gone" counts as proven.
  if (clock.now() + PROVISION_TIMEOUT + MARGIN > until)
    return { later: undefined, why: 'the record is slow' };
  const provisioner = provisioners[grant.grant.kind];
  if (!provisioner) {
    return { done: { type: 'FailProvision', at: clock.now(), reason: unknownKind(attempt.head.state) } };
  }
  try {
    const receipt = await provisioner.provision(grant);
    return { done: { type: 'RecordProvisioned', at: clock.now(), receipt } };
  } catch (error) {
    if (!isPermanent(error)) return { later: undefined, why: codeOf(error) };
    return { done: { type: 'FailProvision', at: clock.now(), reason: aws(error) } };
  }
}

async function revoke(deps: EngineDeps, state: State): Promise<Outcome> {
  const { clock, log } = deps;
  if (state.status !== 'ending') return { done: undefined };
  const grant = await markedAsEnding(deps, state);
  const settledBy = Math.max(state.settledBy, grant?.settledBy ?? 0);
  try {
    // What has been cleared away is over: asked once more by a rewritten HEAD, AWS would keep a Deny for ever.
    const over = grant?.cleanedUp ? grant.gone : undefined;
    const proof = grant
      ? (over ?? (await provisionerOf(deps, grant).revoke(grant, clock.now())))
      : { checkedAt: clock.now(), evidence: 'no grant was ever recorded' };
    // At once: the next look no longer finds what was changed by hand.
    if (proof.alarm) log.error({ request: state.id, alarm: proof.alarm }, proof.evidence);
    // What was looked at is true; when it was looked at, only a clock that agrees with AWS's can say.
    const skewed = await skewProblem(deps);
    if (skewed) throw new GrantFault('ClockSkew', skewed, false);
    // Gone now, but a provisioning call may still be on its way: look again when none can be.
    if (proof.checkedAt <= settledBy) return { later: settledBy + 1_000, why: 'a call may still land' };
    return { done: { type: 'RecordGone', at: clock.now(), proof } };
  } catch (error) {
    return failed(deps, grant, error);
  }
}

async function cleanUp(deps: EngineDeps, id: string): Promise<Outcome> {
  const { store, clock, log } = deps;
  // A clock that is ahead would clear away a Deny that a living session still needs.
  const skewed = await skewProblem(deps);
  if (skewed) return { later: undefined, why: skewed };
  const grant = await store.grant(id);
  if (!grant || grant.cleanedUp) return { done: undefined };
  const due = grant.gone?.cleanUpAt;
  if (due === undefined) {
    log.error({ request: id }, 'its request would clear away what nobody has left behind: nothing is done');
    return { done: undefined };
  }
  // HEAD does not say when: what stands there keeps a session shut that still lives (invariant 1).
  if (clock.now() < due) return { later: due, why: 'a session may still live' };
  try {
    await provisionerOf(deps, grant).cleanUp(grant);
    return { done: { type: 'RecordCleanUp', at: clock.now() } };
  } catch (error) {
    const { later, why } = await failed(deps, grant, error);
    return { later, why };
  }
}

/** A try to take away that failed goes into the grant's own record, with when the next is due: it is never given up. */
async function failed({ store, clock, log }: EngineDeps, grant: Grant | undefined, error: unknown) {
  const why = codeOf(error);
  if (!grant) return { later: undefined, why, failures: 1 };
  const tried = withFailedTry(grant, { now: clock.now(), permanent: isPermanent(error) });
  await store.saveGrant(tried).catch((err: unknown) => {
    log.warn({ request: grant.requestId, err }, 'a failed try could not be noted');
  });
  return { later: tried.tries.next, why, failures: tried.tries.count };
}

export function provisionerOf({ provisioners }: EngineDeps, { grant }: Pick<Grant, 'grant'>): Provisioner {
  const provisioner = provisioners[grant.kind];
  if (!provisioner) throw new GrantFault('UnknownGrantKind', `no provisioner for ${grant.kind}`, false);
  return provisioner;
}

/**
 * The grant that an ending request has. Before anything is taken away early, its own record says so: whoever rewrites
 * HEAD while AWS is asked, or while a call may still land, brings nothing back.
 */
async function markedAsEnding({ store, clock, log }: EngineDeps, state: Ending): Promise<Grant | undefined> {
  const grant = await store.grant(state.id);
  const at = clock.now();
  if (!grant || grant.gone || grant.ending || at >= grant.lease.endsAt) return grant;
  const { cause, by = 'jit', reason } = state;
  const marked: Grant = { ...grant, ending: { at, by, cause, ...(reason && { reason }) } };
  try {
    await store.saveGrant(marked);
  } catch (error) {
    log.warn(
      { request: state.id, err: error },
      'that it is ending could not be noted; it is ended all the same',
    );
  }
  return marked;
}

function aws({ code, hint }: GrantFault): Reason {
  return { code: 'aws', error: code, hint };
}

function unknownKind({ grant }: State): Reason {
  return { code: 'aws', error: 'UnknownGrantKind', hint: `The grant kind ${grant.kind} is not known.` };
}
