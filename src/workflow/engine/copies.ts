import { canonical } from '../../domain/entitlement.js';
import { isObject } from '../../domain/is-object.js';
import { pastExtensions } from '../../domain/request/extension.js';
import type { Head } from '../../domain/request/head.js';
import type { Copy } from '../../ports/messages.js';
import type { EngineStore } from '../../ports/record.js';

// The copies of a request's cards stand in a note and not in HEAD, which must stay small.

const noteOf = (id: string): string => `copies-${id}`;

/**
 * The copies of a request's cards, those that have lost their buttons too. Throws when the table is unusable.
 * @param retry they may have been written down before HEAD was
 */
export async function copiesOf(
  store: EngineStore,
  { id, posts, state }: Head,
  retry: boolean,
): Promise<Copy[]> {
  const isAsked = state.chain.length > 0 || 'extension' in state || pastExtensions(state).length > 0;
  if (!isAsked || (!retry && Object.keys(posts).length === 0)) return [];
  const note = await store.note(noteOf(id));
  const copies: unknown = note?.['copies'];
  return Array.isArray(copies) ? copies.filter(isCopy) : [];
}

/** Writes them down, where they have changed. */
export async function saveCopies(
  store: EngineStore,
  { id }: Head,
  before: Copy[],
  now: Copy[],
): Promise<void> {
  if (canonical(before) === canonical(now)) return;
  await store.saveNote(noteOf(id), now.length === 0 ? {} : { copies: now.map((copy) => ({ ...copy })) });
}

function isCopy(value: unknown): value is Copy {
  if (!isObject(value)) return false;
  return ['stage', 'to', 'place', 'ref', 'shown'].every((name) => typeof value[name] === 'string');
}
