import { useEffect, useState } from 'preact/hooks';
import type { PageSnapshot, TriedCall } from '../../../model/model.js';
import { remembered, stepNow, tourRequest, type TourProgress } from './tour-steps.js';

const KEY = 'jit-tour';

export interface TourState {
  open: boolean;
  step: number;
  since: number;
  restart(): void;
  close(): void;
  next(): void;
  /** The AWS panel had an answer. */
  tried(tried: TriedCall): void;
}

/** How far the newcomer is; kept in the browser, where it may be. */
export function useTour(snapshot: PageSnapshot): TourState {
  const { now } = snapshot.clock;
  const [progress, setProgress] = useState<TourProgress | 'done'>(
    () => remembered(read(), now) ?? { step: 0, since: now },
  );
  const step = progress === 'done' ? 0 : stepNow(progress, snapshot);
  useEffect(() => {
    if (progress !== 'done' && step !== progress.step) setProgress({ ...progress, step });
  }, [progress, step]);
  useEffect(() => {
    keep(progress === 'done' ? progress : JSON.stringify({ step: progress.step, since: progress.since }));
  }, [progress]);

  return {
    open: progress !== 'done',
    step,
    since: progress === 'done' ? now : progress.since,
    restart: () => setProgress({ step: 0, since: now }),
    close: () => setProgress('done'),
    next: () => setProgress((before) => (before === 'done' ? before : { ...before, step: step + 1 })),
    tried({ allowed, at }) {
      setProgress((before) => {
        if (before === 'done') return before;
        const end = tourRequest(snapshot, before.since)?.endsAt;
        if (end === undefined) return before;
        if (allowed) return before.allowed ? before : { ...before, allowed: true };
        return before.denied || at < end ? before : { ...before, denied: true };
      });
    },
  };
}

// A browser that keeps nothing for this page throws: then the tour begins anew each time.
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
function keep(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // As above.
  }
}
