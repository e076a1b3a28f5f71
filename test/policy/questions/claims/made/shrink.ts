import { type Condition, isLeaf, type RandomFolder, type RandomPolicy, ZONES } from './folders.js';

/** Makes a folder a little smaller; of one to which it does not apply, it makes the same. */
type Step = (folder: RandomFolder) => RandomFolder;

const MOST_TRIES = 300;
const TRUE: Condition = { text: 'true', reads: [] };

/**
 * The smallest folders of which something is still so.
 * @param isSo whether it is
 */
export async function shrunk(
  folders: readonly RandomFolder[],
  isSo: (folders: readonly RandomFolder[]) => Promise<boolean>,
): Promise<readonly RandomFolder[]> {
  let now = folders;
  let tries = 0;
  for (let found = true; found;) {
    found = false;
    let steps = now.flatMap(stepsOf);
    for (let n = 0; n < steps.length; n++) {
      const smaller = now.map(steps[n]!);
      if (JSON.stringify(smaller) === JSON.stringify(now)) continue;
      if (tries++ >= MOST_TRIES) return now;
      if (!(await isSo(smaller))) continue;
      now = smaller;
      found = true;
      // Of a smaller folder there are fewer steps: the next one stands where this one stood.
      steps = now.flatMap(stepsOf);
      n--;
    }
  }
  return now;
}

/** What could be left out, the largest first. */
function stepsOf({ policies, entitlements, groups }: RandomFolder): Step[] {
  return [
    ...policies.map(({ id }) => ofPolicies((all) => all.filter((one) => one.id !== id))),
    ...entitlements.map(({ id }): Step => (folder) => ({
      ...folder,
      entitlements:
        folder.entitlements.length > 1
          ? folder.entitlements.filter((one) => one.id !== id)
          : folder.entitlements,
    })),
    ...policies.flatMap(stepsIn),
    ...entitlements.flatMap(({ id, durations }) =>
      [
        ...durations.map((duration) => ({ durations: [duration] })),
        { owners: [] },
        { tags: {} },
        { risk: 'low' },
        { environment: 'staging' },
        { account: '111122223333' },
      ].map((change): Step => (folder) => ({
        ...folder,
        entitlements: folder.entitlements.map((one) => (one.id === id ? { ...one, ...change } : one)),
      })),
    ),
    (folder) => ({ ...folder, timezone: ZONES[0]! }),
    (folder) => ({ ...folder, holidays: [] }),
    (folder) => ({ ...folder, ticket: undefined }),
    (folder) => ({ ...folder, managed: [] }),
    ...Object.entries(groups).flatMap(([name, members]) =>
      (typeof members === 'string' ? [] : members).map((member): Step => (folder) => {
        const own = folder.groups[name];
        if (own === undefined || typeof own === 'string') return folder;
        return { ...folder, groups: { ...folder.groups, [name]: own.filter((one) => one !== member) } };
      }),
    ),
  ];
}

const ofPolicies =
  (change: (policies: readonly RandomPolicy[]) => readonly RandomPolicy[]): Step =>
  (folder) => ({ ...folder, policies: change(folder.policies) });

function stepsIn({ id, conditions, principal, resource, chain }: RandomPolicy): Step[] {
  const of = (change: (policy: RandomPolicy) => Partial<RandomPolicy>) =>
    ofPolicies((all) => all.map((one) => (one.id === id ? { ...one, ...change(one) } : one)));
  return [
    ...conditions.map((_, n) => of((policy) => ({ conditions: policy.conditions.toSpliced(n, 1) }))),
    ...(principal === 'principal' ? [] : [of(() => ({ principal: 'principal' }))]),
    ...(resource === 'resource' ? [] : [of(() => ({ resource: 'resource' }))]),
    ...(chain === undefined || chain === 'auto'
      ? []
      : [of((one) => (one.chain === chain ? { chain: 'auto' } : {}))]),
    ...conditions.flatMap(({ body }, n) =>
      simplerThan(body).map((simpler) =>
        of((policy) => {
          const there = policy.conditions[n];
          if (JSON.stringify(there?.body) !== JSON.stringify(body)) return {};
          return { conditions: policy.conditions.with(n, { ...there!, body: simpler }) };
        }),
      ),
    ),
  ];
}

/** One of its parts in its place, or in one of its parts. */
function simplerThan(body: Condition): Condition[] {
  if (isLeaf(body)) return body.text === TRUE.text ? [] : [TRUE];
  const inside = body.parts.flatMap((part, n) =>
    simplerThan(part).map((simpler) => ({ ...body, parts: body.parts.with(n, simpler) })),
  );
  return [...body.parts, TRUE, ...inside];
}
