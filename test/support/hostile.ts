import type { Head } from '../../src/domain/request/head.js';
import type { EngineStore } from '../../src/ports/record.js';

/** What whoever owns the front can write at any time: HEAD as they like it, behind a version and a tail that fit. */
export async function rewriteHead(
  store: EngineStore,
  id: string,
  change: (head: Head) => Partial<Head>,
): Promise<void> {
  const head = (await store.head(id))!;
  const forged = { ...head, ...change(head), version: head.version + 1 };
  expect(await store.write({ head: forged, records: [] })).toBe('written');
}
