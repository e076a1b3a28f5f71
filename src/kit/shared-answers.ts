import type { Instant, Millis } from '../domain/entitlement.js';
import { ttlCache } from './ttl-cache.js';

/**
 * Asks once for callers at the same time, and remembers the answer. A failure is only for those who wait for it: the
 * next caller asks anew.
 * @param how.key what makes two questions the same; default: the question itself, by identity
 * @param how.most so many answers are remembered; default: the last one
 * @param how.lasts for so long; default: as long as the process lives
 * @param how.keep whether an answer is remembered; default: each is
 */
export function sharedAnswers<Q, A>(
  ask: (question: Q) => Promise<A>,
  how: {
    now: () => Instant;
    key?: (question: Q) => unknown;
    most?: number;
    lasts?: Millis;
    keep?: (answer: A) => boolean;
  },
): (question: Q) => Promise<A> {
  const { now, key = (question) => question, most = 1, lasts = Infinity, keep = () => true } = how;
  const answers = ttlCache<Promise<A>, unknown>(most, lasts);
  return (question) => {
    const [id, at] = [key(question), now()];
    const known = answers.get(id, at);
    if (known) return known;
    const answer = answers.put(id, ask(question), at);
    const forget = () => answers.drop(id, answer);
    answer.then((found) => keep(found) || forget(), forget);
    return answer;
  };
}
