import { formatChain, type Chain } from '../../domain/chain.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Pdp, Who } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { chainIn } from '../questions/model/decide.js';

/** One of the two folders. */
export interface Side {
  parts: Parts;
  pdp: Pdp;
}

/** The old folder and the new one. */
export type Sides = readonly [before: Side, after: Side];

/** The same of both. */
export const ofBoth = <T>([before, after]: Sides, of: (side: Side) => T): [before: T, after: T] => [
  of(before),
  of(after),
];

export interface DiffQuestion {
  who: Who;
  entitlement: string;
  duration: Millis;
  at: Instant;
  ticket?: string;
  emergency?: true;
  /** What was found of the inputs, and of which inputs nothing is known. */
  given?: Readonly<Record<string, number | boolean>>;
  failed?: Record<string, string>;
}

/** A chain, or why there is none. */
export type DiffDecision = Chain | 'refused' | 'not offered';

export const KINDS = [
  'newly permitted',
  'no longer permitted',
  'became automatic',
  'lost approval',
  'gained approval',
  'changed approval',
] as const;
export type Kind = (typeof KINDS)[number];

export interface DiffChange {
  kind: Kind;
  /** What becomes of such a request, as the end of "3 requests …": `lose approval by security`. */
  says: string[];
}

export const isOffered = (
  { entitlement, duration }: Pick<DiffQuestion, 'entitlement' | 'duration'>,
  { entitlements }: Parts,
): boolean => entitlements.get(entitlement)?.durations.includes(duration) ?? false;

export function decisionOf({ parts, pdp }: Side, question: DiffQuestion): DiffDecision {
  if (!isOffered(question, parts)) return 'not offered';
  const decision = pdp.request({ ...question, probe: true });
  return decision.outcome === 'denied' ? 'refused' : decision.chain;
}

/** A person does not notice whether a policy errs or refuses. @param answer as the model has it */
export const plainly = (answer: string): string =>
  answer === 'denied' || answer === 'error' ? 'refused' : answer;

/** @param answer made plain */
export const decisionIn = (answer: string): DiffDecision =>
  answer === 'refused' || answer === 'not offered' ? answer : chainIn(answer);

/** The difference between two decisions; undefined where a person would notice none. */
export function changeBetween(before: DiffDecision, after: DiffDecision): DiffChange | undefined {
  if (!Array.isArray(before)) {
    if (!Array.isArray(after)) return undefined;
    const at = after.length === 0 ? ['become automatic'] : [];
    return { kind: 'newly permitted', says: ['are newly permitted', ...at] };
  }
  if (!Array.isArray(after)) return { kind: 'no longer permitted', says: ['are no longer permitted'] };
  if (formatChain(before) === formatChain(after)) return undefined;
  const lost = missing(before, after, 'lose approval by', 'need fewer of');
  const gained = missing(after, before, 'gain approval by', 'need more of');
  if (after.length === 0) return { kind: 'became automatic', says: [...lost, 'become automatic'] };
  if (gained.length === 0 && lost.length > 0) return { kind: 'lost approval', says: lost };
  if (lost.length === 0 && gained.length > 0) return { kind: 'gained approval', says: gained };
  const says = [...lost, ...gained];
  return { kind: 'changed approval', says: says.length > 0 ? says : ['are asked in another order'] };
}

/** What the first chain asks for beyond the second. */
function missing(chain: Chain, other: Chain, stage: string, quorum: string): string[] {
  return chain.flatMap(({ name, quorum: needed }) => {
    const there = other.find((one) => one.name === name);
    if (!there) return [`${stage} ${name}`];
    return there.quorum < needed ? [`${quorum} ${name}`] : [];
  });
}

/** `at once`, `manager, 2 of security`, or why not. */
export function shownDecision(decision: DiffDecision): string {
  if (!Array.isArray(decision)) return decision;
  return decision.length === 0 ? 'at once' : formatChain(decision);
}
