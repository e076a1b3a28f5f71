import { parseDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import { samePerson } from '../../domain/person.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { State } from '../../domain/request/state.js';
import { isExtendable, leftOf } from '../../domain/request/stories/extending.js';
import type { Refusal } from '../../domain/refusal.js';
import { contestedBeside, extensionDecider, extensionFacts } from '../extensions.js';
import { candidatesFor, emails, inForce } from '../facts.js';
import type { FrontDeps } from './deps.js';
import type { Ask } from './vote.js';

const MINUTE: Millis = 60_000;
/** What is on offer besides the durations of the catalog. */
const USUAL = [15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE);
/** Whoever may not extend it, or of what cannot be extended, is not asked about. */
const UNASKED: RequestDecision = { outcome: 'denied', policies: [], advice: [], errors: [], bundle: '' };

/** An extension that somebody wants. @param wanted undefined: the shortest of which policy permits one */
export function extensionOn(deps: FrontDeps, wanted?: Millis): Ask {
  return async (by, state) => {
    const policy = deps.bundle();
    const at = deps.clock.now();
    const isTheirs = state.status === 'active' && samePerson(by, state.requester) === 'same';
    const options = isTheirs && wanted === undefined ? await optionsFor(deps, state) : [];
    const more = wanted ?? options[0] ?? MINUTE;
    const command = { type: 'Extend', at, by, more } as const;
    if (!isTheirs) return { ...command, decision: UNASKED, basis: { given: {} }, candidates: {} };
    const decide = await extensionDecider(deps, policy, state, { at });
    const { decision, basis } = decide(more);
    const { owners } = inForce(state, policy).entitlement;
    const chain = decision.outcome === 'denied' ? [] : decision.chain;
    const { asked, unknown } = await candidatesFor(deps, chain, by.email, owners);
    const candidates = emails(asked, [by]);
    const facts = extensionFacts(deps, policy, state);
    // What cannot be known now makes it wait at the engine.
    const contested = await contestedBeside(deps.store, state);
    return {
      ...command,
      decision,
      basis,
      candidates,
      unknown,
      ...facts,
      ...(contested !== 'unknown' && contested),
    };
  };
}

/** By how much it can be made longer now, shortest first: what fits the catalog, and policy permits. */
export async function optionsFor(deps: FrontDeps, state: State): Promise<Millis[]> {
  const { bundle, clock } = deps;
  const policy = bundle();
  const now = inForce(state, policy);
  if (!isExtendable(now)) return [];
  const { durations = [], extensions } = policy.entitlements.get(state.entitlement.id) ?? {};
  const left = extensions ? leftOf(now, extensions) : 0;
  const fitting = [...new Set([...USUAL, ...durations])].filter((more) => more <= left);
  if (fitting.length === 0) return [];
  const decide = await extensionDecider(deps, policy, now, { at: clock.now() });
  const permitted = fitting.filter((more) => decide(more, true).decision.outcome !== 'denied');
  return permitted.sort((a, b) => a - b);
}

/** How much longer somebody wants it, as written. */
export function moreIn(written: string): Millis | { refusal: Refusal } {
  const more = parseDuration(written);
  return more ?? { refusal: { code: 'unknown-duration', text: written.slice(0, 20) } };
}
