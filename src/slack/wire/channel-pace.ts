import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../../domain/entitlement.js';
import { NotifyFault } from '../../ports/messages.js';

/** Slack takes about one message a second in a channel, and short bursts (docs.slack.dev, rate limits). */
const EVERY: Millis = 1_000;
const BURST = 4;
/** Whoever would have to wait longer is told when to come back: what is owed stands in HEAD, and blocks nobody there. */
const PATIENCE: Millis = 1_500;
/** So many places are remembered. */
const MOST = 2_000;

/**
 * Knows until when Slack takes no message in a channel, or no call of a method, for all who call it in this process.
 */
export interface ChannelPace {
  /** Waits for a moment, until its turn. @throws NotifyFault that says when to try again, where that is later */
  turn(method: string, channel: string | undefined): Promise<void>;
  /** Slack has asked to wait so long. */
  close(method: string, channel: string | undefined, wait: Millis): void;
}

/** @param elapsed real time, in ms: Slack counts by no clock of ours. @param wait of which a test makes what it likes */
export function channelPace(
  elapsed: () => Millis,
  wait: (ms: Millis) => Promise<unknown> = (ms) => pause(ms),
): ChannelPace {
  const closed = new Map<string, Millis>();
  /** When each channel has its whole burst again. */
  const whole = new Map<string, Millis>();
  /** Up to when those who were told to come back have a time of their own: they do not all come at once. */
  const promised = new Map<string, Millis>();

  function comeBack(place: string, free: Millis, now: Millis): NotifyFault {
    const at = Math.max(free, (promised.get(place) ?? 0) + EVERY);
    keep(promised, place, at, now);
    return new NotifyFault('ratelimited', false, at - now);
  }

  return {
    async turn(method, channel) {
      const place = placeOf(method, channel);
      const now = elapsed();
      const opens = closed.get(place) ?? now;
      const until = POSTS.has(method) && channel !== undefined ? (whole.get(place) ?? now) : now;
      const free = Math.max(opens, until - (BURST - 1) * EVERY);
      if (free - now > PATIENCE) throw comeBack(place, free, now);
      if (POSTS.has(method)) keep(whole, place, Math.max(until, free) + EVERY, now);
      if (free > now) await wait(free - now);
    },

    close(method, channel, ms) {
      const now = elapsed();
      keep(closed, placeOf(method, channel), now + ms, now);
    },
  };
}

/** For a workspace that takes any number of messages: a double. */
export const ANY_PACE: ChannelPace = { turn: async () => undefined, close: () => undefined };

/** Methods that Slack limits by channel; all others it limits as a whole. */
const POSTS = new Set(['chat.postMessage', 'chat.postEphemeral']);

function placeOf(method: string, channel: string | undefined): string {
  return POSTS.has(method) && channel !== undefined ? `${method} ${channel}` : method;
}

/** Those that are past mean nothing any more. */
function keep(times: Map<string, Millis>, place: string, at: Millis, now: Millis): void {
  times.set(place, at);
  if (times.size > MOST) for (const [other, then] of times) if (then <= now) times.delete(other);
}
