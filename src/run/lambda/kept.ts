/**
 * What is made once for a container and kept: made anew when its key is another, and when the making has failed.
 * @param make from a key; keys are compared by identity
 */
export function kept<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  let last: { key: K; made: Promise<T> } | undefined;
  return (key) => {
    if (last && last.key === key) return last.made;
    const mine = { key, made: make(key) };
    last = mine;
    mine.made.catch(() => {
      if (last === mine) last = undefined;
    });
    return mine.made;
  };
}
