import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import { cooperativePause, probe, probes, type Prober } from '../ask/probe.js';

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
        late ||= now() - prober.at >= BUDGET;
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
