import { canonical, sha256, type Instant } from '../../../domain/entitlement.js';
import { isObject } from '../../../domain/is-object.js';
import type { Statement } from './statements.js';

/** As IAM counts inline policies: without white space, but what stands inside a text is counted to be safe. */
export function sizeOf(text: string): number {
  try {
    return JSON.stringify(JSON.parse(text)).length;
  } catch {
    return text.length;
  }
}

/** Whether two documents say the same: a list of one is its one value, and no order matters. */
export function sameDocument(one: string, other: string): boolean {
  const [what, theOther] = [said(one), said(other)];
  return what !== undefined && what === theOther;
}

/** SHA-256, hex, of what a document says: equal where `sameDocument` is true. Of what is no JSON, of its text. */
export function documentHash(text: string): string {
  return sha256(said(text) ?? text);
}

/** What a document says, in one spelling; undefined: it is no JSON. */
function said(text: string): string | undefined {
  try {
    return canonical(loose(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** A statement of every action on everything. */
export function everything(Effect: 'Allow' | 'Deny'): Statement {
  return { Effect, Action: ['*'], Resource: ['*'] };
}

/** A policy document of these statements, as short as it gets. */
export function document(statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(short) });
}

/** Lists of one as their one value, to save room. */
function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? value[0] : value;
  return isObject(value) ? mapped(value, short) : value;
}

function loose(value: unknown): unknown {
  if (!Array.isArray(value)) return isObject(value) ? mapped(value, loose) : value;
  const items = value.map(loose).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  return items.length === 1 ? items[0] : items;
}

const mapped = (value: object, change: (member: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]));

/** Whole seconds, rounded down: AWS compares no finer, and access is never longer than promised. */
export function timeOf(at: Instant): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
