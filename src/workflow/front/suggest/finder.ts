import type { Person } from '../../../domain/person.js';
import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Millis } from '../../../domain/entitlement.js';
import type { Bundle, Who } from '../../../ports/policy.js';
import type { Clock } from '../../../ports/clock.js';
import { gatherInputs, type InputDeps, type Told } from '../../gather-inputs.js';
import { noting, probe, probes } from '../ask/offers.js';
import { requestsOf } from '../../own-requests.js';
import { pauses } from '../ask/cooperative-pause.js';
import { recent } from './ttl-cache.js';
import { searchOver } from './search.js';

/** For asking policy, of one suggestion. */
export const BUDGET: Millis = 30;
/** How old what is suggested may be. Nothing follows from it: a form that is sent is decided anew. */
export const FRESH: Millis = 10_000;
const MINUTE: Millis = 60_000;
const PEOPLE = 100;
const LATEST = 20;
/** In place of the number of questions that were answered with no. */
const PERMITTED = -1;

/** Who somebody is, to the record and to policy. */
export interface Typist {
  person: Person;
  who: Who;
}

interface Found {
  found: Entitlement[];
  more: boolean;
  lost: UnknownGroup[];
}

/** Of one person. */
interface Decided {
  /** By entitlement: `PERMITTED`, or how many questions were answered with no. */
  answers: Map<string, number>;
  lost: Map<string, UnknownGroup>;
}

/** What somebody may ask for, found in a catalog that is too long to ask policy about each entry of it. */
export function suggestions(deps: InputDeps & { clock: Pick<Clock, 'now'> }) {
  const { bundle, clock, store, log } = deps;
  const decided = recent<Decided>(PEOPLE, FRESH);
  const latest = recent<Set<string>>(PEOPLE, FRESH);
  const lookedUp = recent<Promise<(entitlement: Entitlement) => Told>>(PEOPLE, FRESH);
  let ready: { of: Bundle['entitlements']; search: ReturnType<typeof searchOver> } | undefined;

  return {
    /**
     * What fits the query and may be asked for, best first, `limit` at most. Not all of it where the time was over, and
     * each further call gets further.
     * @returns also whether there may be more, and the groups for want of which something was left out
     */
    async find(typist: Typist, query: string, limit: number): Promise<Found> {
      const used = query.trim() === '' ? await usedBy(typist.person) : undefined;
      const policy = bundle();
      const prefer = preference(typist.who, used);
      return permitted(typist, policy, searchIn(policy)(query, prefer), limit);
    },
  };

  /**
   * Breadth first: the likeliest question about everything comes before a second one about anything, since those who
   * may ask for little among very much would else wait for the noes.
   */
  async function permitted(
    { person, who }: Typist,
    policy: Bundle,
    fitting: Entitlement[],
    limit: number,
  ): Promise<Found> {
    const { hash } = policy;
    const inputs = await inputsOf(person, policy);
    const at = clock.now();
    const { pdp, lost } = noting(policy.pdp);
    const asker = { pdp, who, at, inputs };
    const unknown = (who.unknownGroups ?? []).map(({ name }) => name);
    // Policies read the time: to the minute, and no further, is what they answered true again.
    const key = JSON.stringify([
      hash,
      person,
      [...who.groups].sort(),
      unknown.sort(),
      Math.floor(at / MINUTE),
    ]);
    const before = decided.get(key, at) ?? decided.put(key, { answers: new Map(), lost: new Map() }, at);
    const { answers } = before;
    const found = new Set<Entitlement>();
    const pause = pauses(() => clock.now());
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
          late ||= clock.now() - at >= BUDGET;
          if (!late) {
            noes = probe(asker, entitlement, round) ? PERMITTED : noes + 1;
            answers.set(entitlement.id, noes);
          }
        }
        if (noes === PERMITTED) found.add(entitlement);
        else more ||= noes < probes(entitlement);
      }
    }
    for (const [name, group] of lost) before.lost.set(name, group);
    return {
      found: fitting.filter((entitlement) => found.has(entitlement)),
      more,
      lost: [...before.lost.values()],
    };
  }

  function searchIn({ entitlements }: Bundle) {
    if (ready?.of !== entitlements) ready = { of: entitlements, search: searchOver(entitlements.values()) };
    return ready.search;
  }

  /** A look-up as old as what is suggested by it. */
  function inputsOf(
    person: Person,
    { hash, entitlements }: Bundle,
  ): Promise<(entitlement: Entitlement) => Told> {
    const now = clock.now();
    const key = JSON.stringify([hash, person]);
    const known = lookedUp.get(key, now);
    return known ?? lookedUp.put(key, gatherInputs(deps, person, [...entitlements.values()], now), now);
  }

  async function usedBy(person: Person): Promise<Set<string> | undefined> {
    const now = clock.now();
    const key = JSON.stringify(person);
    const known = latest.get(key, now);
    if (known) return known;
    try {
      const { open, closed } = await requestsOf(store, person, LATEST);
      return latest.put(key, new Set([...open, ...closed].map(({ entitlement }) => entitlement.id)), now);
    } catch (error) {
      log.warn({ err: error }, 'suggested without what was used before');
      return undefined;
    }
  }
}

/** What somebody has asked for before, then what a group of theirs owns or is named in, then the rest. */
function preference({ groups }: Who, used: Set<string> | undefined) {
  const mine = new Set(groups);
  return ({ id, owners, tags }: Entitlement): number => {
    if (used?.has(id)) return 0;
    return owners.some((group) => mine.has(group)) || Object.values(tags).some((tag) => mine.has(tag))
      ? 1
      : 2;
  };
}
