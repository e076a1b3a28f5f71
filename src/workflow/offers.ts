import type { UnknownGroup } from '../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../domain/entitlement.js';
import type { Pdp, Who } from '../ports.js';
import type { Told } from './gather-inputs.js';

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

/** What policy permits this person to ask for now, each with the durations that it permits. */
export function offersOf(asker: Asker, entitlements: Iterable<Entitlement>): Offer[] {
  return [...entitlements]
    .map((entitlement) => ({
      entitlement,
      durations: entitlement.durations.filter(
        (duration) =>
          permits(asker, entitlement, duration, PROBE_TICKET) || permits(asker, entitlement, duration),
      ),
    }))
    .filter(({ durations }) => durations.length > 0);
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
