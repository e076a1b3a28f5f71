import type { Millis } from '../domain/entitlement.js';
import { sharedAnswers } from '../kit/shared-answers.js';
import type { Directory } from '../ports/people.js';
import type { Keeping } from './groups.js';
import { FACTS_FRESH } from './snapshot.js';

/** A source that gives no answer is asked nothing more for so long: reminders are worth no crowd of questions. */
const UNANSWERED: Millis = 5 * 60_000;
const PEOPLE = 2_000;

/** When people are at rest, asked once an hour each. What the source does not say is not known, and no fault. */
export function restOf({
  source,
  now,
  report,
}: Pick<Keeping, 'source' | 'now' | 'report'>): Directory['rest'] {
  let failedAt = -Infinity;
  const known = sharedAnswers((id: string) => source.rest(id), { now, most: PEOPLE, lasts: FACTS_FRESH });
  return async ({ id }) => {
    if (Math.abs(now() - failedAt) < UNANSWERED) return undefined;
    try {
      return await known(id);
    } catch (error) {
      failedAt = now();
      report(`could not look up when ${id} is at rest`, error);
      return undefined;
    }
  };
}
