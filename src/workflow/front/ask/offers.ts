import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import { asOf } from '../../../domain/lease.js';
import type { Person } from '../../../domain/person.js';
import { refusalFor } from '../../../domain/refusal.js';
import type { Front, Offer } from '../../../ports/front.js';
import type { Bundle } from '../../../ports/policy.js';
import { askerOf, questionOf } from '../../ask-policy.js';
import type { FrontDeps } from '../deps.js';
import type { RefusedAct } from '../disclosure.js';
import { asPerson } from '../person.js';
import { checkStart } from './form.js';
import { cooperativePause, permits, proberOf, probeTicket } from './probe.js';

/** For asking policy about a whole catalog, from the first question on; within three seconds the rest must fit, too. */
const BUDGET: Millis = 800;
/** So many questions are asked in any case: a short catalog is listed on a busy machine, and by a hurried clock, too. */
const LEAST = 100;

export function offering(deps: FrontDeps): Pick<Front, 'offers' | 'offer' | 'whyNot'> {
  const { bundle, clock } = deps;
  return {
    offers: (actor, startsAt) =>
      asPerson(deps, actor, async (person) => {
        const all = [...bundle().entitlements.values()];
        const found = await offersFor(deps, person, all, { startsAt, budget: BUDGET });
        // That there is nothing is said only where all of it is known.
        const known = found.offers?.length !== 0 || found.lost.length === 0;
        return known ? { ok: found.offers } : groupUnknown(found.lost);
      }),

    offer: (actor, entitlement, startsAt) =>
      asPerson(deps, actor, async (person) => {
        const wanted = bundle().entitlements.get(entitlement);
        const found = await offersFor(deps, person, wanted ? [wanted] : [], { startsAt });
        return { ok: found.offers?.[0] };
      }),

    /** What policy says to a person who may not ask for this entitlement, not even for the shortest time. */
    async whyNot(actor, id, startsAt) {
      const answer = await asPerson(deps, actor, async (person) => {
        const policy = bundle();
        const entitlement = policy.entitlements.get(id);
        const [duration] = entitlement?.durations ?? [];
        if (!entitlement || duration === undefined)
          return { refusal: { code: 'unknown-entitlement', entitlement: id.slice(0, 64) } };
        const now = clock.now();
        const start = startOr(now, policy, startsAt);
        const asker = await askerOf(deps, person, [entitlement], start);
        const wanted = { entitlement, duration, ticket: probeTicket(policy) };
        const decision = policy.pdp.request(questionOf(asker, wanted));
        if (decision.outcome !== 'denied') return { ok: undefined };
        const refusal = refusalFor(decision);
        const isLater = start > now && refusal.code === 'denied-by-policy';
        return { refusal: isLater ? { ...refusal, later: true } : refusal };
      });
      return 'refusal' in answer ? answer.refusal : answer.ok;
    },
  };
}

/** The start that a form has, where it may be asked for; else now. */
export function startOr(now: Instant, policy: Bundle, startsAt = ''): Instant {
  const start = checkStart({ startsAt }, policy, now);
  return 'code' in start ? now : asOf(start, now);
}

export function groupUnknown(groups: UnknownGroup[]): RefusedAct {
  return { refusal: { code: 'group-unknown', groups } };
}

/**
 * What policy permits this person to ask for now, each with the durations that it permits, and the groups for want of
 * which it says no.
 * @param asked.startsAt as a form has it
 * @param asked.budget default: as long as it takes
 * @returns no offers where the budget was used up before everything had been asked about: they may be missing anything
 */
export async function offersFor(
  deps: FrontDeps,
  person: Person,
  entitlements: Entitlement[],
  { startsAt, budget = Infinity }: { startsAt?: string | undefined; budget?: Millis },
): Promise<{ offers: Offer[] | undefined; lost: UnknownGroup[] }> {
  const now = () => deps.clock.now();
  const start = startOr(now(), deps.bundle(), startsAt);
  const asker = await askerOf(deps, person, entitlements, start);
  const { prober, lost } = proberOf(asker, deps.bundle());
  const began = now();
  const pause = cooperativePause(now);
  const offers: Offer[] = [];
  let asked = 0;
  for (const entitlement of entitlements) {
    const durations: Millis[] = [];
    for (const duration of entitlement.durations) {
      for (const ticket of [prober.ticket, undefined]) {
        if (asked >= LEAST && now() - began >= budget) return { offers: undefined, lost: [...lost.values()] };
        asked++;
        const turn = pause();
        if (turn) await turn;
        if (!permits(prober, { entitlement, duration, ticket })) continue;
        durations.push(duration);
        break;
      }
    }
    if (durations.length > 0) offers.push({ entitlement, durations });
  }
  return { offers, lost: [...lost.values()] };
}
