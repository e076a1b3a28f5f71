/** What of the context a policy looks at: names of attributes, or `all` where it takes the context as a whole. */
export type Reads = ReadonlySet<string> | 'all';

/** @param conditions of a policy in Cedar's JSON */
export function readsIn(conditions: unknown): Reads {
  const names = new Set<string>();
  return usesWhole(conditions, names) ? 'all' : names;
}

function usesWhole(node: unknown, names: Set<string>): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ('Var' in node && node.Var === 'context') return true;
  const attr = attributeOf(node);
  if (attr !== undefined) {
    names.add(attr);
    return false;
  }
  return Object.values(node).some((child) => usesWhole(child, names));
}

/** Of `context.hour`, `context has hour` and `context has a.b`: the first name. */
function attributeOf(node: object): string | undefined {
  const step: unknown = '.' in node ? node['.'] : 'has' in node ? node.has : undefined;
  if (!(step instanceof Object) || !('left' in step) || !('attr' in step)) return undefined;
  const { left, attr } = step;
  if (!(left instanceof Object) || !('Var' in left) || left.Var !== 'context') return undefined;
  const first: unknown = Array.isArray(attr) ? attr[0] : attr;
  return typeof first === 'string' ? first : undefined;
}
