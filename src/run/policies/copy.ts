import type { Instant, Millis } from '../../domain/entitlement.js';
import { pack, unpack } from '../../policy/live/packed.js';
import type { PolicyFiles, PolicySource } from '../../policy/live/source.js';
import type { Notes } from '../../ports/record.js';
import { readLong, saveLong } from './long-note.js';

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
