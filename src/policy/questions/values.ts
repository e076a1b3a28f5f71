import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import { formatDuration } from '../../domain/duration.js';
import type { Call } from '../cedar/entities.js';
import { isObject } from '../../domain/is-object.js';

const WEEKDAYS = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What an expression reads of a question, as it stands there: `hour is 19`, `there is no ticket`. */
export function valuesRead(expr: Expr, call: Call): string[] {
  const found = new Set<string>();
  visit(expr);
  return [...found];

  function visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    const path = pathOf(node);
    if (path) {
      const value = valueAt(path, call);
      if (path.length > 1) found.add(about(path.at(-1)!, value));
      else if (path[0] !== 'context') found.add(whoOrWhat(path[0]!, call));
      return;
    }
    const tag = tagOf(node);
    if (tag) found.add(about(`tag ${tag.name}`, tagsAt(tag.path, call)?.[tag.name]));
    else for (const child of Object.values(node)) visit(child);
  }
}

/** `context.hour` and `context has hour` are both a way to `hour`. */
function pathOf(node: object): string[] | undefined {
  if ('Var' in node && typeof node.Var === 'string') return [node.Var];
  const step = '.' in node ? node['.'] : 'has' in node ? node.has : undefined;
  if (!isObject(step) || !isObject(step['left'])) return undefined;
  const before = pathOf(step['left']);
  const { attr } = step;
  const names = Array.isArray(attr) ? attr.filter((name) => typeof name === 'string') : [attr];
  return before && [...before, ...names.map(String)];
}

function tagOf(node: object): { path: string[]; name: string } | undefined {
  const call = 'getTag' in node ? node.getTag : 'hasTag' in node ? node.hasTag : undefined;
  if (!isObject(call) || !isObject(call['left']) || !isObject(call['right'])) return undefined;
  const path = pathOf(call['left']);
  const name = call['right']['Value'];
  return path && typeof name === 'string' ? { path, name } : undefined;
}

function valueAt([root, ...attrs]: string[], call: Call): unknown {
  let value: unknown =
    root === 'context'
      ? call.context
      : root === 'principal'
        ? call.principal
        : root === 'action'
          ? call.action
          : call.resource;
  for (const attr of attrs) {
    const holder = entityAt(value, call)?.attrs ?? value;
    value = isObject(holder) && Object.hasOwn(holder, attr) ? holder[attr] : undefined;
  }
  return value;
}

const tagsAt = (path: string[], call: Call) => entityAt(valueAt(path, call), call)?.tags;

function entityAt(value: unknown, { entities }: Call) {
  const uid = uidOf(value);
  if (!uid || !Array.isArray(entities)) return undefined;
  return entities.find((entity) => {
    const own = uidOf(entity.uid);
    return own?.type === uid.type && own.id === uid.id;
  });
}

function uidOf(value: unknown): { type: string; id: string } | undefined {
  const inner = isObject(value) && isObject(value['__entity']) ? value['__entity'] : value;
  if (!isObject(inner)) return undefined;
  const { type, id } = inner;
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : undefined;
}

/** A bare `principal` or `resource`: who it is, and in what. */
function whoOrWhat(name: string, call: Call): string {
  const value = name === 'principal' ? call.principal : name === 'action' ? call.action : call.resource;
  const parents = entityAt(value, call)?.parents?.map((parent) => uidOf(parent)?.id ?? '') ?? [];
  const shown = uidOf(value)?.id ?? name;
  return parents.length > 0 ? `${shown} is in ${parents.join(', ')}` : `${shown} is in nothing`;
}

function about(name: string, value: unknown): string {
  if (value === undefined) return `there is no ${name}`;
  if (name === 'weekday' && typeof value === 'number') return `weekday is ${value} (${WEEKDAYS[value]})`;
  return `${name} is ${shown(value)}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const extension = value['__extn'];
  if (isObject(extension)) {
    const written = String(extension['arg']);
    const ms = /^(\d+)ms$/.exec(written)?.[1];
    return ms !== undefined && Number(ms) % 60_000 === 0 ? formatDuration(Number(ms)) : written;
  }
  return uidOf(value)?.id ?? JSON.stringify(value);
}
