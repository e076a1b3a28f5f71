import type { EngineStore, RequestStore } from '../../ports/record.js';

/** Where it is written down which version of the policies was the last good one; only the engine may write. */
export type Notes = Pick<RequestStore, 'note'> & Partial<Pick<EngineStore, 'saveNote'>>;

const NAME = 'policies';

/** @returns undefined: of this source none is known */
export async function lastGoodVersion(notes: Notes, source: string): Promise<string | undefined> {
  const note = await notes.note(NAME);
  return note?.['source'] === source && typeof note['version'] === 'string' ? note['version'] : undefined;
}

export async function saveLastGood(notes: Notes, good: { source: string; version: string }): Promise<void> {
  await notes.saveNote?.(NAME, good);
}
