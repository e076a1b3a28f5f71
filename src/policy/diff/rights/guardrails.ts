import ipaddr from 'ipaddr.js';
import { canonical, type Json } from '../../../domain/entitlement.js';
import { isObject } from '../../../domain/is-object.js';
import type { Becomes } from './statements.js';

/** What becomes wider or narrower, in words. */
export interface LimitChange {
  becomes: Becomes;
  says: string;
}

const KNOWN = ['sourceIp', 'vpcEndpoints', 'vpcSourceIp', 'regions', 'mfa'];

/** What a change of guardrails does: one that is gone, or lets more through, is a right gained. */
export function guardrailChanges(before: Json | undefined, after: Json | undefined): LimitChange[] {
  const [one, other] = [before, after].map((value): Rails => (isObject(value) ? value : {})) as [
    Rails,
    Rails,
  ];
  const [ways, waysAfter] = [waysIn(one), waysIn(other)];
  const inBoth = one['vpcEndpoints'] !== undefined && other['vpcEndpoints'] !== undefined;
  return [
    ...listChanges(ways, waysAfter, { any: 'from any network', from: 'from ', holds: holdsRange }),
    ...(inBoth
      ? listChanges(listOf(one['vpcSourceIp']), listOf(other['vpcSourceIp']), {
          any: 'from any address in the VPC',
          from: 'from the VPC’s addresses ',
          holds: holdsRange,
        })
      : []),
    ...listChanges(listOf(one['regions']), listOf(other['regions']), {
      any: 'in any region',
      from: 'in ',
      holds: (a, b) => a === b,
    }),
    ...mfaChange(one['mfa'], other['mfa']),
    ...otherKeys(one, other),
  ];
}

type Rails = Record<string, Json>;

/** Public addresses and endpoints are ways in, each enough by itself: one more is wider. Undefined: from anywhere. */
function waysIn({ sourceIp, vpcEndpoints }: Rails): string[] | undefined {
  if (sourceIp === undefined && vpcEndpoints === undefined) return undefined;
  return [...(listOf(sourceIp) ?? []), ...(listOf(vpcEndpoints) ?? [])];
}

const listOf = (value: Json | undefined): string[] | undefined =>
  value === undefined
    ? undefined
    : [value].flat().map((item) => (typeof item === 'string' ? item : canonical(item)));

interface Limited {
  /** Where nothing is named. */
  any: string;
  from: string;
  holds: (wide: string, narrow: string) => boolean;
}

function listChanges(
  before: string[] | undefined,
  after: string[] | undefined,
  limited: Limited,
): LimitChange[] {
  const { any } = limited;
  if (before && after)
    return [
      ...further('gained', 'also', beyond(after, before, limited), limited),
      ...further('lost', 'no longer', beyond(before, after, limited), limited),
    ];
  if (after) return [{ becomes: 'lost', says: `${any} (now only ${named(after, limited)})` }];
  return before ? [{ becomes: 'gained', says: `${any} (before only ${named(before, limited)})` }] : [];
}

const named = (list: readonly string[], { from }: Limited): string => `${from}${list.join(', ')}`;

const beyond = (list: readonly string[], held: readonly string[], { holds }: Limited): string[] =>
  list.filter((one) => !held.some((wide) => holds(wide, one)));

const further = (becomes: Becomes, how: string, list: readonly string[], limited: Limited): LimitChange[] =>
  list.length > 0 ? [{ becomes, says: `${how} ${named(list, limited)}` }] : [];

function mfaChange(before: Json | undefined, after: Json | undefined): LimitChange[] {
  if (canonical(before) === canonical(after)) return [];
  if (after === true) return [{ becomes: 'lost', says: 'only with MFA' }];
  return [{ becomes: 'gained', says: 'without MFA (before only with it)' }];
}

function otherKeys(one: Rails, other: Rails): LimitChange[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => !KNOWN.includes(key) && canonical(one[key]) !== canonical(other[key]),
  );
  return keys.map((key) => ({ becomes: 'changed', says: `guardrail ${key}` }));
}

/** Whether a range of addresses holds another; an endpoint holds itself alone. */
function holdsRange(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  if (!ipaddr.isValidCIDR(wide) || !ipaddr.isValidCIDR(narrow)) return false;
  const [[network, bits], [inner, more]] = [ipaddr.parseCIDR(wide), ipaddr.parseCIDR(narrow)];
  return network.kind() === inner.kind() && bits <= more && inner.match(network, bits);
}
