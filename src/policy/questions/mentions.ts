import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { cedar, guarded } from '../cedar/cedar.js';
import type { Policy } from '../policy.js';

/** Where the values of a whole number begin to be told apart: a cut at 8 parts 7 from 8. `all`: each from each. */
export type Cuts = Set<number> | 'all';

/** What the policies for `request` look at: what they do not look at cannot change their answer. */
export interface Mentions {
  groups: Set<string>;
  users: Set<string>;
  entitlements: Set<string>;
  /** The groups of one policy, for each that mentions several. */
  together: string[][];
  /** Attributes of the context. */
  context: Set<string>;
  weekday: Cuts;
  hour: Cuts;
  /** What has more values than can be tried, and is looked into. */
  texts: Set<'ticket' | 'email'>;
}

const KNOWN = ['duration', 'weekday', 'hour', 'emergency', 'ticket'];

export function mentionsOf(policies: readonly Policy[]): Mentions {
  const found: Mentions = {
    groups: new Set(),
    users: new Set(),
    entitlements: new Set(),
    together: [],
    context: new Set(),
    weekday: new Set(),
    hour: new Set(),
    texts: new Set(),
  };
  for (const { text } of policies) {
    const parsed = guarded(() => cedar.policyToJson(text));
    if (parsed.type !== 'success' || !concernsRequests(parsed.json)) continue;
    const own: Mentions = { ...found, groups: new Set() };
    look(parsed.json, own);
    Object.assign(found, { weekday: own.weekday, hour: own.hour });
    for (const group of own.groups) found.groups.add(group);
    if (own.groups.size > 1) found.together.push([...own.groups].sort());
  }
  // What is not known here (the instant itself, the context as a whole) may depend on any time.
  if ([...found.context].some((name) => !KNOWN.includes(name)))
    Object.assign(found, { weekday: 'all', hour: 'all' });
  return found;
}

/** Whether the answer may depend on this part of a question. */
export function dependsOn({ context }: Mentions, part: 'duration' | 'ticket'): boolean {
  return context.has(part) || [...context].some((name) => !KNOWN.includes(name));
}

function concernsRequests({ action }: PolicyJson): boolean {
  if (action.op !== '==' || !('entity' in action)) return true;
  return ('id' in action.entity ? action.entity.id : action.entity.__entity.id) === 'request';
}

function look(node: unknown, found: Mentions): void {
  if (Array.isArray(node)) return node.forEach((item) => look(item, found));
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && 'id' in node && typeof node.type === 'string' && typeof node.id === 'string') {
    const set = {
      'Jit::Group': found.groups,
      'Jit::User': found.users,
      'Jit::Entitlement': found.entitlements,
    }[node.type];
    set?.add(node.id);
    return;
  }
  if ('Var' in node && node.Var === 'context') return void found.context.add('the whole of it');
  for (const [operator, operands] of Object.entries(node)) {
    const attribute = operator === '.' || operator === 'has' ? attributeOf(operands) : undefined;
    if (operator === '.' && attribute === 'ticket') found.texts.add('ticket');
    if (operator === '.' && operands instanceof Object && 'attr' in operands && operands.attr === 'email')
      found.texts.add('email');
    const compared = comparison(operator, operands);
    if (compared) cut(found, compared);
    else if (attribute === undefined) look(operands, found);
    else {
      found.context.add(attribute);
      // Not compared with a number: each value may be another case.
      if (operator === '.' && (attribute === 'weekday' || attribute === 'hour')) found[attribute] = 'all';
    }
  }
}

interface Compared {
  attribute: 'weekday' | 'hour';
  at: number[];
}

function cut(found: Mentions, { attribute, at }: Compared): void {
  found.context.add(attribute);
  const cuts = found[attribute];
  if (cuts !== 'all') for (const value of at) cuts.add(value);
}

const FLIPPED: Record<string, string> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

/** A comparison of the weekday or the hour with numbers that are written out, and where it cuts. */
function comparison(operator: string, operands: unknown): Compared | undefined {
  const { left, right } = sides(operands);
  const [one, other] = [clock(left), clock(right)];
  if (
    other &&
    operator === 'contains' &&
    left instanceof Object &&
    'Set' in left &&
    Array.isArray(left.Set)
  ) {
    const values = left.Set.map(number);
    if (values.includes(undefined)) return undefined;
    return { attribute: other, at: values.flatMap((value) => [value!, value! + 1]) };
  }
  const value = one ? number(right) : number(left);
  const attribute = one ?? other;
  const as = one ? operator : FLIPPED[operator];
  if (!attribute || value === undefined || !as || !(as in FLIPPED)) return undefined;
  if (as === '<' || as === '>=') return { attribute, at: [value] };
  if (as === '<=' || as === '>') return { attribute, at: [value + 1] };
  return { attribute, at: [value, value + 1] };
}

function clock(node: unknown): Compared['attribute'] | undefined {
  const attribute = node instanceof Object && '.' in node ? attributeOf(node['.']) : undefined;
  return attribute === 'weekday' || attribute === 'hour' ? attribute : undefined;
}

/** Of `context.x` and `context has x.y`: x. */
function attributeOf(operands: unknown): string | undefined {
  const { left } = sides(operands);
  if (!(left instanceof Object && 'Var' in left && left.Var === 'context')) return undefined;
  const { attr } = operands as { attr: string | string[] };
  return [attr].flat()[0];
}

function sides(operands: unknown): { left?: unknown; right?: unknown } {
  return operands instanceof Object && !Array.isArray(operands) ? operands : {};
}

function number(node: unknown): number | undefined {
  return node instanceof Object && 'Value' in node && typeof node.Value === 'number' ? node.Value : undefined;
}
