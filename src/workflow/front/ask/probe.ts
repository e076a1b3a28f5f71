import { setImmediate as letOthers } from 'node:timers/promises';
import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Bundle, Pdp } from '../../../ports/policy.js';
import { questionOf, type Asker, type Wanted } from '../../ask-policy.js';

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
export function probeTicket({ directory }: Pick<Bundle, 'directory'>): string {
  return directory.justification.ticket?.example ?? 'TICKET-1';
}

/** Whether anything can be asked for in an emergency. */
export function knowsEmergencies({
  directory,
  emergencyPermits = [],
}: Pick<Bundle, 'directory' | 'emergencyPermits'>): boolean {
  return directory.emergency !== undefined && emergencyPermits.length > 0;
}

/** A person whom policy is asked about only to show what they could ask for. */
export interface Prober extends Omit<Asker, 'lost'> {
  pdp: Pick<Pdp, 'request'>;
  /** One that policies take for a ticket. */
  ticket: string;
  /** Whether there is anything that policies permit only in an emergency, as far as they can be read. */
  emergencies: boolean;
}

/** @returns also the groups for want of which policy says no, as they are met */
export function proberOf(
  asker: Omit<Asker, 'lost'>,
  bundle: Bundle,
): { prober: Prober; lost: Map<string, UnknownGroup> } {
  const lost = new Map<string, UnknownGroup>();
  const request: Pdp['request'] = (question) => {
    const decision = bundle.pdp.request(question);
    const { unknownGroups = [] } = decision.outcome === 'denied' ? decision : {};
    for (const group of unknownGroups) lost.set(group.name, group);
    return decision;
  };
  const emergencies = knowsEmergencies(bundle);
  return { prober: { ...asker, pdp: { request }, ticket: probeTicket(bundle), emergencies }, lost };
}

/**
 * One of the questions that together say whether this may be asked for at all, the likeliest to be permitted first:
 * the shortest time, with a ticket.
 * @param n from 0 to `probes(entitlement) - 1`
 */
export function probe(prober: Prober, entitlement: Entitlement, n: number): boolean {
  const duration = entitlement.durations[n >> 1];
  const ticket = n % 2 === 0 ? prober.ticket : undefined;
  return duration !== undefined && permits(prober, { entitlement, duration, ticket });
}

/** How many questions there are. */
export function probes({ durations }: Entitlement): number {
  return durations.length * 2;
}

/** Also where it takes an emergency. */
export function permits(prober: Prober, what: Wanted): boolean {
  const may = (how: Pick<Wanted, 'emergency'>) =>
    prober.pdp.request({ ...questionOf(prober, { ...what, ...how }), probe: true }).outcome !== 'denied';
  return may({}) || (prober.emergencies && may({ emergency: true }));
}

/** For asking policy, of one suggestion. */
export const BUDGET: Millis = 30;
/** In place of the number of questions that were answered with no. */
const PERMITTED = -1;

/**
 * Those that may be asked for, `limit` at most, in the time there is. Breadth first: the likeliest question about
 * everything comes before a second one about anything, since those who may ask for little among very much would else
 * wait for the noes.
 * @param answers by entitlement what is known already: `PERMITTED`, or how many questions were answered with no; grows
 * @returns also whether there may be more
 */
export async function permittedAmong(
  fitting: Entitlement[],
  { prober, answers, limit }: { prober: Prober; answers: Map<string, number>; limit: number },
  now: () => Instant,
): Promise<{ found: Entitlement[]; more: boolean }> {
  const began = now();
  const found = new Set<Entitlement>();
  const pause = cooperativePause(now);
  let late = false;
  let more = true;
  for (let round = 0; more && !late && found.size < limit; round++) {
    more = false;
    for (const entitlement of fitting) {
      if (found.size === limit) {
        more = true;
        break;
      }
      let noes = answers.get(entitlement.id) ?? 0;
      if (noes === round && noes < probes(entitlement)) {
        const turn = pause();
        if (turn) await turn;
        late ||= now() - began >= BUDGET;
        if (!late) {
          noes = probe(prober, entitlement, round) ? PERMITTED : noes + 1;
          answers.set(entitlement.id, noes);
        }
      }
      if (noes === PERMITTED) found.add(entitlement);
      else more ||= noes < probes(entitlement);
    }
  }
  return { found: fitting.filter((entitlement) => found.has(entitlement)), more };
}
