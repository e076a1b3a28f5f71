import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { isObject } from '../../domain/is-object.js';
import { isExact } from '../cedar/entities.js';
import { termOf, type Term } from './term.js';

/** A number in a policy's text; what else may hold digits goes before. */
const NUMBERS = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|[A-Za-z_]\w*|(\d+)/gs;

/**
 * What the conditions of a policy say, one each. In Cedar's JSON, JavaScript cannot tell numbers beyond 2^53 apart, so these
 * are read from the policy's text; where they cannot be found there, that stands for what they say.
 */
export function conditionsOf({ conditions }: Pick<PolicyJson, 'conditions'>, text: string): Term[] {
  const bodies = conditions.map(({ body }) => body);
  if (isExact(bodies)) return bodies.map(termOf);
  const written = Array.from(text.matchAll(NUMBERS)).flatMap(([, number]) => number ?? []);
  const exact = bodies.map((body) => withNumbers(body, written) as Expr);
  return written.length === 0 && isExact(exact)
    ? exact.map(termOf)
    : bodies.map((_, n): Term => ({ op: 'call', name: `condition ${n} of ${text}`, args: [] }));
}

/** @param written the numbers of the text, in its order; those that are found are taken out */
function withNumbers(node: unknown, written: string[]): unknown {
  if (Array.isArray(node)) return node.map((one) => withNumbers(one, written));
  // A record's entries are not in the order of the text.
  if (!isObject(node) || 'Record' in node) return node;
  const { Value: value } = node;
  if (typeof value !== 'number')
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, withNumbers(one, written)]));
  const number = written.shift();
  if (number === undefined || Number(number) !== Math.abs(value)) return node;
  return { Value: { long: `${value < 0 ? '-' : ''}${number}` } };
}
