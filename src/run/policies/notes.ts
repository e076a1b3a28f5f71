import type { Held } from '../../policy/live/examine-source.js';
import type { Counting } from '../../policy/live/live.js';
import type { Notes } from '../../ports/record.js';
import type { LogAndClock } from '../outside.js';
import { readLong, saveLong } from './long-note.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { pack, unpack } from '../../policy/live/packed.js';
import type { PolicyFiles, PolicySource } from '../../policy/live/source.js';

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
export function copyKeeper(notes: Notes, source: string, now: () => Instant) {
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
