import * as z from 'zod';
import type { Problem } from '../../ports/policy.js';
import { absent, LARGEST, shown } from '../read/folder.js';
import { roleOf } from '../read/tree/layout.js';
import type { PolicyFiles } from './source.js';

const shape = z.strictObject({ files: z.record(z.string(), z.string()) });

/** A policy folder in one file, so that all of it changes at once: `{"files": {"catalog.yml": "…", "payments/cases/a.yml": "…"}}`. */
export function pack({ rules, cases }: PolicyFiles): string {
  const files = Object.fromEntries([...rules.texts, ...cases.texts]);
  return `${JSON.stringify({ files }, null, 2)}\n`;
}

/**
 * What `pack` has made, as the folder would be read. Never throws: its faults are listed as problems.
 * @param name what a problem of the whole is put down to
 */
export function unpack(name: string, bytes: Uint8Array): PolicyFiles {
  const nothing = { texts: new Map<string, string>(), problems: [] };
  const refused = (...problems: Problem[]) => ({ rules: { ...nothing, problems }, cases: nothing });
  let text = '';
  let read: z.ZodSafeParseResult<z.infer<typeof shape>>;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    read = shape.safeParse(JSON.parse(text));
  } catch {
    read = shape.safeParse(undefined);
  }
  if (!read.success)
    return refused({ file: name, message: 'is not a packed policy folder; make it with "jit policy pack"' });
  const twice = twiceIn(text);
  if (twice.length > 0)
    return refused(
      ...twice.map((key) => ({
        file: name,
        message: `has the key ${JSON.stringify(key)} twice, and who reads it may take either; make it with "jit policy pack"`,
      })),
    );
  const files = Object.entries(read.data.files).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = files.map(([file]) => file);
  const problems = [...absent(names), ...files.flatMap(([file, text]) => faults(file, text))];
  const only = (is: 'rule' | 'case') => new Map(files.filter(([file]) => roleOf(file).is === is));
  return { rules: { texts: only('rule'), problems }, cases: { texts: only('case'), problems: [] } };
}

function faults(file: string, text: string): Problem[] {
  // A newer program may read more than this one: what it does not read, it must not pass over.
  const role = roleOf(file);
  if (role.is === 'misplaced') return [{ file: shown(file), message: role.message }];
  if (role.is !== 'rule' && role.is !== 'case')
    return [{ file, message: 'is not a file of a policy folder; leave it out of the packed one' }];
  const size = Buffer.byteLength(text);
  if (size > LARGEST) return [{ file, message: `is ${size} bytes; at most ${LARGEST} are read` }];
  // JSON can write half a character, on which Cedar throws.
  if (/\p{Surrogate}/u.test(text)) return [{ file, message: 'is not text: it has half a character in it' }];
  return [];
}

/**
 * The keys that stand more than once in one object of a JSON text. `JSON.parse` takes the last of two and says nothing;
 * what a reviewer, or another program, has read may have been the first.
 * @param json known to be JSON
 */
function twiceIn(json: string): string[] {
  const twice = new Set<string>();
  const open: Set<string>[] = [];
  /** Where the string that stood last begins and ends, and whether the scan is in it. */
  let [begin, end, inside] = [0, 0, false];
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (inside) {
      if (sign === '\\') at++;
      else if (sign === '"') [end, inside] = [at + 1, false];
    } else if (sign === '"') [begin, inside] = [at, true];
    else if (sign === '{') open.push(new Set());
    else if (sign === '}') open.pop();
    else if (sign === ':') {
      // Outside of strings a colon stands behind a key only.
      const key = String(JSON.parse(json.slice(begin, end)));
      const keys = open.at(-1);
      if (keys?.has(key)) twice.add(key);
      keys?.add(key);
    }
  }
  return [...twice];
}
