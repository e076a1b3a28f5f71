import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Person } from '../../../domain/person.js';
import { refusalFor } from '../../../domain/refusal.js';
import type { Front, Offer } from '../../../ports/front.js';
import { askerOf, questionOf } from '../../ask-policy.js';
import type { FrontDeps } from '../deps.js';
import type { RefusedAct } from '../disclosure.js';
import { asPerson } from '../person.js';
import { cooperativePause, permits, PROBE_TICKET, proberOf, type Prober } from './probe.js';

/** For asking policy about a whole catalog, from the first question on; within three seconds the rest must fit, too. */
const BUDGET: Millis = 800;
/** So many questions are asked in any case: a short catalog is listed on a busy machine, and by a hurried clock, too. */
const LEAST = 100;

export function offering(deps: FrontDeps): Pick<Front, 'offers' | 'offer' | 'whyNot'> {
  const { bundle, clock } = deps;
  return {
    offers: (actor) =>
      asPerson(deps, actor, async (person) => {
        const found = await offersFor(deps, person, [...bundle().entitlements.values()], BUDGET);
        // That there is nothing is said only where all of it is known.
        const known = found.offers?.length !== 0 || found.lost.length === 0;
        return known ? { ok: found.offers } : groupUnknown(found.lost);
      }),

    offer: (actor, entitlement) =>
      asPerson(deps, actor, async (person) => {
        const wanted = bundle().entitlements.get(entitlement);
        const found = await offersFor(deps, person, wanted ? [wanted] : []);
        return { ok: found.offers?.[0] };
      }),

    /** What policy says to a person who may not ask for this entitlement, not even for the shortest time. */
    async whyNot(actor, id) {
      const answer = await asPerson(deps, actor, async (person) => {
        const { entitlements, pdp } = bundle();
        const entitlement = entitlements.get(id);
        const [duration] = entitlement?.durations ?? [];
        if (!entitlement || duration === undefined)
          return { refusal: { code: 'unknown-entitlement', entitlement: id.slice(0, 64) } };
        const asker = await askerOf(deps, person, [entitlement], clock.now());
        const decision = pdp.request(questionOf(asker, { entitlement, duration, ticket: PROBE_TICKET }));
        return decision.outcome === 'denied' ? { refusal: refusalFor(decision) } : { ok: undefined };
      });
      return 'refusal' in answer ? answer.refusal : answer.ok;
    },
  };
}

export function groupUnknown(groups: UnknownGroup[]): RefusedAct {
  return { refusal: { code: 'group-unknown', groups } };
}

async function offersFor(
  deps: FrontDeps,
  person: Person,
  entitlements: Entitlement[],
  budget?: Millis,
): Promise<{ offers: Offer[] | undefined; lost: UnknownGroup[] }> {
  const { clock, bundle } = deps;
  const asker = await askerOf(deps, person, entitlements, clock.now());
  const { prober, lost } = proberOf(asker, bundle());
  const found = await offersOf(prober, entitlements, { now: () => clock.now(), budget });
  return { offers: found, lost: [...lost.values()] };
}

/**
 * What policy permits this person to ask for now, each with the durations that it permits.
 * @param time.budget undefined: as long as it takes
 * @returns undefined where the budget was used up before everything had been asked about: it may be missing anything
 */
async function offersOf(
  prober: Prober,
  entitlements: Entitlement[],
  { now, budget = Infinity }: { now: () => Instant; budget?: Millis | undefined },
): Promise<Offer[] | undefined> {
  const began = now();
  const pause = cooperativePause(now);
  const found: Offer[] = [];
  let asked = 0;
  for (const entitlement of entitlements) {
    const durations: Millis[] = [];
    for (const duration of entitlement.durations) {
      for (const ticket of [PROBE_TICKET, undefined]) {
        if (asked >= LEAST && now() - began >= budget) return undefined;
        asked++;
        const turn = pause();
        if (turn) await turn;
        if (!permits(prober, { entitlement, duration, ticket })) continue;
        durations.push(duration);
        break;
      }
    }
    if (durations.length > 0) found.push({ entitlement, durations });
  }
  return found;
}
