import { isObject } from '../../../domain/is-object.js';

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
  const step = memberOf(node, '.') ?? memberOf(node, 'has');
  if (memberOf(memberOf(step, 'left'), 'Var') !== 'context') return undefined;
  const [first]: unknown[] = [memberOf(step, 'attr')].flat();
  return typeof first === 'string' ? first : undefined;
}

/**
 * Of whose members a policy may ask: groups by name, with those that own what is asked for where `owners`; or `all`.
 * It may say too much and never too little: a policy that reads a group whose members are not known is not to be believed.
 */
export type GroupReads = { names: ReadonlySet<string>; owners: boolean } | 'all';

/** What Cedar's JSON has besides functions, none of which but `in` and `is … in` looks at who is in what. */
const OPERATORS = new Set(
  `Value Var ! neg == != in < <= > >= && || + - * contains containsAll containsAny isEmpty getTag hasTag . has like is
   if-then-else Set Record`.split(/\s+/),
);

/**
 * @param scope elements of the scope of a policy in Cedar's JSON
 * @param expressions bodies of its conditions
 */
export function groupsIn(scope: readonly unknown[], expressions: readonly unknown[]): GroupReads {
  const names = new Set<string>();
  let owners = false;

  /** @returns whether all of it was understood */
  function visit(expr: unknown): boolean {
    const { operator, of } = nodeOf(expr);
    if (operator === 'Value') return literals(of);
    if (operator === 'Var') return true;
    const isFunction = !OPERATORS.has(operator);
    if (Array.isArray(of) !== (isFunction || operator === 'Set')) return false;
    if (operator === 'in' && !isKnown(memberOf(of, 'right'))) return false;
    const over = operator === 'is' ? memberOf(of, 'in') : undefined;
    if (over !== undefined && !isKnown(over)) return false;
    return operandsOf(of).every(visit);
  }

  /** Whether it can be told which groups something is asked to be in: literals, the owners, the stage of a vote. */
  function isKnown(expr: unknown): boolean {
    const { operator, of } = nodeOf(expr);
    if (operator === 'Value') return true;
    if (operator === 'Set') return operandsOf(of).every((child) => nodeOf(child).operator === 'Value');
    switch (pathOf(expr)) {
      case 'resource.owners':
      case 'resource.entitlement.owners':
        owners = true;
        return true;
      // Made for each vote, of those who are known to be entitled to its stage.
      case 'context.group':
        return true;
      default:
        return false;
    }
  }

  function literals(node: unknown): boolean {
    if (typeof node !== 'object' || node === null) return true;
    if ('slot' in node) return false;
    if (memberOf(node, 'type') === 'Jit::Group') names.add(String(memberOf(node, 'id')));
    return Object.values(node).every(literals);
  }

  return [scope.every(literals), expressions.every(visit)].includes(false) ? 'all' : { names, owners };
}

/** Of an expression, which has one key; no operator: it is none. */
function nodeOf(expr: unknown): { operator: string; of: unknown } {
  const [[operator, of] = ['', undefined], ...more] = isObject(expr) ? Object.entries(expr) : [];
  return more.length > 0 ? { operator: '', of: undefined } : { operator, of };
}

/** What stands beside them are names, types and patterns. */
function operandsOf(of: unknown): unknown[] {
  if (Array.isArray(of)) return of;
  return isObject(of) ? Object.values(of).filter(isObject) : [];
}

/** `resource.entitlement.owners` */
function pathOf(expr: unknown): string | undefined {
  const { operator, of } = nodeOf(expr);
  if (operator === 'Var') return String(of);
  if (operator !== '.') return undefined;
  const before = pathOf(memberOf(of, 'left'));
  return before && `${before}.${String(memberOf(of, 'attr'))}`;
}

function memberOf(node: unknown, name: string): unknown {
  return isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined;
}
