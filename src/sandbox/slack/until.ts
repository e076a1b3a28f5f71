import type { Millis } from '../../domain/entitlement.js';

/** Looks now and after each change, until there is something. */
export async function until<T>(
  listeners: Set<() => void>,
  look: () => T | undefined | false,
  within: Millis = 2_000,
): Promise<T> {
  const stop = new AbortController();
  try {
    return await new Promise<T>((resolve, reject) => {
      const check = (): void => {
        const found = look();
        if (found !== undefined && found !== false) resolve(found);
      };
      listeners.add(check);
      const timer = setTimeout(() => reject(new Error(`nothing came within ${within} ms`)), within);
      stop.signal.addEventListener('abort', () => {
        listeners.delete(check);
        clearTimeout(timer);
      });
      check();
    });
  } finally {
    stop.abort();
  }
}
