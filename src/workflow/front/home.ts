import type { Front } from '../../ports/front.js';
import { opened } from '../home/drawn.js';
import { homesFrom } from '../home/home.js';
import type { FrontDeps } from './deps.js';
import { asPerson } from './person.js';

/** What a person sees at a glance. */
export function atHome(deps: FrontDeps): Pick<Front, 'home' | 'openHome'> {
  const { homeOf, recent } = homesFrom(deps);
  return {
    home: (actor, past) =>
      asPerson(deps, actor, async (person) => ({
        ok: await homeOf(person, past === undefined ? {} : { past }),
      })),
    openHome: (actor) =>
      asPerson(deps, actor, async (person) => {
        const drawing = await opened(deps, person, recent);
        return { ok: drawing && (await homeOf(person, drawing)) };
      }),
  };
}
