import { cedar, guarded, sentence } from './cedar.js';
import { ATTRIBUTES } from './inputs/known.js';
import type { Policy } from './pdp.js';

/** A bundle's policies while some attributes of the context are not known. */
export interface Lacking {
  /**
   * Those that say what they always say, and those that count as no: permits that read such an attribute are not among
   * them, forbids that do forbid whatever is in their scope.
   */
  standing: Policy[];
  /** The permits that were taken out, by their scope alone: they permit nothing, but are named, and add their stages. */
  out: Policy[];
}

/** Finds what is left of the policies; undefined where none of them reads any of the attributes. */
export function lackingOf(
  policies: readonly Policy[],
): (lost: ReadonlyMap<string, string>) => (Lacking & { key: string }) | undefined {
  const readers = new Map<string, Set<Policy>>();
  for (const policy of policies)
    for (const attribute of ATTRIBUTES.keys())
      if (reads(policy, attribute)) readers.set(attribute, (readers.get(attribute) ?? new Set()).add(policy));

  const found = new Map<string, Lacking & { key: string }>();
  return (lost) => {
    const attributes = [...lost.keys()].filter((attribute) => readers.has(attribute)).sort();
    if (attributes.length === 0) return undefined;
    const key = attributes.join(' ');
    const before = found.get(key);
    if (before) return before;
    const affected = new Set(attributes.flatMap((attribute) => [...(readers.get(attribute) ?? [])]));
    const standing = policies.flatMap((policy) => {
      if (!affected.has(policy)) return [policy];
      return policy.effect === 'forbid' ? [scopeAlone(policy)] : [];
    });
    const permits = policies.filter((policy) => affected.has(policy) && policy.effect === 'permit');
    const lacking = { key, standing, out: permits.map(scopeAlone) };
    found.set(key, lacking);
    return lacking;
  };
}

/** Why a policy counts as no; undefined where it does not. */
export function whyNo(policy: Policy, lost: ReadonlyMap<string, string>): string | undefined {
  const attribute = [...lost.keys()].find((name) => reads(policy, name));
  if (attribute === undefined) return undefined;
  const input = ATTRIBUTES.get(attribute)?.input;
  const of = input === attribute ? '' : ` of the input ${input}`;
  return `policy "${policy.id}" counts as no: it reads ${attribute}${of}, which is not known: ${lost.get(attribute)}`;
}

/** A policy that nobody has looked into may read anything. */
export const reads = ({ reads: names = 'all' }: Policy, attribute: string) =>
  names === 'all' || names.has(attribute);

/** @throws where the text is not one policy */
function scopeAlone(policy: Policy): Policy {
  const parsed = guarded(() => cedar.policyToJson(policy.text));
  if (parsed.type !== 'success') throw new Error(parsed.errors.map(sentence).join('; '));
  const { effect, principal, action, resource } = parsed.json;
  const alone = guarded(() => cedar.policyToText({ effect, principal, action, resource, conditions: [] }));
  if (alone.type !== 'success') throw new Error(alone.errors.map(sentence).join('; '));
  return { ...policy, text: alone.text };
}
