/**
 * Callers share runs, each of which begins after all who share it have called: what they get is no older than their call.
 * At most one run is under way, and at most one more waits.
 */
export function freshRun<T>(run: () => Promise<T>): () => Promise<T> {
  let under: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;

  function begin(): Promise<T> {
    next = undefined;
    return run();
  }
  return () => {
    if (next) return next;
    next = under.then(begin);
    under = next.catch(() => undefined);
    return next;
  };
}
