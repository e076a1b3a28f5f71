import type { Person } from '../../domain/person.js';
import type { Front } from '../../ports/front.js';
import { change } from './change.js';
import type { FrontDeps } from './deps.js';
import { asOneWhoEnds, once } from './person.js';

export function cancel(deps: FrontDeps): Front['cancel'] {
  return (actor, id, seen) => {
    const act = (by: Person) =>
      change(deps, by, { id, seen }, async () => ({ type: 'Cancel', at: deps.clock.now(), by }));
    return once(deps, seen, asOneWhoEnds(deps, actor, id, act));
  };
}
