import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../kit/error-code.js';
import type { Problem } from '../../ports/policy.js';

export const SCHEMA = 'schema.cedarschema';
export const CATALOG = 'catalog.yml';
export const DIRECTORY = 'directory.yml';
const REQUIRED = [SCHEMA, CATALOG, DIRECTORY];
export const LARGEST = 4 * 1024 * 1024;

export interface Folder {
  /** File name → text, sorted by name. */
  texts: Map<string, string>;
  problems: Problem[];
}

/** Reads what decides: the schema, every `*.cedar`, the catalog, the directory. Never throws. */
export async function readFolder(dir: string): Promise<Folder> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    const message = `the policy folder cannot be read (${codeOf(error)}); check the path and its permissions`;
    return { texts: new Map(), problems: [{ file: dir, message }] };
  }
  return readTexts(dir, names.filter(decides), absent(names));
}

/** Reads a folder's policy tests, `cases/*.yml`, each by its path in the folder. Never throws. Without cases: none. */
export async function readCases(dir: string): Promise<Folder> {
  let names: string[];
  try {
    names = (await readdir(join(dir, 'cases'))).map((name) => `cases/${name}`);
  } catch (error) {
    const message = `cannot be read (${codeOf(error)})`;
    return { texts: new Map(), problems: codeOf(error) === 'ENOENT' ? [] : [{ file: 'cases', message }] };
  }
  return readTexts(dir, names.filter(isCase), []);
}

async function readTexts(dir: string, files: string[], problems: Problem[]): Promise<Folder> {
  const texts = new Map<string, string>();
  for (const file of files.sort()) {
    const text = await readText(join(dir, file));
    if ('problem' in text) problems.push({ file, message: text.problem });
    else texts.set(file, text.text);
  }
  return { texts, problems };
}

/**
 * What editors and systems put beside a file while it is open, or instead of it: `.#x` and `#x#` (Emacs), `.x.swp`
 * (vi), `x~`, `._x` (macOS). None of it is what its author has saved.
 */
const isAside = (name: string): boolean => /^[.#]|~$/.test(name);

/** Whether a file of this name, with its path in the folder, is among those that decide. */
export const decides = (file: string): boolean =>
  (/^[^/]*\.cedar$/.test(file) && !isAside(file)) || REQUIRED.includes(file);
/** Whether it holds policy tests. */
export const isCase = (file: string): boolean =>
  /^cases\/[^/]*\.ya?ml$/.test(file) && !isAside(file.slice('cases/'.length));

/** Of files that come from elsewhere: those that must be there and are not. */
export function absent(names: string[]): Problem[] {
  const lacking = REQUIRED.filter((file) => !names.includes(file));
  return lacking.map((file) => ({ file, message: missing(file, names) }));
}

/** A UTF-8 file of reasonable size, or a sentence that says why not. */
export async function readText(path: string): Promise<{ text: string } | { problem: string }> {
  try {
    const found = await stat(path);
    // To read from a pipe or a device may never end.
    if (!found.isFile() && !found.isDirectory())
      return { problem: 'is not a plain file; put the file itself there' };
    const { size } = found;
    if (size > LARGEST) return { problem: `is ${size} bytes; at most ${LARGEST} are read` };
    const bytes = await readFile(path);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return { problem: 'is not UTF-8 text; save it in that encoding' };
    }
    return { problem: `cannot be read (${codeOf(error)}); check that it is a file, and its permissions` };
  }
}

function missing(file: string, names: string[]): string {
  const other = names.find((name) => name.replace('.yaml', '.yml').toLowerCase() === file);
  return other
    ? `is missing; rename ${other} to ${file}`
    : `is missing; copy it from the default policy folder and adapt it`;
}
