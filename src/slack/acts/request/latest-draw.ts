import type { Instant, Millis } from '../../../domain/entitlement.js';
import { ttlCache } from '../../../kit/ttl-cache.js';

/** Modals that are drawn anew in this process, and for how long each is remembered. */
const MODALS = 1000;
const LASTS: Millis = 60 * 60_000;
/** The least difference between two instants of Slack's, in seconds. */
const A_MOMENT = 1e-6;

interface Modal {
  /** When the newest choice was made in it, by Slack's clock, in seconds. */
  newest: number;
  /** How many draws have begun. */
  begun: number;
  /** By the hash of a view: that of the one which we put in its place. */
  next: Map<string, string>;
  /** What is drawn one after another. */
  drawing: Promise<unknown>;
}

export interface Draw {
  /** Which of the draws of this modal in this process it is, from 1. */
  nth: number;
  /** Whether no newer choice has come since. */
  isLatest(): boolean;
  /**
   * Draws it in its turn, unless it is out of date by then.
   * @param update takes the hash of the view to be replaced. @returns the new view's; undefined where it was not drawn
   */
  put(update: (hash: string | undefined) => Promise<string | undefined>): Promise<void>;
}

/**
 * Of several choices in one modal the newest is drawn, however long each takes to work out. Between two processes only
 * the hash of the view decides: the first to come wins, so what is drawn says what it is about.
 */
export function latestDraws(now: () => Instant) {
  const modals = ttlCache<Modal>(MODALS, LASTS);

  /** @param choice when it was made (`action_ts`), and the hash of the view in which it was */
  return function begin(view: string, choice: { at: number | undefined; hash: string | undefined }): Draw {
    const modal =
      modals.get(view, now()) ??
      modals.put(view, { newest: 0, begun: 0, next: new Map(), drawing: Promise.resolve() }, now());
    // Without its time, a choice is as new as it comes.
    const at = choice.at ?? modal.newest + A_MOMENT;
    modal.newest = Math.max(modal.newest, at);
    const nth = ++modal.begun;
    const isLatest = () => at >= modal.newest;

    async function drawn(update: Parameters<Draw['put']>[0]): Promise<void> {
      if (!isLatest()) return;
      const hash = newestOf(modal, choice.hash);
      const after = await update(hash);
      if (hash !== undefined && after !== undefined && after !== hash) modal.next.set(hash, after);
    }
    return {
      nth,
      isLatest,
      put(update) {
        const mine = modal.drawing.then(() => drawn(update));
        modal.drawing = mine.catch(() => undefined);
        return mine;
      },
    };
  };
}

/** The hash of the view that stands now in the place of the one with this hash, as far as this process knows. */
function newestOf({ next }: Modal, hash: string | undefined): string | undefined {
  let newest = hash;
  for (let step = 0; newest !== undefined && step < next.size; step++) newest = next.get(newest) ?? newest;
  return newest;
}
