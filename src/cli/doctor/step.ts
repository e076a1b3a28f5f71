import { within } from '../../kit/deadline.js';
import { failed, type Diagnosis, type Examined } from '../../kit/diagnosis.js';
import type { Millis } from '../../domain/entitlement.js';

/** One step as it went. `failed` where there is a problem; warnings alone leave it `ok`. */
export type Step = { name: string; warnings: Diagnosis[] } & (
  | { outcome: 'ok'; about?: string }
  | { outcome: 'failed'; problems: Diagnosis[] }
  | { outcome: 'skipped'; why: string }
);

export interface DoctorCheck<T> {
  name: string;
  step(): Promise<Step>;
  value(): Promise<T | undefined>;
}

type Values<N extends readonly DoctorCheck<unknown>[]> = {
  [K in keyof N]: N[K] extends DoctorCheck<infer T> ? T : never;
};

const LIMIT: Millis = 60_000;

/**
 * A step that begins when its result is asked for, with those that it needs, and runs once. Never throws: what the work
 * throws is a problem, of which only the name is told, since clients hang requests and answers on their errors.
 */
export function check<T, const N extends readonly DoctorCheck<unknown>[]>(
  name: string,
  needs: N,
  work: (...values: Values<N>) => Promise<Examined<T>>,
  limit: Millis = LIMIT,
): DoctorCheck<T> {
  async function run(): Promise<Examined<T>> {
    const values = await Promise.all(needs.map((need) => need.value()));
    const lacking = needs.filter((_, n) => values[n] === undefined).map((need) => need.name);
    if (lacking.length > 0) return { skipped: `first fix ${lacking.join(' and ')}` };
    try {
      return await within(limit, () => work(...(values as Values<N>)));
    } catch (error) {
      const what = error instanceof Error ? error.name : 'unknown';
      return failed(`could not be checked (${what})`, 'try again in a minute');
    }
  }
  let begun: Promise<Examined<T>> | undefined;
  const found = () => (begun ??= run());
  return {
    name,
    async step() {
      const one = await found();
      if ('skipped' in one) return { name, outcome: 'skipped', why: one.skipped, warnings: [] };
      const { problems = [], warnings = [], about } = one;
      if (problems.length > 0) return { name, outcome: 'failed', problems, warnings };
      return { name, outcome: 'ok', warnings, ...(about !== undefined && { about }) };
    },
    async value() {
      const one = await found();
      return 'skipped' in one ? undefined : one.value;
    },
  };
}
