import { mergeChains } from '../domain/chain.js';
import type { ExtensionTerms, Instant, Millis } from '../domain/entitlement.js';
import { defined } from '../domain/objects.js';
import { passesShortening, totalWith } from '../domain/request/extension.js';
import type { Basis, RequestDecision } from '../domain/request/decision.js';
import type { Active } from '../domain/request/state.js';
import type { Bundle } from '../ports/policy.js';
import { inputsFor, questionAgain } from './ask-policy.js';
import { emergenciesOf } from './emergencies.js';
import { pinFor, requestFacts, type FactSources } from './facts.js';
import { withoutRequest, type InputDeps } from './gather-inputs.js';

// What policy and catalog say of an extension: asked when it is wanted, and once more when it takes effect.

interface DecidedExtension {
  decision: RequestDecision;
  basis: Basis;
  /** Something that a policy reads could not be looked up. */
  isUnsure: boolean;
}

/** Decides on an extension by so much. */
type DecideExtension = (more: Millis, probe?: true) => DecidedExtension;

/**
 * Looks up what an extension rests on, for as many as are asked about. Each is decided as a request for the whole time from
 * the start on, which says whether it may be at all, and as an extension. Who has to agree is what policies say of
 * extensions, else who has to agree to the request, and to one for the whole time. Where approvers gave less than was asked
 * for, those have to agree in any case.
 * @param how.vouched false: the person is taken to be in no group
 */
export async function extensionDecider(
  deps: FactSources & InputDeps,
  policy: Bundle,
  state: Active,
  { at, vouched = true }: { at: Instant; vouched?: boolean },
): Promise<DecideExtension> {
  const { id, requester: person, entitlement, ticket, emergency, chain: agreed, duration } = state;
  const again = { id, person, entitlement: entitlement.id, duration, at, ticket, emergency };
  const { question, basis } = await questionAgain(
    deps,
    policy,
    { ...again, ...(!vouched && { as: { email: person.email, groups: [] } }) },
    // Whether they have this already, and how much else, is asked without this access itself.
    (current) => inputsFor({ ...deps, store: withoutRequest(deps.store, id) }, person, current, at),
  );
  const isUnsure = Object.keys(question.failed ?? {}).length > 0;
  const order = policy.directory.stages.map(({ name }) => name);
  const facts = await requestFacts(deps, state);
  const { who } = question;

  return (more, probe) => {
    const how = probe ? { probe } : {};
    const total = totalWith(state, more);
    const whole = policy.pdp.request({ ...question, duration: total, ...how });
    if (whole.outcome === 'denied') return { decision: whole, basis, isUnsure };
    const own = mergeChains([agreed, whole.chain], order);
    const request = { ...facts, requester: who, chain: own };
    const decision = policy.pdp.extend({ who, request, by: more, total, at, ...how });
    if (decision.outcome === 'denied' || !passesShortening(state)) return { decision, basis, isUnsure };
    const chain = mergeChains([own, decision.chain], order);
    const outcome = chain.length === 0 ? 'auto' : 'needs-approval';
    return { decision: { ...decision, chain, outcome }, basis, isUnsure };
  };
}

/** What the catalog says of it now. */
export function extensionFacts(
  deps: FactSources,
  policy: Bundle,
  { entitlement, requester }: Pick<Active, 'entitlement' | 'requester'>,
): { terms?: ExtensionTerms; grantHash?: string } {
  const terms = policy.entitlements.get(entitlement.id)?.extensions;
  const pinned = pinFor(deps, entitlement.id, requester.email);
  return { ...(terms && { terms }), ...('grant' in pinned && { grantHash: pinned.grant.hash }) };
}

/** Of an emergency, another one of the same person that is contested: then nobody gets it for longer without approval. */
export async function contestedBeside(
  store: Parameters<typeof emergenciesOf>[0],
  state: Active,
): Promise<{ contested?: string } | 'unknown'> {
  if (!state.emergency) return {};
  const others = await emergenciesOf(store, state.requester, state);
  return others === 'unknown' ? others : defined({ contested: others.contested });
}
