import type { Person } from '../../../domain/person.js';
import type { UnknownGroup } from '../../../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../../../domain/entitlement.js';
import type { Answer, Front } from '../../../ports/front.js';
import type { Actor } from '../../../ports/people.js';
import type { Bundle, Who } from '../../../ports/policy.js';
import { who } from '../../facts.js';
import { gatherInputs } from '../../gather-inputs.js';
import { requestsOf } from '../../own-requests.js';
import { groupUnknown, startOr } from '../ask/offers.js';
import { permittedAmong, proberOf } from '../ask/probe.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';
import { searchOver } from './search.js';
import { sharedAnswers } from '../../../kit/shared-answers.js';

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
 * each further call gets further. As of the start that a form has, where it has one.
 * @returns also whether there may be more, and the groups for want of which something was left out
 */
type Find = (
  typist: Typist,
  query: string,
  limit: number,
  startsAt?: string,
) => Promise<{ found: Entitlement[]; more: boolean; lost: UnknownGroup[] }>;

/** What a person may ask for, in a catalog too long to ask policy about each entry of it. */
function finder(deps: FrontDeps): Find {
  const { bundle, clock, store, log } = deps;
  const now = () => clock.now();
  const kept = { now, most: PEOPLE, lasts: FRESH };
  const searchIn = sharedAnswers(async (of: Bundle['entitlements']) => searchOver(of.values()), { now });
  const inputsOf = sharedAnswers(
    ({ person, policy, at }: { person: Person; policy: Bundle; at: Instant | undefined }) =>
      gatherInputs(deps, person, [...policy.entitlements.values()], at ?? now()),
    { ...kept, key: ({ person, policy, at = 0 }) => JSON.stringify([policy.hash, person, at]) },
  );
  const usedBy = sharedAnswers(
    async (person: Person) => {
      const { open, closed } = await requestsOf(store, person, LATEST);
      return new Set([...open, ...closed].map(({ entitlement }) => entitlement.id));
    },
    { ...kept, key: (person) => JSON.stringify(person) },
  );
  const decidedFor = sharedAnswers(
    async (_key: string): Promise<Decided> => ({ answers: new Map(), lost: new Map() }),
    kept,
  );
  const unused = (error: unknown) => {
    log.warn({ err: error }, 'suggested without what was used before');
    return undefined;
  };

  return async ({ person, who }, query, limit, startsAt) => {
    const used = query.trim() === '' ? await usedBy(person).catch(unused) : undefined;
    const policy = bundle();
    const search = await searchIn(policy.entitlements);
    const fitting = search(query, preference(who, used));
    const start = startOr(now(), policy, startsAt);
    const inputs = await inputsOf({ person, policy, at: start > now() ? start : undefined });
    const at = Math.max(start, clock.now());
    const { prober, lost } = proberOf({ who, at, inputs }, policy);
    const before = await decidedFor(keyOf(policy, { person, who }, at));
    const known = { prober, answers: before.answers, limit };
    const { found, more } = await permittedAmong(fitting, known, now);
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
  /** Who somebody was a moment ago: good enough for what nothing follows from, and no look-up at each key. */
  const whoTypes = sharedAnswers(
    (actor: Actor): Promise<Answer<Typist>> =>
      asPerson(deps, actor, async (person) => ({ ok: { person, who: await who(deps, person) } })),
    {
      now: () => deps.clock.now(),
      key: ({ provider, id }) => `${provider}/${id}`,
      most: TYPING,
      lasts: FRESH,
      keep: (answer) => 'ok' in answer,
    },
  );

  return {
    mayAsk: (actor, startsAt) =>
      asPerson(deps, actor, async (person) => {
        const typist = { person, who: await who(deps, person) };
        const { found, more, lost } = await find(typist, '', 1, startsAt);
        const some = found.length > 0 || more;
        return !some && lost.length > 0 ? groupUnknown(lost) : { ok: some };
      }),

    async suggest(actor, query, limit, startsAt) {
      const asker = await whoTypes(actor);
      return 'refusal' in asker ? asker : { ok: (await find(asker.ok, query, limit, startsAt)).found };
    },
  };
}
