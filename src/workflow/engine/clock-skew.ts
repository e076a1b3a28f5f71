import type { Clock } from '../../ports/clock.js';

/** A clock further from AWS's than this cannot keep its promise of an end. */
const MOST_SKEW = 5_000;

/** Why this machine's clock cannot be relied on now, if so. */
export async function skewProblem({ clock }: { clock: Clock }): Promise<string | undefined> {
  const skew = await clock.skew();
  if (skew === undefined) return 'the clock could not be compared with that of AWS';
  return Math.abs(skew) > MOST_SKEW ? `the clock is ${skew} ms from that of AWS` : undefined;
}
