import { setTimeout as pause } from 'node:timers/promises';
import type { Millis } from '../domain/entitlement.js';

/** Thrown when the time for a piece of work is over; a call that has begun may still land. */
export class OutOfTime extends Error {
  constructor(limit: Millis, what = 'not done') {
    super(`${what} within ${limit} ms`);
    this.name = 'OutOfTime';
  }
}

/**
 * Runs `work`, and rejects at the limit even if the work goes on: an SDK asleep between two tries looks at no signal.
 * The signal breaks off the call under way, and keeps further ones from beginning.
 * @param what begins the sentence of the error
 */
export async function within<T>(
  limit: Millis,
  work: (signal: AbortSignal) => Promise<T>,
  what?: string,
): Promise<T> {
  const controller = new AbortController();
  const over = new OutOfTime(limit, what);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(over);
      controller.abort(over);
    }, limit);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same where being late is no fault. @returns undefined at the limit */
export async function ifWithin<T>(limit: Millis, work: Promise<T>): Promise<T | undefined> {
  return within(limit, () => work).catch((error: unknown) => {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  });
}

/** IAM may answer a read from before one's own write: asks again for about a second until `settled`. */
export async function eventually<T>(
  read: () => Promise<T>,
  settled: (value: T) => boolean,
  signal: AbortSignal,
): Promise<T> {
  let value = await read();
  for (const delay of [150, 300, 600]) {
    if (settled(value)) return value;
    await pause(delay, undefined, { signal });
    value = await read();
  }
  return value;
}
