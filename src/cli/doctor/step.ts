import { within } from '../../kit/deadline.js';
import type { Millis } from '../../domain/entitlement.js';

/** Something that is wrong, or may be, and what to do about it. */
export interface Finding {
  what: string;
  fix: string;
}

/** One step as it went. `failed` where there is a problem; warnings alone leave it `ok`. */
export type Step = { name: string; warnings: Finding[] } & (
  | { outcome: 'ok'; about?: string }
  | { outcome: 'failed'; problems: Finding[] }
  | { outcome: 'skipped'; why: string }
);

/** What a step found. `value` is what later steps go on with: without it, they are skipped. */
export type Found<T> =
  { skipped: string } | { value?: T; about?: string; problems?: Finding[]; warnings?: Finding[] };

export interface Check<T> {
  name: string;
  step(): Promise<Step>;
  value(): Promise<T | undefined>;
}

type Values<N extends readonly Check<unknown>[]> = {
  [K in keyof N]: N[K] extends Check<infer T> ? T : never;
};

/** One problem, and no value to go on with. */
export function failed(what: string, fix: string): { problems: Finding[] } {
  return { problems: [{ what, fix }] };
}

/** `1 case`, `2 cases` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const LIMIT: Millis = 60_000;

/**
 * A step that begins when somebody asks for it, with those that it needs, and runs once. Never throws: what the work
 * throws is a problem, of which only the name is told, since clients hang requests and answers on their errors.
 */
export function check<T, const N extends readonly Check<unknown>[]>(
  name: string,
  needs: N,
  work: (...values: Values<N>) => Promise<Found<T>>,
  limit: Millis = LIMIT,
): Check<T> {
  let begun: Promise<Found<T>> | undefined;
  const found = () => (begun ??= run(needs, work, limit));
  return {
    name,
    step: async () => stepOf(name, await found()),
    value: async () => {
      const one = await found();
      return 'skipped' in one ? undefined : one.value;
    },
  };
}

async function run<T, const N extends readonly Check<unknown>[]>(
  needs: N,
  work: (...values: Values<N>) => Promise<Found<T>>,
  limit: Millis,
): Promise<Found<T>> {
  const values = await Promise.all(needs.map((need) => need.value()));
  const lacking = needs.filter((_, n) => values[n] === undefined).map((need) => need.name);
  if (lacking.length > 0) return { skipped: `it needs ${lacking.join(' and ')} to be right first` };
  try {
    return await within(limit, () => work(...(values as Values<N>)));
  } catch (error) {
    const what = error instanceof Error ? error.name : 'unknown';
    return { problems: [{ what: `could not be looked at (${what})`, fix: 'try again in a minute' }] };
  }
}

function stepOf<T>(name: string, found: Found<T>): Step {
  if ('skipped' in found) return { name, outcome: 'skipped', why: found.skipped, warnings: [] };
  const { problems = [], warnings = [], about } = found;
  if (problems.length > 0) return { name, outcome: 'failed', problems, warnings };
  return { name, outcome: 'ok', warnings, ...(about !== undefined && { about }) };
}

/** Asks about many things, a few at a time, in order. */
export async function eachOf<A, B>(all: readonly A[], ask: (one: A) => Promise<B>): Promise<B[]> {
  const AT_ONCE = 4;
  const answers: B[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE)
    answers.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(ask))));
  return answers;
}
