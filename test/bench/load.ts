import { setTimeout as pause } from 'node:timers/promises';

/** Begins a job at each beat, whether or not those before have been answered, as people do. */
export async function paced<T>(perSecond: number, jobs: (() => Promise<T>)[]): Promise<T[]> {
  const begun = performance.now();
  return Promise.all(
    jobs.map(async (job, i) => {
      await pause(begun + (i * 1000) / perSecond - performance.now());
      return job();
    }),
  );
}

/** Does everything, so many at a time. */
export async function sideBySide<T>(
  atOnce: number,
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of waiting) await act(item);
    }),
  );
}

/** Looks every quarter of a second. Throws when it does not come true. */
export async function until(what: string, within: number, look: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await look())) {
    if (performance.now() - begun > within) throw new Error(`${what}: not within ${within / 1000} s`);
    await pause(250);
  }
}
