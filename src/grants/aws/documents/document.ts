import { canonical, sha256, type Instant } from '../../../domain/entitlement.js';
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
  try {
    return canonical(loose(JSON.parse(one))) === canonical(loose(JSON.parse(other)));
  } catch {
    return false;
  }
}

/** SHA-256, hex, of what a document says: equal where `sameDocument` is true. Of what is no JSON, of its text. */
export function documentHash(text: string): string {
  try {
    return sha256(canonical(loose(JSON.parse(text))));
  } catch {
    return sha256(text);
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
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, short(member)]));
}

function loose(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(loose).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
    return items.length === 1 ? items[0] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, loose(member)]));
}

/** Whole seconds, rounded down: AWS compares no finer, and access is never longer than promised. */
export function timeOf(at: Instant): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
