/** More at once only makes IAM refuse. */
const AT_ONCE = 8;

/**
 * Works through items, several at a time, each begun in its turn.
 * @param work must not throw
 * @param mayBegin asked before each
 * @returns the items that were not begun any more
 */
export async function sideBySide<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  mayBegin: () => boolean = () => true,
): Promise<T[]> {
  const waiting = [...items];
  const worker = async () => {
    while (waiting.length > 0 && mayBegin()) await work(waiting.shift() as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return waiting;
}
