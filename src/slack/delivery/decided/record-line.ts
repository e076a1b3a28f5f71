import type { Stage } from '../../../domain/chain.js';
import { toldBy } from '../../../domain/directory.js';
import type { Instant } from '../../../domain/entitlement.js';
import { recordIn, type Post } from '../../../domain/request/posts.js';
import type { State } from '../../../domain/request/state.js';
import type { NotifyFault, Redrawn, RequestView } from '../../../ports/messages.js';
import type { Bundle } from '../../../ports/policy.js';
import { record } from '../../messages/card.js';
import { notifyFault } from '../../wire/faults.js';
import { channelOf } from '../card-places.js';
import { digest, markOf } from '../copies.js';
import type { Mark } from '../find-own-message.js';
import type { Send } from '../send.js';

/** Finds a message of ours in a channel. */
type Find = (of: { channel: string; mark: Mark; since: Instant }) => Promise<string | undefined>;

/**
 * Writes what was decided into the channels of those stages whose people were all asked by direct messages, since none of
 * them was there: one line, once it is known. It says until when the access is, so it is drawn again only where that ends
 * otherwise (invariant 15).
 */
export function recordKeeper(of: { send: Send; bundle: () => Bundle; find: Find }) {
  const { send, bundle, find } = of;

  return async function keepRecords(
    view: RequestView,
    posts: Redrawn['posts'],
    retry: boolean,
    faults: NotifyFault[],
  ): Promise<void> {
    const { state } = view;
    const { directory } = bundle();
    if (!isDecided(state)) return;
    for (const [channel, stage] of emptyChannels(view, posts)) {
      const name = recordIn(channel);
      const old = view.posts[name];
      if (old && isOnTime(state)) continue;
      const message = record(view, stage, directory);
      const shown = digest(message);
      if (old?.shown === shown) continue;
      const mark = markOf(view, name);
      try {
        const ref = old?.ref ?? (retry ? await find({ channel, mark, since: state.requestedAt }) : undefined);
        const there = ref === undefined ? undefined : { place: channel, ref };
        // One that was deleted stays deleted.
        if (there) await send.update(there, message, mark);
        posts[name] = { ...(there ?? (await send.post(channel, message, mark))), shown };
      } catch (error) {
        const fault = notifyFault(error);
        // A channel that takes none any more has nobody in it who misses it.
        if (!fault.permanent) faults.push(fault);
      }
    }
  };

  /** By channel: a stage that would have had its card there. */
  function emptyChannels({ state }: RequestView, posts: Redrawn['posts']): Map<string, Stage> {
    const { directory } = bundle();
    const hasCard = (channel: string) =>
      Object.values(posts).some(({ place, direct }) => !direct && place === channel);
    const isMeant = ({ direct, tried = [] }: Post, channel: string) =>
      direct && !tried.some((one) => one.channel === channel) && !hasCard(channel);
    const found = state.chain.flatMap((stage): [string, Stage][] => {
      const def = directory.stages.find(({ name }) => name === stage.name);
      const channel = channelOf(state, def, directory);
      const post = posts[stage.name];
      return def && toldBy(def) === 'channel' && post && isMeant(post, channel) ? [[channel, stage]] : [];
    });
    return new Map(found);
  }
}

/** Whether what was decided is there to be read: the access, or that there is none. */
function isDecided(state: State): boolean {
  const { status } = state;
  // Where its time is over, the line still holds.
  return status === 'active' || status === 'closed' || (status === 'ending' && state.cause !== 'expired');
}

/** Whether access ended when the line that was written while it lasted says. */
function isOnTime(state: State): boolean {
  return state.status === 'closed' && state.outcome === 'expired';
}
