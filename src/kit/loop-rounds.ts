/**
 * Keeps work that is large in all from filling the event loop, through which people's requests come in.
 * @param later calls back in the next round of the loop
 * @returns what work waits for between its steps: it goes on in another round, after what came in meanwhile, and in each
 * round only one goes on, however many wait; first come, first served
 */
export function oneEachRound(later: (run: () => void) => unknown = setImmediate): () => Promise<void> {
  const waiting: (() => void)[] = [];

  function round(): void {
    waiting.shift()?.();
    if (waiting.length > 0) later(round);
  }

  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) later(round);
    });
}
