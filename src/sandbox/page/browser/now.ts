import { useEffect, useState } from 'preact/hooks';
import type { Live } from './live.js';

/** In ms of the wall clock. */
const TICK = { 1: 250, 60: 100 } as const;

/** The sandbox's time as it goes on between two snapshots. */
export function useNow({ snapshot, receivedAt, lost }: Live): number {
  const [, tick] = useState(0);
  const clock = snapshot?.clock;
  useEffect(() => {
    if (!clock || lost) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), TICK[clock.rate]);
    return () => clearInterval(timer);
  }, [clock?.rate, lost]);
  return clock ? clock.now + (lost ? 0 : (performance.now() - receivedAt) * clock.rate) : 0;
}
