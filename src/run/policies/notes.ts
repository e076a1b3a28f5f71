import type { Held } from '../../policy/live/examine-source.js';
import type { Counting } from '../../policy/live/live.js';
import type { Notes } from '../../ports/record.js';
import type { LogAndClock } from '../outside.js';
import { sha256, type Instant, type Millis, type JsonObject } from '../../domain/entitlement.js';
import { pack, unpack } from '../../policy/live/packed.js';
import type { PolicyFiles, PolicySource } from '../../policy/live/source.js';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isObject } from '../../domain/is-object.js';

const LAST_GOOD = 'policies';
const HELD = 'policies-held';

/** @returns undefined: of this source none is known */
export async function lastGoodVersion(notes: Notes, source: string): Promise<string | undefined> {
  const note = await notes.note(LAST_GOOD);
  return note?.['source'] === source && typeof note['version'] === 'string' ? note['version'] : undefined;
}

/** What counted last, by the engine's note; undefined: it is not known. */
export async function heldBefore(notes: Notes): Promise<Held | undefined> {
  const { text } = (await readLong(notes, HELD)) ?? {};
  const { forbids, files } = (text === undefined ? {} : JSON.parse(text)) as Partial<Held>;
  return isList(forbids) && isList(files) ? { forbids, files } : undefined;
}

function isList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/**
 * What the engine writes down of policies that count: for a process that begins while the next ones are half written,
 * broken or out of reach. No person waits for it; a failure is logged, and the next look writes again.
 * @param source.inObject whether they are kept in S3, of which the table then has a copy
 */
export function noteWriter(
  notes: Notes,
  { name, inObject }: { name: string; inObject: boolean },
  { now, log }: LogAndClock,
): (counting: Counting) => void {
  if (!notes.saveNote) return () => undefined;
  const copy = copyKeeper(notes, name, now);
  let good: string | undefined;
  let held: Held | undefined;
  let writing = Promise.resolve();

  async function write(counting: Counting): Promise<void> {
    const { version, files } = counting;
    if (inObject && version !== good) await notes.saveNote?.(LAST_GOOD, { source: name, version });
    good = version;
    if (counting.held !== held)
      await saveLong(notes, HELD, { text: JSON.stringify(counting.held), about: {} });
    held = counting.held;
    if (inObject) await copy({ version, ...(files && { files }) });
  }

  return (counting) => {
    writing = writing
      .then(() => write(counting))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'which policies were good could not be written down');
      });
  };
}

/** So long after the engine has last seen it live, a copy counts as what is live. */
const COUNTS: Millis = 24 * 60 * 60_000;
/** How old what is written down about that may be. */
const RENEW: Millis = 60 * 60_000;

const COPY = 'policies-copy';

/** The engine's copy of what was last live, in the table: for a process that begins while S3 is silent. */
export function copySource(notes: Notes, name: string): PolicySource {
  return {
    name: `the copy of ${name} in the table`,
    every: 0,
    async read() {
      const { text = '', about = {} } = (await readLong(notes, COPY)) ?? {};
      const { source, version, at } = about;
      if (source !== name || typeof version !== 'string' || typeof at !== 'number')
        throw new Error('there is no copy that can be read');
      return { version, files: unpack(name, Buffer.from(text)), until: at + COUNTS };
    },
    watch: () => () => undefined,
  };
}

/**
 * Keeps the copy of one source up to date.
 * @returns what is to be called with what is live, again and again, one call after the other
 */
function copyKeeper(notes: Notes, source: string, now: () => Instant) {
  let latest: { version: string; text: string } | undefined;
  let saved: { version: string; at: Instant } | undefined;
  return async ({ version, files }: { version: string; files?: PolicyFiles }): Promise<void> => {
    if (files) latest = { version, text: pack(files) };
    const fresh = saved?.version === version && Math.abs(now() - saved.at) < RENEW;
    if (fresh || latest?.version !== version) return;
    const at = now();
    await saveLong(notes, COPY, { text: latest.text, about: { source, version, at } });
    saved = { version, at };
  };
}

/** Characters of one part; DynamoDB takes 400 KB an item. */
const PART = 300_000;
/** In bytes, unpacked: more than anything is that we keep. */
const LARGEST = 40 * 1024 * 1024;

/** Two places, so that a text that is being written never lies over the one that is named. */
const partName = (name: string, place: number, n: number) => `${name}-${place}-${n}`;

/** What may be too long for one note, compressed and in parts, which the note of that name lists. */
interface LongNote {
  text: string;
  about: JsonObject;
}

/** @returns undefined: there is none, or it is not whole */
async function readLong(notes: Notes, name: string): Promise<LongNote | undefined> {
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
async function saveLong(notes: Notes, name: string, { text, about }: LongNote): Promise<void> {
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
