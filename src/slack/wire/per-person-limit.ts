/**
 * Lets each key have so many things at work at once, so that one person's flood leaves the process to the others.
 * In memory, for this process alone; nothing is kept of a key that has nothing at work.
 * @returns undefined, without having begun, when there are too many
 */
export function turns(most: number): <T>(key: string, work: () => Promise<T>) => Promise<T> | undefined {
  const atWork = new Map<string, number>();

  async function run<T>(key: string, work: () => Promise<T>): Promise<T> {
    atWork.set(key, (atWork.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (atWork.get(key) ?? 1) - 1;
      if (left > 0) atWork.set(key, left);
      else atWork.delete(key);
    }
  }

  return (key, work) => ((atWork.get(key) ?? 0) < most ? run(key, work) : undefined);
}
