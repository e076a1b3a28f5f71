import type { Person } from '../../domain/person.js';
import type { Front } from '../../ports/front.js';
import { change, rehearse } from './change.js';
import type { FrontDeps } from './deps.js';
import { asPerson, once } from './person.js';

export function mayMint(deps: FrontDeps): Front['mayMint'] {
  return (actor, id) => asPerson(deps, actor, (by) => rehearse(deps, by, id, wish(deps, by, '')));
}

export function mint(deps: FrontDeps): Front['mint'] {
  return (actor, id, waiting, seen) =>
    once(
      deps,
      seen,
      asPerson(deps, actor, (by) => change(deps, by, { id, seen }, wish(deps, by, waiting))),
    );
}

function wish({ clock }: FrontDeps, by: Person, waiting: string) {
  return async () => ({ type: 'RequestMint', at: clock.now(), by, waiting }) as const;
}
