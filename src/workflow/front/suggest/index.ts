import type { Person } from '../../../domain/person.js';
import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Answer, Front } from '../../../ports/front.js';
import type { Actor } from '../../../ports/people.js';
import type { Bundle, Who } from '../../../ports/policy.js';
import type { Asker } from '../../ask-policy.js';
import { who } from '../../facts.js';
import { gatherInputs } from '../../gather-inputs.js';
import { requestsOf } from '../../own-requests.js';
import { groupUnknown } from '../ask/offers.js';
import { permittedAmong, proberOf } from '../ask/probe.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';
import { searchOver } from './search.js';
import { ttlCache } from '../../../kit/ttl-cache.js';

/** How old what is suggested may be. Nothing follows from it: a form that is sent is decided anew. */
export const FRESH: Millis = 10_000;
const MINUTE: Millis = 60_000;
const PEOPLE = 100;
const LATEST = 20;

/** Who the person is, to the record and to policy. */
interface Typist {
  person: Person;
  who: Who;
}

/** What was decided for one person. */
interface Decided {
  /** By entitlement; see `permittedAmong`. */
  answers: Map<string, number>;
  lost: Map<string, UnknownGroup>;
}

/**
 * What fits the query and may be asked for, best first, `limit` at most. Not all of it where the time was over, and
 * each further call gets further.
 * @returns also whether there may be more, and the groups for want of which something was left out
 */
type Find = (
  typist: Typist,
  query: string,
  limit: number,
) => Promise<{ found: Entitlement[]; more: boolean; lost: UnknownGroup[] }>;

/** What a person may ask for, in a catalog too long to ask policy about each entry of it. */
function finder(deps: FrontDeps): Find {
  const { bundle, clock, store, log } = deps;
  const decided = ttlCache<Decided>(PEOPLE, FRESH);
  const latest = ttlCache<Set<string>>(PEOPLE, FRESH);
  const lookedUp = ttlCache<Promise<Asker['inputs']>>(PEOPLE, FRESH);
  let ready: { of: Bundle['entitlements']; search: ReturnType<typeof searchOver> } | undefined;

  function searchIn({ entitlements }: Bundle) {
    if (ready?.of !== entitlements) ready = { of: entitlements, search: searchOver(entitlements.values()) };
    return ready.search;
  }

  /** A look-up as old as what is suggested by it. */
  function inputsOf(person: Person, { hash, entitlements }: Bundle): Promise<Asker['inputs']> {
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

  return async ({ person, who }, query, limit) => {
    const used = query.trim() === '' ? await usedBy(person) : undefined;
    const policy = bundle();
    const fitting = searchIn(policy)(query, preference(who, used));
    const inputs = await inputsOf(person, policy);
    const at = clock.now();
    const { prober, lost } = proberOf({ who, at, inputs }, policy);
    const key = keyOf(policy, { person, who }, at);
    const before = decided.get(key, at) ?? decided.put(key, { answers: new Map(), lost: new Map() }, at);
    const known = { prober, answers: before.answers, limit };
    const { found, more } = await permittedAmong(fitting, known, () => clock.now());
    for (const [name, group] of lost) before.lost.set(name, group);
    return { found, more, lost: [...before.lost.values()] };
  };
}

/** Policies read the time: to the minute, and no further, is what they answered true again. */
function keyOf({ hash }: Bundle, { person, who }: Typist, at: Instant): string {
  const unknown = (who.unknownGroups ?? []).map(({ name }) => name);
  return JSON.stringify([hash, person, [...who.groups].sort(), unknown.sort(), Math.floor(at / MINUTE)]);
}

/** What the person has asked for before, then what a group of theirs owns or is named in, then the rest. */
function preference({ groups }: Who, used: Set<string> | undefined) {
  const mine = new Set(groups);
  return ({ id, owners, tags }: Entitlement): number => {
    if (used?.has(id)) return 0;
    return owners.some((group) => mine.has(group)) || Object.values(tags).some((tag) => mine.has(tag))
      ? 1
      : 2;
  };
}

/** Who are typing at about the same time. */
const TYPING = 1000;

export function suggesting(deps: FrontDeps): Pick<Front, 'mayAsk' | 'suggest'> {
  const find = finder(deps);
  const typing = ttlCache<Typist>(TYPING, FRESH);

  /** Who somebody was a moment ago: good enough for what nothing follows from, and no look-up at each key. */
  async function whoTypes(actor: Actor): Promise<Answer<Typist>> {
    const now = deps.clock.now();
    const key = `${actor.provider}/${actor.id}`;
    const known = typing.get(key, now);
    if (known) return { ok: known };
    return asPerson(deps, actor, async (person) => ({
      ok: typing.put(key, { person, who: await who(deps, person) }, now),
    }));
  }

  return {
    mayAsk: (actor) =>
      asPerson(deps, actor, async (person) => {
        const { found, more, lost } = await find({ person, who: await who(deps, person) }, '', 1);
        const some = found.length > 0 || more;
        return !some && lost.length > 0 ? groupUnknown(lost) : { ok: some };
      }),

    async suggest(actor, query, limit) {
      const asker = await whoTypes(actor);
      return 'refusal' in asker ? asker : { ok: (await find(asker.ok, query, limit)).found };
    },
  };
}
