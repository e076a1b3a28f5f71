import type { Front } from '../../../ports/front.js';
import type { FrontDeps } from '../deps.js';
import { asPerson } from '../person.js';
import { readable } from './readable.js';

export function status(deps: FrontDeps): Front['status'] {
  return (actor, id) =>
    asPerson(deps, actor, async (person) => {
      const found = await readable(deps, person, id);
      return 'refusal' in found ? found : { ok: { ...found, records: await deps.store.records(id) } };
    });
}
