/** Callers of the same moment share one run, which begins after all of them have called. Nobody waits for an earlier run. */
export function sameMoment<T>(run: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined;

  function begin(): Promise<T> {
    next = undefined;
    return run();
  }
  return () => (next ??= Promise.resolve().then(begin));
}
