import type { Held } from '../../policy/live/examine-source.js';
import type { Counting } from '../../policy/live/live.js';
import type { Notes } from '../../ports/record.js';
import type { LogAndClock } from '../outside.js';
import { copyKeeper } from './copy.js';
import { readLong, saveLong } from './long-note.js';

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
