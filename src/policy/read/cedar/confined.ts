import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Entitlement } from '../../../domain/entitlement.js';
import { isExact, type PolicyFacts } from '../../cedar/entities.js';
import { isEntitlement, worldOf, type PolicyAct } from '../../expressions/acts.js';
import { folded, type KnownWorld } from '../../expressions/fold.js';
import { and, ERROR, outcomesOf, TRUE } from '../../expressions/outcomes.js';
import { asksOf, scopeTerm } from '../../expressions/specialise.js';
import { termOf, type Term } from '../../expressions/term.js';
import { ATTRIBUTES } from '../../inputs/index.js';
import { entitiesIn } from './literals.js';
import { groupsIn, readsIn } from './reads.js';

/** How a policy bears on an entitlement that is none of its folder's. */
export interface Reach {
  act: Act;
  entitlement: Entitlement;
  /** `unknown`: only while what it reads is not known. `error`: Cedar may err, which denies. */
  how: 'decides' | 'unknown' | 'error';
}

type Act = PolicyAct | 'extend';
const ACTS: readonly Act[] = ['request', 'approve', 'revoke', 'audit', 'extend'];

/**
 * Finds whether a policy could have any effect on others' entitlements: whoever acts, whenever, and whatever is not known
 * meanwhile. It may find too much and never too little: of what it does not know, everything is possible.
 * @param actions to which the policy could apply; none: that is not known
 * @param others every entitlement on which it must have none
 */
export function reachOf(
  json: PolicyJson,
  actions: ReadonlySet<string>,
  others: readonly Entitlement[],
  facts: PolicyFacts,
): Reach | undefined {
  const namesOne = [...entitiesIn(json)].some(({ type }) => type === 'Jit::Entitlement');
  for (const act of ACTS.filter((name) => actions.size === 0 || actions.has(name))) {
    const known = act === 'extend' ? 'audit' : act;
    const terms = [scopeTerm('resource', json.resource), ...json.conditions.map(({ body }) => termOf(body))];
    const asks = asksOf(terms, (term) => isEntitlement(known, term));
    const seen = new Set<string>();
    for (const entitlement of others) {
      // Of those that the policy cannot tell apart, one is enough.
      const key = `${asks(entitlement)} ${namesOne ? entitlement.id : ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const world = worldOf(known, { key: entitlement.id, entitlement }, facts);
      const how = effectIn(json, act, act === 'extend' ? extending(world) : world, entitlement, facts);
      if (how) return { act, entitlement, how };
    }
  }
  return undefined;
}

const extending = (world: KnownWorld): KnownWorld => ({
  ...world,
  at: (path) => (path.join('.') === 'action' ? { type: 'Jit::Action', id: 'extend' } : world.at(path)),
});

function effectIn(
  json: PolicyJson,
  act: Act,
  world: KnownWorld,
  entitlement: Entitlement,
  facts: PolicyFacts,
): Reach['how'] | undefined {
  const possible = (term: Term) => outcomesOf(folded(term, world));
  const scope = and(
    possible(scopeTerm('resource', json.resource)),
    possible(scopeTerm('principal', json.principal)),
  );
  const conditions = json.conditions.map(({ kind, body }) => {
    const term = termOf(body);
    return possible(kind === 'when' ? term : { op: 'call', name: '!', args: [term] });
  });
  const together = (parts: readonly number[]) =>
    and(
      scope,
      parts.reduceRight((rest, part) => and(part, rest), TRUE),
    );
  const whole = together(conditions);
  if (whole & TRUE) return 'decides';
  if (whole & ERROR) return 'error';
  const known = knownConditions(json, act, entitlement, facts);
  return known !== undefined && together(conditions.slice(0, known)) & TRUE ? 'unknown' : undefined;
}

/**
 * How many conditions still count where something that the policy reads is not known: then a forbid forbids, a permit
 * keeps its stages, and either is named as the reason. See `unknown-inputs.ts`, which decides so.
 * @returns undefined: there is nothing of the kind
 */
function knownConditions(
  { principal, conditions }: PolicyJson,
  act: Act,
  { owners }: Entitlement,
  { directory }: PolicyFacts,
): number | undefined {
  // Who is in a list is always known.
  const isOpen = (group: string) => !('members' in (directory.groups[group] ?? {}));
  const readsGroups = (scope: readonly unknown[], bodies: readonly unknown[]) => {
    const groups = groupsIn(scope, bodies);
    return groups === 'all' || [...groups.names, ...(groups.owners ? owners : [])].some(isOpen);
  };
  const readsInputs = (body: unknown) => {
    const reads = readsIn(body);
    return act === 'request' && (reads === 'all' || [...reads].some((name) => ATTRIBUTES.has(name)));
  };
  const bodies = conditions.map(({ body }) => body);
  const isOpenIn = bodies.map((body) => readsInputs(body) || readsGroups([], [body]));
  if (!isOpenIn.includes(true) && !readsGroups([principal], [])) return undefined;
  const first = bodies.findIndex((body, n) => isOpenIn[n] === true || !isExact(body));
  return first === -1 ? bodies.length : first;
}
