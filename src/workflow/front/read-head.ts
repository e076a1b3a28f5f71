import type { Head } from '../../domain/request/head.js';
import { RecordFault, type RequestStore } from '../../ports/record.js';

/** HEAD, or a placeholder for one that cannot be read. */
export async function readHead<T = undefined>(
  store: RequestStore,
  id: string,
  spoilt?: T,
): Promise<Head | undefined | T> {
  try {
    return await store.head(id);
  } catch (error) {
    if (error instanceof RecordFault) return spoilt;
    throw error;
  }
}
