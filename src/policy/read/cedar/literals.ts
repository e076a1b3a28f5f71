import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { emailOf } from '../../../domain/email.js';
import { unknown } from '../suggest.js';
import { codeAt } from './scan.js';

/** What the files define, by entity type; undefined where the file could not be read. */
export type Names = Record<
  'Group' | 'Environment' | 'Account' | 'Entitlement',
  ReadonlySet<string> | undefined
>;

/** Cedar takes any id for an entity's, so a misspelt name in a forbid would silently forbid nothing. */
export function literalProblems(
  json: PolicyJson,
  text: string,
  names: Names,
): { message: string; offset?: number; unused?: boolean }[] {
  const problems = new Map<string, string>();
  const unused = new Set<string>();
  for (const { type, id } of entitiesIn(json)) {
    const literal = `${type}::${JSON.stringify(id)}`;
    const kind = type.replace(/^Jit::/, '');
    const person = emailOf(id);
    if (kind === 'User' && id !== person)
      problems.set(literal, `never matches: people are known by their e-mail in lower case, "${person}"`);
    const known = Object.hasOwn(names, kind) ? names[kind as keyof Names] : undefined;
    if (!known || known.has(id)) continue;
    // Groups are declared in directory.yml; the rest is whatever the catalog has today, and may have more tomorrow.
    if (kind !== 'Group') unused.add(literal);
    problems.set(literal, unknown(kind.toLowerCase(), id, known));
  }
  return [...problems].map(([literal, why]) => {
    const offset = codeAt(text, literal);
    const message = why.startsWith('unknown') ? why : `${literal} ${why}`;
    return { message, ...(offset !== undefined && { offset }), ...(unused.has(literal) && { unused: true }) };
  });
}

/** Every entity that a policy names. */
export function* entitiesIn(node: unknown): Generator<{ type: string; id: string }> {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && 'id' in node && typeof node.type === 'string' && typeof node.id === 'string') {
    yield { type: node.type, id: node.id };
  } else for (const child of Object.values(node)) yield* entitiesIn(child);
}
