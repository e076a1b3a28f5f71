/** Something to be done again and again. */
export interface Throttled {
  /** Does it soon: at once where it may be, and once more after the run that is under way. */
  want(): void;
  stop(): void;
}

/**
 * However often it is wanted: never two runs at once, and each begins `gap` ms or more after the one before began.
 * @param run may fail; who cares about that sees to it within
 */
export function throttled(run: () => Promise<unknown>, gap: number): Throttled {
  let wanted = false;
  let running = false;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function next(): void {
    if (!wanted || running || resting !== undefined || stopped) return;
    wanted = false;
    running = true;
    resting = setTimeout(() => {
      resting = undefined;
      next();
    }, gap);
    void run()
      .catch(() => undefined)
      .finally(() => {
        running = false;
        next();
      });
  }

  return {
    want() {
      wanted = true;
      next();
    },
    stop() {
      stopped = true;
      clearTimeout(resting);
    },
  };
}
