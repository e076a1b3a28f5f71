import { setImmediate as letOthers } from 'node:timers/promises';
import type { Instant, Millis } from '../../../domain/entitlement.js';

/** At one stretch, before others have their turn: votes, revocations and acknowledgements wait meanwhile. */
const STRETCH: Millis = 10;

/**
 * For work that is a long row of small steps.
 * @returns to be called before each of them: something to wait for when others are due, else undefined
 */
export function cooperativePause(now: () => Instant): () => Promise<void> | undefined {
  let since = now();
  return () => {
    if (Math.abs(now() - since) < STRETCH) return undefined;
    return letOthers().then(() => void (since = now()));
  };
}
