import type { Answer, Front } from '../../../ports/front.js';
import type { Actor } from '../../../ports/people.js';
import { who } from '../../facts.js';
import { groupUnknown } from '../ask/offers.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';
import { FRESH, type Finder, type Typist } from './finder.js';
import { ttlCache } from '../../../kit/ttl-cache.js';

/** Who are typing at about the same time. */
const TYPING = 1000;

export function mayAsk(deps: FrontDeps, { find }: Finder): Front['mayAsk'] {
  return (actor) =>
    asPerson(deps, actor, async (person) => {
      const { found, more, lost } = await find({ person, who: await who(deps, person) }, '', 1);
      const some = found.length > 0 || more;
      return !some && lost.length > 0 ? groupUnknown(lost) : { ok: some };
    });
}

export function suggest(deps: FrontDeps, { find }: Finder): Front['suggest'] {
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

  return async (actor, query, limit) => {
    const asker = await whoTypes(actor);
    return 'refusal' in asker ? asker : { ok: (await find(asker.ok, query, limit)).found };
  };
}
