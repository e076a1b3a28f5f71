import type { Random } from '../../../../fuzz/random.js';
import {
  actPolicy,
  type Condition,
  condition,
  isLeaf,
  LISTED,
  type RandomEntitlement,
  type RandomFolder,
  type RandomPolicy,
  requestPolicy,
  ZONES,
} from './folders.js';
import { actLeaf, requestLeaf } from './leaves.js';

/** The same folder with a small change of its policies, such as a person makes. */
export const withOtherPolicies = (r: Random, folder: RandomFolder): RandomFolder => ({
  ...folder,
  policies: otherPolicies(r, folder.policies),
});

function otherPolicies(r: Random, policies: readonly RandomPolicy[]): readonly RandomPolicy[] {
  const n = r.int(policies.length);
  const one = policies[n]!;
  const isRequest = one.id.startsWith('p');
  const instead = (change: Partial<RandomPolicy>) => policies.with(n, { ...one, ...change });
  const [first, ...rest] = one.conditions;
  switch (r.int(8)) {
    case 0:
      return policies.toSpliced(n, 1);
    case 1:
      return [...policies, r.chance(0.7) ? requestPolicy(r, 'p9') : actPolicy(r, 'a9')];
    case 2:
      return one.chain === undefined
        ? policies.toSpliced(n, 1)
        : instead({ chain: r.pick(['auto', 'security']) });
    case 3:
      return instead({ conditions: rest });
    case 4:
      return instead({ principal: r.pick(['principal', 'principal in Jit::Group::"b"']) });
    case 5:
      // The same said otherwise.
      return first
        ? instead({ conditions: [{ ...first, body: { text: '!(!($0))', parts: [first.body] } }, ...rest] })
        : policies.toReversed();
    case 6:
      return instead({
        conditions: [
          ...one.conditions,
          { kind: 'when', body: condition(r, 1, isRequest ? requestLeaf : actLeaf) },
        ],
      });
    default:
      return first
        ? instead({ conditions: [{ ...first, body: otherCondition(r, first.body, isRequest) }, ...rest] })
        : policies.toReversed();
  }
}

const OTHER: Readonly<Record<string, string>> = { '($0 && $1)': '($0 || $1)', '($0 || $1)': '($0 && $1)' };

function otherCondition(r: Random, body: Condition, isRequest: boolean): Condition {
  if (isLeaf(body)) return isRequest ? requestLeaf(r) : actLeaf(r);
  const other = OTHER[body.text];
  if (other !== undefined && r.chance(0.5)) return { ...body, text: other };
  const n = r.int(body.parts.length);
  return { ...body, parts: body.parts.with(n, otherCondition(r, body.parts[n]!, isRequest)) };
}

/** The same folder with something else in the catalog or the directory. */
export function withOtherFacts(r: Random, folder: RandomFolder): RandomFolder {
  const { entitlements, groups } = folder;
  const n = r.int(entitlements.length);
  const instead = (change: Partial<RandomEntitlement>): RandomFolder => ({
    ...folder,
    entitlements: entitlements.with(n, { ...entitlements[n]!, ...change }),
  });
  switch (r.int(9)) {
    case 0:
      return instead({ durations: r.pick([['1h'], ['1h', '4h'], ['2h']]) });
    case 1:
      return instead({ owners: r.pick([[], ['a'], ['b', 'c'], ['c']]) });
    case 2:
      return instead({ risk: 'high', environment: r.pick(['production', 'staging']) });
    case 3:
      return entitlements.length > 1
        ? { ...folder, entitlements: entitlements.toSpliced(n, 1) }
        : { ...folder, entitlements: [...entitlements, { ...entitlements[0]!, id: 'three' }] };
    case 4:
      return { ...folder, groups: { ...groups, [r.pick(['c', 'd'])]: LISTED.filter(() => r.chance(0.5)) } };
    case 5:
      return { ...folder, groups: { ...groups, a: r.pick<string | string[]>(['S0OTHER', [LISTED[0]!]]) } };
    case 7:
      return { ...folder, emergency: !folder.emergency };
    case 6:
      return { ...folder, timezone: r.pick(ZONES), holidays: [] };
    default:
      return { ...folder, ticket: { pattern: '(INC|OPS)-[0-9]{1,3}', required: false } };
  }
}
