import type { Person } from '../../domain/person.js';
import type { Front } from '../../ports/front.js';
import { change, rehearse } from './change.js';
import type { FrontDeps } from './deps.js';
import { asOneWhoEnds, asPerson, once } from './person.js';

// What only the requester may do.

export function cancel(deps: FrontDeps): Front['cancel'] {
  return (actor, id, seen) => {
    const act = (by: Person) =>
      change(deps, by, { id, seen }, async () => ({ type: 'Cancel', at: deps.clock.now(), by }));
    return once(deps, seen, asOneWhoEnds(deps, actor, id, act));
  };
}

export function mayMint(deps: FrontDeps): Front['mayMint'] {
  return (actor, id) => asPerson(deps, actor, (by) => rehearse(deps, by, id, session(deps, by, '')));
}

export function mint(deps: FrontDeps): Front['mint'] {
  return (actor, id, waiting, seen) => {
    const act = (by: Person) => change(deps, by, { id, seen }, session(deps, by, waiting));
    return once(deps, seen, asPerson(deps, actor, act));
  };
}

function session({ clock }: FrontDeps, by: Person, waiting: string) {
  return async () => ({ type: 'RequestMint', at: clock.now(), by, waiting }) as const;
}
