import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Entitlement } from '../../../domain/entitlement.js';
import { isExact, type PolicyFacts } from '../../cedar/entities.js';
import { isEntitlement, worldOf, type PolicyAct } from '../../expressions/acts.js';
import { folded, type KnownWorld } from '../../expressions/fold.js';
import { conditionsOf } from '../../expressions/exact.js';
import { and, ERROR, FALSE, outcomesOf, TRUE } from '../../expressions/outcomes.js';
import { propertiesIn, scopeTerm } from '../../expressions/specialise.js';
import type { Term } from '../../expressions/term.js';
import { ATTRIBUTES } from '../../inputs/index.js';
import { entitiesIn } from './literals.js';
import { groupsIn, readsIn, type GroupReads } from './reads.js';

/** How a policy bears on an entitlement that is none of its folder's. */
export interface Reach {
  act: ConfinedAct;
  entitlement: Entitlement;
  /** `unknown`: only while what it reads is not known. `error`: Cedar may err, which denies. */
  how: 'decides' | 'unknown' | 'error';
}

type ConfinedAct = PolicyAct | 'extend';
const ACTS: readonly ConfinedAct[] = ['request', 'approve', 'revoke', 'audit', 'review', 'extend'];

/** A policy as it was read; `actions`: to which it could apply; none: that is not known. */
export interface ConfinedPolicy {
  json: PolicyJson;
  actions: ReadonlySet<string>;
  policy: { text: string };
}

/** A policy, of which as much is worked out as does not depend on what it is asked about. */
interface Prepared {
  /** Ids of the entities that it names, by their type. */
  named: ReadonlyMap<string, ReadonlySet<string>>;
  resource: Term;
  principal: Term;
  /** Of the scope alone. */
  scopeGroups: GroupReads;
  conditions: { term: Term; readsInput: boolean; groups: GroupReads; isExact: boolean }[];
}

function prepared(json: PolicyJson, text: string): Prepared {
  const { principal, resource, conditions } = json;
  const terms = conditionsOf(json, text);
  const named = new Map<string, Set<string>>();
  for (const { type, id } of entitiesIn(json)) named.set(type, (named.get(type) ?? new Set()).add(id));
  return {
    named,
    resource: scopeTerm('resource', resource),
    principal: scopeTerm('principal', principal),
    scopeGroups: groupsIn([principal], []),
    conditions: conditions.map(({ kind, body }, n) => {
      const term = terms[n]!;
      const reads = readsIn(body);
      return {
        term: kind === 'when' ? term : { op: 'call', name: '!', args: [term] },
        readsInput: reads === 'all' || [...reads].some((name) => ATTRIBUTES.has(name)),
        groups: groupsIn([], [body]),
        isExact: isExact(body),
      };
    }),
  };
}

/** Finds whether policies reach what they must not. @see reachOf */
export function reachFinder(facts: PolicyFacts) {
  const worlds = new Map<string, KnownWorld>();

  function world(act: ConfinedAct, entitlement: Entitlement): KnownWorld {
    const key = `${act} ${entitlement.id}`;
    const found = worlds.get(key) ?? made(act, entitlement);
    worlds.set(key, found);
    return found;
  }

  function made(act: ConfinedAct, entitlement: Entitlement): KnownWorld {
    const known = worldOf(actLike(act), { key: entitlement.id, entitlement }, facts);
    const action = { type: 'Jit::Action', id: act };
    return { ...known, at: (path) => (path.join('.') === 'action' ? action : known.at(path)) };
  }

  /**
   * Finds whether a policy could have any effect on others' entitlements: whoever acts, whenever, and whatever is not
   * known meanwhile. It may find too much and never too little: of what it does not know, everything is possible.
   * @param others every entitlement on which it must have none
   */
  return function reachOf(
    { json, actions, policy: { text } }: ConfinedPolicy,
    others: readonly Entitlement[],
  ): Reach | undefined {
    const policy = prepared(json, text);
    for (const act of ACTS.filter((name) => actions.size === 0 || actions.has(name))) {
      const classOf = classes(policy, act);
      const seen = new Set<string>();
      for (const entitlement of others) {
        // Of those that the policy cannot tell apart, one is enough.
        const key = classOf(entitlement);
        if (seen.has(key)) continue;
        seen.add(key);
        const how = effectOf(policy, act, entitlement, world(act, entitlement), facts);
        if (how) return { act, entitlement, how };
      }
    }
    return undefined;
  };
}

/**
 * The same for entitlements that a policy cannot tell apart. What something is called, and where it is, a policy can only
 * compare with what it names: all that it does not name are one to it.
 */
function classes({ named, resource, conditions }: Prepared, act: ConfinedAct): (one: Entitlement) => string {
  const asked = propertiesIn([resource, ...conditions.map(({ term }) => term)], (term) =>
    isEntitlement(actLike(act), term),
  );
  const of = (type: string) => named.get(`Jit::${type}`) ?? new Set();
  const [ids, environments, accounts] = ['Entitlement', 'Environment', 'Account'].map(of);
  const [byRisk, byKind, byOwners, byTags] = ['risk', 'kind', 'owners', 'tags'].map((name) =>
    asked.has(name),
  );
  return ({ id, environment, account, risk, grant, owners, tags }) => {
    const name = ids?.has(id) ? id : '';
    const where = `${environments?.has(environment) ? environment : ''}\n${accounts?.has(account) ? account : ''}`;
    const what = `${byRisk ? risk : ''}\n${byKind ? grant.kind : ''}\n${byOwners ? JSON.stringify(owners) : ''}`;
    return `${name}\n${where}\n${what}\n${byTags ? JSON.stringify(tags) : ''}`;
  };
}

/** What is known while a request is extended is what is known while it is read. */
const actLike = (act: ConfinedAct): PolicyAct => (act === 'extend' ? 'audit' : act);

function effectOf(
  policy: Prepared,
  act: ConfinedAct,
  entitlement: Entitlement,
  world: KnownWorld,
  facts: PolicyFacts,
): Reach['how'] | undefined {
  const possible = (term: Term) => outcomesOf(folded(term, world));
  const resource = possible(policy.resource);
  if (resource === FALSE) return undefined;
  /** What all conditions before each could come to together, the scope with them. */
  const before = [and(resource, possible(policy.principal))];
  for (const { term } of policy.conditions) {
    const next = and(before.at(-1)!, possible(term));
    before.push(next);
    if (next === FALSE) break;
  }
  const whole = before.at(-1)!;
  if (whole & TRUE) return 'decides';
  if (whole & ERROR) return 'error';
  // Behind one that is false, none counts.
  const known = knownConditions(policy, act, entitlement, facts);
  return known !== undefined && (before[known] ?? FALSE) & TRUE ? 'unknown' : undefined;
}

/**
 * How many conditions still count where something that the policy reads is not known: then a forbid forbids, a permit
 * keeps its stages, and either is named as the reason. See `unknown-inputs.ts`, which decides so.
 * @returns undefined: there is nothing of the kind
 */
function knownConditions(
  { conditions, scopeGroups }: Prepared,
  act: ConfinedAct,
  { owners }: Entitlement,
  { directory }: PolicyFacts,
): number | undefined {
  // Who is in a list is always known.
  const isOpen = (group: string) => !('members' in (directory.groups[group] ?? {}));
  const areOpen = (groups: GroupReads) =>
    groups === 'all' || [...groups.names, ...(groups.owners ? owners : [])].some(isOpen);
  const mayBeLost = conditions.map(
    ({ readsInput, groups }) => (readsInput && act === 'request') || areOpen(groups),
  );
  if (!mayBeLost.includes(true) && !areOpen(scopeGroups)) return undefined;
  const first = conditions.findIndex((one, n) => mayBeLost[n] === true || !one.isExact);
  return first === -1 ? conditions.length : first;
}
