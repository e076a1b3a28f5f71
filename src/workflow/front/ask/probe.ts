import { setImmediate as letOthers } from 'node:timers/promises';
import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Bundle, Pdp } from '../../../ports/policy.js';
import { questionOf, type Asker } from '../../ask-policy.js';

/** At one stretch, before others have their turn: votes, revocations and acknowledgements wait meanwhile. */
const STRETCH: Millis = 10;

/**
 * For work that is a long row of small steps.
 * @returns to be called before each of them: something to wait for when others are due, else undefined
 */
export function cooperativePause(now: () => Instant): () => Promise<void> | undefined {
  let since = now();
  return () => {
    if (Math.abs(now() - since) < STRETCH) return undefined;
    return letOthers().then(() => void (since = now()));
  };
}

/** A policy may want a ticket, and whoever opens the form has not yet had a place to write one. */
export const PROBE_TICKET = 'TICKET-1';

/** A person whom policy is asked about only to show what they could ask for. */
export interface Prober extends Asker {
  pdp: Pick<Pdp, 'request'>;
}

/** @returns also the groups for want of which policy says no, as they are met */
export function proberOf(asker: Asker, { pdp }: Bundle): { prober: Prober; lost: Map<string, UnknownGroup> } {
  const lost = new Map<string, UnknownGroup>();
  const request: Pdp['request'] = (question) => {
    const decision = pdp.request(question);
    const { unknownGroups = [] } = decision.outcome === 'denied' ? decision : {};
    for (const group of unknownGroups) lost.set(group.name, group);
    return decision;
  };
  return { prober: { ...asker, pdp: { request } }, lost };
}

/**
 * One of the questions that together say whether this may be asked for at all, the likeliest to be permitted first:
 * the shortest time, with a ticket.
 * @param n from 0 to `probes(entitlement) - 1`
 */
export function probe(prober: Prober, entitlement: Entitlement, n: number): boolean {
  const duration = entitlement.durations[n >> 1];
  const ticket = n % 2 === 0 ? PROBE_TICKET : undefined;
  return duration !== undefined && permits(prober, { entitlement, duration, ticket });
}

/** How many questions there are. */
export function probes({ durations }: Entitlement): number {
  return durations.length * 2;
}

export function permits(
  prober: Prober,
  what: { entitlement: Entitlement; duration: Millis; ticket?: string | undefined },
): boolean {
  return prober.pdp.request({ ...questionOf(prober, what), probe: true }).outcome !== 'denied';
}
