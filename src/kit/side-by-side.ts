/** More at once only makes IAM refuse, and what is refused backs off further each time. */
export const AT_ONCE = 8;

/**
 * Works through items, several at a time, each begun in its turn. After the first failure nothing more is begun.
 * @param mayBegin asked before each
 * @returns the items that were not begun any more
 */
export async function sideBySide<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  mayBegin: () => boolean = () => true,
  atOnce = AT_ONCE,
): Promise<T[]> {
  const waiting = [...items];
  const worker = async () => {
    try {
      while (waiting.length > 0 && mayBegin()) await work(waiting.shift() as T);
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return waiting;
}

/** Asks about many things, a few at a time. @returns the answers, in the order of the questions */
export async function allOf<A, B>(
  all: readonly A[],
  ask: (one: A) => Promise<B>,
  atOnce = AT_ONCE,
): Promise<B[]> {
  const answers: B[] = [];
  const answer = async ([n, one]: [number, A]) => void (answers[n] = await ask(one));
  await sideBySide(all.entries(), answer, undefined, atOnce);
  return answers;
}
