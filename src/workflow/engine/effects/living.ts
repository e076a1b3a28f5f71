import type { Head } from '../../../domain/request/head.js';
import { owe, putOff } from '../../../domain/request/outbox.js';
import type { CarryOut } from '../effect.js';
import { mayHaveLanded, MOST_TRIES, tryDrawing, viewOf } from '../message.js';
import { isOwedIn, whoWasAsked } from './cards.js';

/** Brings the requester's own message in line with the request. */
export const living: CarryOut<'living'> = async (deps, shown, owed) => {
  const { store, clock, notifier } = deps;
  const { drawn, unsent } = await tryDrawing(deps, shown, owed, async () =>
    notifier.living(await viewOf(deps, shown), {
      retry: mayHaveLanded(shown, owed),
      first: owed.effect.first ?? false,
      event: shown.tail.n,
      records: () => store.records(shown.id),
    }),
  );
  const isLost = unsent && (unsent.permanent || owed.attempts > MOST_TRIES);
  const now = clock.now();
  return {
    keep(head) {
      const posts = drawn?.posts ?? {};
      // What it shows is older than what is on record by now.
      if (shows(head) !== shows(shown))
        return { posts, outbox: (outbox) => owe(outbox, owed, unsent?.later ?? now) };
      if (unsent && !isLost) return { posts, outbox: (outbox) => putOff(outbox, owed.id, now, unsent.later) };
      return {
        posts,
        outbox: (outbox) =>
          outbox.filter(({ effect, id }) => effect.type !== 'living' || !isOwedIn(shown, id)),
      };
    },
  };
};

function shows({ tail, posts, unasked }: Head): string {
  return `${tail.n} ${whoWasAsked(posts, unasked)}`;
}
