import type { Instant } from '../domain/entitlement.js';
import type { Person } from '../domain/person.js';
import { isOperator, type By } from '../domain/request/state.js';

/** How one place (Slack, a cell of an export, the sandbox's page) writes the parts of a sentence that are not English. */
export interface Pen {
  /** Text that people wrote, escaped and then cut to `max` characters (invariant 11). */
  free(text: string, max: number): string;
  /** The same as a quotation, which nobody can mistake for our own words. */
  quote(text: string, max: number): string;
  /** A name from the policy files, the catalog or AWS. */
  name(text: string): string;
  /** An identifier. */
  code(text: string): string;
  person(person: Person): string;
  instant(at: Instant): string;
}

/** Who did it, as the end of a sentence: `an operator (arn:…)`. */
export function doer(by: By, pen: Pick<Pen, 'person' | 'code'>): string {
  if (by === 'jit') return by;
  return isOperator(by) ? `an operator (${pen.code(by.operator)})` : pen.person(by);
}

/** Whose seat they fill: `, standing in for @sam`; nothing where it is their own. */
export function inPlaceOf(whom: Person | undefined, pen: Pick<Pen, 'person'>): string {
  return whom ? `, standing in for ${pen.person(whom)}` : '';
}

/** Everything as it is, for a place that escapes by itself what it is given. */
export const asWritten: Omit<Pen, 'instant'> = {
  free: same,
  quote: same,
  name: same,
  code: same,
  person: ({ email }) => email,
};

function same(text: string): string {
  return text;
}
