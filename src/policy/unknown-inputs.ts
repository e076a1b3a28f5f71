import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { UnknownGroup } from '../domain/directory.js';
import { cedar, guarded, must } from './cedar/cedar.js';
import { ATTRIBUTES } from './inputs/index.js';
import type { Policy } from './policy.js';
import { groupsIn, readsIn } from './read/cedar/reads.js';
import { scopeOf } from './cedar/slices.js';
import { isExact } from './cedar/entities.js';

/** Inputs that a question needs and that are not known. */
export interface Unknown {
  /** Attributes of the context, each with a sentence that says why. */
  attributes: ReadonlyMap<string, string>;
  /** Groups in which the people of the question may be or not be. */
  groups: readonly UnknownGroup[];
  /** Names of the groups that own what the question is about. */
  owners: readonly string[];
}

/** A bundle's policies while something is not known. */
export interface Lacking {
  /**
   * Those that say what they always say, and those that count as no: permits that read what is not known are not among
   * them, forbids that do forbid all that is in their scope, as far as that is known.
   */
  standing: Policy[];
  /** The permits that were taken out, by their scope: they permit nothing, but are named, and add their stages. */
  out: Policy[];
}

/** Different sets of what is lost, and of owners, for which policies are kept as they were worked out. */
const HELD = 100;

/** Finds what is left of the policies; undefined where none of them reads anything that is not known. */
export function lackingOf(policies: readonly Policy[]): (unknown: Unknown) => Lacking | undefined {
  const attributes = [...ATTRIBUTES.keys()].filter((name) => policies.some((policy) => reads(policy, name)));
  const found = new Map<string, Lacking | undefined>();
  return (unknown) => {
    const lost = attributes.filter((name) => unknown.attributes.has(name));
    const names = unknown.groups.map(({ name }) => name).sort();
    if (lost.length + names.length === 0) return undefined;
    const key = JSON.stringify([lost, names, names.filter((name) => unknown.owners.includes(name))]);
    if (found.has(key)) return found.get(key);
    const lacking = without(policies, unknown);
    // Each parses policies anew: what comes and goes must not be kept for ever.
    if (found.size >= HELD) found.clear();
    found.set(key, lacking);
    return lacking;
  };
}

function without(policies: readonly Policy[], unknown: Unknown): Lacking | undefined {
  const affected = new Set(policies.filter((policy) => isAffected(policy, unknown)));
  if (affected.size === 0) return undefined;
  const standing = policies.flatMap((policy) => {
    if (!affected.has(policy)) return [policy];
    return policy.effect === 'forbid' ? [scopeOnly(policy, unknown)] : [];
  });
  const permits = [...affected].filter(({ effect }) => effect === 'permit');
  return { standing, out: permits.map((policy) => scopeOnly(policy, unknown)) };
}

/** Whether what is not known could change what a policy says. */
export function isAffected(policy: Policy, unknown: Unknown): boolean {
  const { attributes } = unknown;
  return [...attributes.keys()].some((name) => reads(policy, name)) || lostTo(policy, unknown).length > 0;
}

/** The unknown groups that a policy reads. */
export function lostTo({ groups = 'all' }: Policy, unknown: Unknown): UnknownGroup[] {
  if (groups === 'all') return [...unknown.groups];
  const { names, owners } = groups;
  return unknown.groups.filter(({ name }) => names.has(name) || (owners && unknown.owners.includes(name)));
}

/** Why a policy counts as no; undefined where it does not. */
export function whyNo(policy: Policy, unknown: Unknown): string | undefined {
  const { attributes } = unknown;
  const attribute = [...attributes.keys()].find((name) => reads(policy, name));
  const no = `policy "${policy.id}" counts as no: it reads`;
  if (attribute !== undefined) {
    const input = ATTRIBUTES.get(attribute)?.input;
    const of = input === attribute ? '' : ` of the input ${input}`;
    return `${no} ${attribute}${of}, which is not known: ${attributes.get(attribute)}`;
  }
  const [group] = lostTo(policy, unknown);
  return group && `${no} who is in ${group.name}, and ${group.why}`;
}

/** A policy that was not analysed may read anything. */
export const reads = ({ reads: names = 'all' }: Policy, attribute: string) =>
  names === 'all' || names.has(attribute);

/**
 * A policy for all to whom its scope may apply, whatever its conditions say from the first on that reads what is not known:
 * those before it stay, and no later one, since it may rely on what that one asked (`context has ticket`).
 * @throws where the text is not one policy
 */
function scopeOnly(policy: Policy, unknown: Unknown): Policy {
  const parsed = must(guarded(() => cedar.policyToJson(policy.text)));
  const { effect, principal, action, resource, conditions } = parsed.json;
  const isLost = ({ body }: PolicyJson['conditions'][number]) =>
    isAffected({ ...policy, reads: readsIn(body), groups: groupsIn([], [body]) }, unknown) || !isExact(body);
  const first = conditions.findIndex(isLost);
  const known = first === -1 ? conditions : conditions.slice(0, first);
  const inScope = lostTo({ ...policy, groups: groupsIn([principal], []) }, unknown).length > 0;
  const scope = inScope ? widened(principal) : principal;
  const json: PolicyJson = { effect, principal: scope, action, resource, conditions: known };
  const { text } = must(guarded(() => cedar.policyToText(json)));
  return { ...policy, text, ...(policy.scope && { scope: scopeOf(json) }) };
}

/** Without the group: who is in it is not known. */
function widened(principal: PolicyJson['principal']): PolicyJson['principal'] {
  return principal.op === 'is' ? { op: 'is', entity_type: principal.entity_type } : { op: 'All' };
}
