import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import { canonical } from '../../domain/entitlement.js';
import { requestCall } from '../cedar/authorization-calls.js';
import type { Parts } from '../policy.js';
import { leavesOf } from './evaluate-clauses.js';
import type { Hour } from './hours.js';
import { isExact } from '../cedar/entities.js';
import { ask, jsonOf } from './probe.js';
import { SOMEBODY } from './profiles.js';

const TIME = ['now', 'hour', 'weekday', 'businessHours'];

/**
 * Hours that no policy tells apart, together: those in which every clause that reads the time has one value. What is
 * asked for in one hour of a class is answered as in every other.
 */
export function timeClasses(parts: Parts, hours: readonly Hour[]): Hour[][] {
  const [entitlement] = parts.entitlements.keys();
  if (entitlement === undefined) return [[...hours]];
  const clauses: { when: Expr }[] = [];
  for (const { text } of parts.policies)
    for (const leaf of jsonOf(text).conditions.flatMap(({ body }) => leavesOf(body))) {
      const reads = readBy(leaf);
      if (!reads.time) continue;
      // Its value depends on who asks for what as well, so every hour may be another.
      if (reads.more || !isExact(leaf)) return hours.map((hour) => [hour]);
      clauses.push({ when: leaf });
    }
  const who = { email: SOMEBODY, groups: [] };
  const classes = new Map<string, Hour[]>();
  for (const hour of hours) {
    const call = requestCall({ who, entitlement, duration: 60_000, at: hour.at }, parts);
    const values = ask(parts.schema, call, clauses);
    const key = canonical(values);
    classes.set(key, [...(classes.get(key) ?? []), hour]);
  }
  return [...classes.values()];
}

function readBy(node: unknown): { time: boolean; more: boolean } {
  if (typeof node !== 'object' || node === null) return { time: false, more: false };
  if ('left' in node && 'attr' in node && isContext(node.left)) {
    const time = isTime(node.attr);
    return { time, more: !time };
  }
  // The context as a whole has the time in it.
  if ('Var' in node) return { time: node.Var === 'context', more: true };
  const inside = Object.values(node).map(readBy);
  return { time: inside.some((part) => part.time), more: inside.some((part) => part.more) };
}

const isContext = (node: unknown) => node instanceof Object && 'Var' in node && node.Var === 'context';
const isTime = (attr: unknown) => TIME.includes(String(Array.isArray(attr) ? attr[0] : attr));
