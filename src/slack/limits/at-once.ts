/**
 * Lets each key have at most `most` pieces of work at once. In memory, for this process alone; an idle key takes no memory.
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
