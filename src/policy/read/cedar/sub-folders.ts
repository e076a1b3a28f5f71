import type { Entitlement } from '../../../domain/entitlement.js';
import type { Problem } from '../../../ports/policy.js';
import type { PolicyFacts } from '../../cedar/entities.js';
import type { Catalogs } from '../catalog.js';
import { reachFinder, type Reach } from './confined.js';
import { at } from './place.js';
import type { ConfinedDraft } from './policies.js';
import { CATALOG, subFolderOf } from '../tree/layout.js';

/**
 * What in a sub-folder reaches further than its own catalog: whoever may change the sub-folder would decide about others'
 * entitlements.
 * @param confined policies of sub-folders in which nothing else is wrong, and whose catalog could be read
 */
export function trespasses(
  confined: readonly ConfinedDraft[],
  { entitlements, homes }: Catalogs,
  directory: PolicyFacts['directory'],
): Problem[] {
  const reachOf = reachFinder({ entitlements, directory });
  const sides = new Map<string, Sides>();
  const sidesOf = (folder: string): Sides => {
    const found = sides.get(folder) ?? split(`${folder}/${CATALOG}`, entitlements, homes);
    sides.set(folder, found);
    return found;
  };
  return confined.flatMap((draft) => {
    const { place, title } = draft;
    const folder = subFolderOf(place.file);
    const { own, others } = sidesOf(folder);
    const reach = reachOf(draft, others);
    if (!reach) return [];
    const home = homes.get(reach.entitlement.id) ?? CATALOG;
    const what = `${title} ${HOW[reach.how](`"${reach.entitlement.id}" of ${home}`, reach.act)}`;
    const rule = `a policy in ${folder}/ may reach only what ${folder}/${CATALOG} has`;
    return [{ ...at(place), message: `${what}, and ${rule}; ${remedy(reach, own, others)}` }];
  });
}

interface Sides {
  own: Entitlement[];
  others: Entitlement[];
}

function split(
  catalog: string,
  entitlements: ReadonlyMap<string, Entitlement>,
  homes: Catalogs['homes'],
): Sides {
  const all = [...entitlements.values()];
  const isOwn = ({ id }: Entitlement) => homes.get(id) === catalog;
  return { own: all.filter(isOwn), others: all.filter((one) => !isOwn(one)) };
}

const HOW: Record<Reach['how'], (what: string, act: string) => string> = {
  decides: (what, act) => `also decides about "${act}" for ${what}`,
  unknown: (what, act) => `decides about "${act}" for ${what} while something that it reads is not known`,
  error: (what, act) => `may err on "${act}" for ${what}, which denies it`,
};

function remedy({ act, how }: Reach, own: readonly Entitlement[], others: readonly Entitlement[]): string {
  const test = testFor(act === 'request' ? 'resource' : 'resource.entitlement', own, others);
  const move = 'move it to the top folder';
  if (test === undefined) return `there is nothing in that yet: ${move}`;
  if (how === 'decides') return `ask for ${test}, or ${move}`;
  const first =
    act === 'request'
      ? 'in its head, or in a when { … } before the others'
      : 'in a when { … } before the others';
  return `ask for ${test} ${first}, or ${move}`;
}

/** A condition that holds for these and for no others. */
function testFor(
  what: string,
  own: readonly Entitlement[],
  others: readonly Entitlement[],
): string | undefined {
  const [first] = own;
  if (!first) return undefined;
  const tellsApart = (of: (one: Entitlement) => string | undefined) =>
    own.every((one) => of(one) === of(first)) && others.every((one) => of(one) !== of(first));
  const quoted = (type: string, id: string) => `Jit::${type}::${JSON.stringify(id)}`;
  if (tellsApart(({ environment }) => environment))
    return `${what} in ${quoted('Environment', first.environment)}`;
  if (tellsApart(({ account }) => account)) return `${what} in ${quoted('Account', first.account)}`;
  for (const [tag, value] of Object.entries(first.tags))
    if (tellsApart(({ tags }) => (Object.hasOwn(tags, tag) ? tags[tag] : undefined))) {
      const [key, text] = [JSON.stringify(tag), JSON.stringify(value)];
      return `${what}.hasTag(${key}) && ${what}.getTag(${key}) == ${text}`;
    }
  const ids = own.slice(0, 2).map(({ id }) => quoted('Entitlement', id));
  return own.length === 1
    ? `${what} == ${ids[0]}`
    : `${what} in [${ids.join(', ')}${own.length > 2 ? ', …' : ''}]`;
}
