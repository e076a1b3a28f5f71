/** What has been begun and is not done: a process that is told to stop waits for it. */
export function workInHand() {
  const inHand = new Set<Promise<unknown>>();
  return {
    track<T>(work: Promise<T>): Promise<T> {
      inHand.add(work);
      void work.catch(() => undefined).finally(() => inHand.delete(work));
      return work;
    },
    done: async () => void (await Promise.allSettled(inHand)),
  };
}
