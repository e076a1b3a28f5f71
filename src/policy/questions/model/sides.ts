import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { DirectoryConfig } from '../../../domain/directory.js';
import { canonical, type Entitlement } from '../../../domain/entitlement.js';
import type { Parts, Policy } from '../../policy.js';
import { namedActions } from '../../read/cedar/actions.js';
import { ask, jsonOf } from '../probe.js';
import { folded, isTrue } from '../../expressions/fold.js';
import { renamed, type Other } from '../../expressions/rename.js';
import { isEntitlement, someCall, subjectsOf, worldOf, type PolicyAct } from '../../expressions/acts.js';
import { asksOf, scopeTerm, specialised, type Special } from '../../expressions/specialise.js';
import { conditionsOf } from '../../expressions/exact.js';
import type { Term } from '../../expressions/term.js';

/** A folder's policies for an act, and what they say of each subject. */
export interface PolicySide {
  parts: Parts;
  act: PolicyAct;
  /** Those that are about the act. */
  policies: readonly Policy[];
  /** By the subject's key: the policies that reach it. What two of them share is one object. */
  reaching: ReadonlyMap<string, readonly Reaching[]>;
}

export interface Reaching {
  policy: Policy;
  special: Special;
}

/**
 * @param how.act of what is asked
 * @param how.first the folder that this one is compared with, if it is
 * @param how.only entitlements about which is asked; absent: all
 * @param how.own whether people act on requests of their own
 */
export function sideOf(
  parts: Parts,
  {
    act,
    first,
    only: ids,
    own = false,
  }: { act: PolicyAct; first?: Parts; only?: readonly string[]; own?: boolean },
): PolicySide {
  const other = first ? othersIn(parts.directory, first.directory) : undefined;
  const asked = policiesFor(act, parts).map((one) => ({
    ...one,
    known: new Map<string, Reaching | undefined>(),
  }));
  const reaching = new Map<string, Reaching[]>();
  for (const subject of subjectsOf(act, parts, ids)) {
    const world = worldOf(act, subject, parts);
    const found = asked.flatMap(({ policy, json, terms, asks, known }) => {
      const key = `${asks(subject.entitlement)} ${subject.stage ?? ''} ${subject.inPlace ?? ''}`;
      if (!known.has(key)) {
        const inScope = isTrue(folded(scopeTerm('resource', json.resource), world));
        known.set(
          key,
          inScope ? { policy, special: only(specialised(json, terms, world, own), other) } : undefined,
        );
      }
      return known.get(key) ?? [];
    });
    reaching.set(subject.key, found);
  }
  return { parts, act, policies: asked.map(({ policy }) => policy), reaching };
}

function only({ principal, conditions }: Special, other: Other | undefined): Special {
  if (!other) return { principal, conditions };
  return {
    principal: renamed(principal, other),
    conditions: conditions.map(({ term, body }) => ({ term: renamed(term, other), body })),
  };
}

function othersIn(one: DirectoryConfig, first: DirectoryConfig): Other {
  const clock = ({ timezone, businessHours }: DirectoryConfig) =>
    canonical([timezone, businessHours ?? null]);
  const names = [...Object.keys(one.groups), ...Object.keys(first.groups)];
  const differs = (name: string) =>
    canonical(one.groups[name] ?? null) !== canonical(first.groups[name] ?? null);
  return { clock: clock(one) !== clock(first), groups: new Set(names.filter(differs)) };
}

/** Those that an act is asked of; which these are Cedar itself says, since a schema may put actions into groups. */
function policiesFor(act: PolicyAct, parts: Parts) {
  const all = parts.policies.map((policy) => ({ policy, json: jsonOf(policy.text) }));
  // A schema from before there were emergencies knows of no reviews.
  const call = act === 'review' && parts.emergencies === false ? undefined : someCall(act, parts);
  if (!call) return [];
  const concerned = ask(
    parts.schema,
    call,
    all.map(({ json: { action } }) => ({ action })),
  );
  // A permit that names no action was not written for this one.
  const counts = (json: PolicyJson) =>
    act !== 'review' || json.effect === 'forbid' || namedActions(json).includes(act);
  return all
    .filter(({ json }, n) => concerned[n] === true && counts(json))
    .map(({ policy, json }) => {
      const terms = conditionsOf(json, policy.text);
      return { policy, json, terms, asks: asksIn(act, json, terms) };
    });
}

function asksIn(
  act: PolicyAct,
  { principal, resource }: PolicyJson,
  conditions: readonly Term[],
): (entitlement: Entitlement) => string {
  const scope = [scopeTerm('principal', principal), scopeTerm('resource', resource)];
  return asksOf([...scope, ...conditions], (term) => isEntitlement(act, term));
}
