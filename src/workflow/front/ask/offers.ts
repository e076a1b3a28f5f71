import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Pdp, Who } from '../../../ports/policy.js';
import type { Told } from '../../gather-inputs.js';
import { pauses } from './cooperative-pause.js';

/** Who asks, whom, and when: what a probe needs beside its subject. */
export interface Asker {
  pdp: Pick<Pdp, 'request'>;
  who: Who;
  at: Instant;
  /** What was looked up about this person and an entitlement. */
  inputs: (entitlement: Entitlement) => Told;
}

/** An entitlement with the durations for which policy permits it. */
export interface Offer {
  entitlement: Entitlement;
  durations: Millis[];
}

/** The same decision point, which notes the groups for want of which it denied. */
export function noting(pdp: Pdp): { pdp: Asker['pdp']; lost: Map<string, UnknownGroup> } {
  const lost = new Map<string, UnknownGroup>();
  const request: Pdp['request'] = (ask) => {
    const decision = pdp.request(ask);
    const { unknownGroups = [] } = decision.outcome === 'denied' ? decision : {};
    for (const group of unknownGroups) lost.set(group.name, group);
    return decision;
  };
  return { pdp: { request }, lost };
}

/** A policy may want a ticket, and whoever opens the form has not yet had a place to write one. */
export const PROBE_TICKET = 'TICKET-1';

/** For asking policy about a whole catalog, from the first question on; within three seconds the rest must fit, too. */
export const OFFERS_BUDGET: Millis = 800;
/** So many questions are asked in any case: a short catalog is listed on a busy machine, and by a hurried clock, too. */
const LEAST = 100;

/**
 * What policy permits this person to ask for now, each with the durations that it permits.
 * @param time.budget undefined: as long as it takes
 * @returns undefined where the budget was used up before everything had been asked about: it may be missing anything
 */
export async function offersOf(
  asker: Asker,
  entitlements: Iterable<Entitlement>,
  { now, budget = Infinity }: { now: () => Instant; budget?: Millis | undefined },
): Promise<Offer[] | undefined> {
  const began = now();
  const pause = pauses(now);
  const offers: Offer[] = [];
  let asked = 0;
  for (const entitlement of entitlements) {
    const durations: Millis[] = [];
    for (const duration of entitlement.durations) {
      for (const ticket of [PROBE_TICKET, undefined]) {
        if (asked >= LEAST && now() - began >= budget) return undefined;
        asked++;
        const turn = pause();
        if (turn) await turn;
        if (!permits(asker, entitlement, duration, ticket)) continue;
        durations.push(duration);
        break;
      }
    }
    if (durations.length > 0) offers.push({ entitlement, durations });
  }
  return offers;
}

/**
 * One of the questions that together say whether this may be asked for at all, the likeliest to be permitted first:
 * the shortest time, with a ticket.
 * @param n from 0 to `probes(entitlement) - 1`
 */
export function probe(asker: Asker, entitlement: Entitlement, n: number): boolean {
  const duration = entitlement.durations[n >> 1];
  const ticket = n % 2 === 0 ? PROBE_TICKET : undefined;
  return duration !== undefined && permits(asker, entitlement, duration, ticket);
}

/** How many questions there are. */
export function probes({ durations }: Entitlement): number {
  return durations.length * 2;
}

function permits(
  { pdp, who, at, inputs }: Asker,
  entitlement: Entitlement,
  duration: Millis,
  ticket?: string,
): boolean {
  const ask = { who, entitlement: entitlement.id, duration, at, ...(ticket && { ticket }) };
  return pdp.request({ ...ask, ...inputs(entitlement), probe: true }).outcome !== 'denied';
}
