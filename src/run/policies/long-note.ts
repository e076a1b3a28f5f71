import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256, type JsonObject } from '../../domain/entitlement.js';
import { isObject } from '../../domain/is-object.js';
import type { Notes } from '../../ports/record.js';

/** Characters of one part; DynamoDB takes 400 KB an item. */
const PART = 300_000;
/** In bytes, unpacked: more than anything is that we keep. */
const LARGEST = 40 * 1024 * 1024;

/** Two places, so that a text that is being written never lies over the one that is named. */
const partName = (name: string, place: number, n: number) => `${name}-${place}-${n}`;

/** What may be too long for one note, compressed and in parts, which the note of that name lists. */
export interface LongNote {
  text: string;
  about: JsonObject;
}

/** @returns undefined: there is none, or it is not whole */
export async function readLong(notes: Notes, name: string): Promise<LongNote | undefined> {
  const head = await notes.note(name);
  const { about, sha256: hash, place, parts } = head ?? {};
  if (typeof place !== 'number' || typeof parts !== 'number' || !isObject(about)) return undefined;
  const numbers = Array.from({ length: parts }, (_, n) => n);
  const found = await Promise.all(numbers.map((n) => notes.note(partName(name, place, n))));
  const text = unpacked(
    found.map((part) => (typeof part?.['text'] === 'string' ? part['text'] : '')).join(''),
  );
  return text !== undefined && sha256(text) === hash ? { text, about } : undefined;
}

/** Of a text that is there already, only what is said about it is written. Does nothing where notes are only read. */
export async function saveLong(notes: Notes, name: string, { text, about }: LongNote): Promise<void> {
  if (!notes.saveNote) return;
  const head = await notes.note(name);
  const there = await readLong(notes, name);
  if (there?.text === text) return notes.saveNote(name, { ...head, about });
  const packed = gzipSync(text).toString('base64');
  const place = head?.['place'] === 0 ? 1 : 0;
  const parts = Math.ceil(packed.length / PART);
  for (let n = 0; n < parts; n++)
    await notes.saveNote(partName(name, place, n), { text: packed.slice(n * PART, (n + 1) * PART) });
  await notes.saveNote(name, { about, sha256: sha256(text), place, parts });
}

function unpacked(base64: string): string | undefined {
  try {
    return gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: LARGEST }).toString();
  } catch {
    return undefined;
  }
}
