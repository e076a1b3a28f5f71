/**
 * Runs calls for the same key one after another, those for different keys side by side. It only saves lost races
 * within one process; what keeps processes apart is the version of HEAD.
 */
export function serially(): <T>(key: string, call: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, call) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(call, call);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
