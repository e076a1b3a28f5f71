import * as z from 'zod';
import type { Problem } from '../ports.js';
import { absent, decides, isCase, LARGEST } from './read/folder.js';
import type { PolicyFiles } from './source.js';

const shape = z.strictObject({ files: z.record(z.string(), z.string()) });

/** A policy folder in one file, so that all of it changes at once: `{"files": {"catalog.yml": "…", "cases/a.yml": "…"}}`. */
export function pack({ rules, cases }: PolicyFiles): string {
  const files = Object.fromEntries([...rules.texts, ...cases.texts]);
  return `${JSON.stringify({ files }, null, 2)}\n`;
}

/**
 * What `pack` has made, as the folder would be read. Never throws: what is wrong with it stands in the problems.
 * @param name what a problem of the whole is put down to
 */
export function unpack(name: string, bytes: Uint8Array): PolicyFiles {
  const nothing = { texts: new Map<string, string>(), problems: [] };
  let read: z.ZodSafeParseResult<z.infer<typeof shape>>;
  try {
    read = shape.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    read = shape.safeParse(undefined);
  }
  if (!read.success) {
    const message = 'is not a packed policy folder; make it with "npx jit policy pack"';
    return { rules: { ...nothing, problems: [{ file: name, message }] }, cases: nothing };
  }
  const files = Object.entries(read.data.files).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = files.map(([file]) => file);
  const problems = [...absent(names), ...files.flatMap(([file, text]) => faults(file, text))];
  const only = (wanted: (file: string) => boolean) => new Map(files.filter(([file]) => wanted(file)));
  return { rules: { texts: only(decides), problems }, cases: { texts: only(isCase), problems: [] } };
}

function faults(file: string, text: string): Problem[] {
  // A newer program may read more than this one: what it does not read, it must not pass over.
  if (!decides(file) && !isCase(file))
    return [{ file, message: 'is no file of a policy folder; leave it out of the packed one' }];
  const size = Buffer.byteLength(text);
  if (size > LARGEST) return [{ file, message: `is ${size} bytes; at most ${LARGEST} are read` }];
  // JSON can write half a character, on which Cedar throws.
  if (/\p{Surrogate}/u.test(text)) return [{ file, message: 'is not text: it has half a character in it' }];
  return [];
}
