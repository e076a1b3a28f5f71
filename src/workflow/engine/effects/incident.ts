import { samePerson } from '../../../domain/person.js';
import { owe, putOff } from '../../../domain/request/outbox.js';
import { needsReview } from '../../../domain/request/stories/reviewing.js';
import type { State } from '../../../domain/request/state.js';
import type { Candidate } from '../../../ports/people.js';
import { SETTLED, type CarryOut, type EngineDeps } from '../effect.js';
import { mayHaveLanded, MOST_TRIES, tryDrawing, viewOf } from '../message.js';
import { isOwedIn } from './cards.js';

/** Brings what stands in the incident channel in line with an emergency. */
export const incident: CarryOut<'incident'> = async (deps, shown, owed) => {
  const { store, clock, log, notifier } = deps;
  if (!deps.bundle().directory.emergency) return SETTLED;
  const { drawn, unsent } = await tryDrawing(deps, shown, owed, async () =>
    notifier.incident(await viewOf(deps, shown), {
      retry: mayHaveLanded(shown, owed),
      records: () => store.records(shown.id),
      reviewers: needsReview(shown.state) ? await reviewersOf(deps, shown.state) : [],
    }),
  );
  const isLost = unsent && (unsent.permanent || owed.attempts > MOST_TRIES);
  if (isLost) log.error({ request: shown.id, code: unsent.code }, 'an emergency could not be told');
  const now = clock.now();
  return {
    keep(head) {
      const posts = drawn?.posts ?? {};
      // What it shows is older than what is on record by now.
      if (head.tail.n !== shown.tail.n)
        return { posts, outbox: (outbox) => owe(outbox, owed, unsent?.later ?? now) };
      if (unsent && !isLost) return { posts, outbox: (outbox) => putOff(outbox, owed.id, now, unsent.later) };
      return {
        posts,
        outbox: (outbox) =>
          outbox.filter(({ effect, id }) => effect.type !== 'incident' || !isOwedIn(shown, id)),
      };
    },
  };
};

/** Those who may review an emergency, as far as they are known; nobody their own, and nobody settles what they contest. */
export async function reviewersOf(
  { directory, bundle }: Pick<EngineDeps, 'directory' | 'bundle'>,
  state: State,
  more: string[] = [],
): Promise<Candidate[]> {
  const { emergency } = bundle().directory;
  if (!emergency) return [];
  const { people } = await directory.members([...new Set([emergency.review.by, ...more])]);
  const { reviews = [] } = state.status === 'closed' ? state : {};
  const not = [state.requester, ...reviews.map(({ by }) => by)];
  return people.filter(({ email, account }) =>
    not.every((one) => (account ? samePerson(one, { email, account }) === 'other' : one.email !== email)),
  );
}
