import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../ports.js';

export const SCHEMA = 'schema.cedarschema';
export const CATALOG = 'catalog.yml';
export const DIRECTORY = 'directory.yml';
const LARGEST = 4 * 1024 * 1024;

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
  const required = [SCHEMA, CATALOG, DIRECTORY];
  const problems = required
    .filter((file) => !names.includes(file))
    .map((file) => ({ file, message: missing(file, names) }));
  const wanted = names.filter((name) => required.includes(name) || name.endsWith('.cedar'));
  const texts = new Map<string, string>();
  for (const file of wanted.sort()) {
    const text = await readText(join(dir, file));
    if ('problem' in text) problems.push({ file, message: text.problem });
    else texts.set(file, text.text);
  }
  return { texts, problems };
}

/** A UTF-8 file of reasonable size, or a sentence that says why not. */
export async function readText(path: string): Promise<{ text: string } | { problem: string }> {
  try {
    const { size } = await stat(path);
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

export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}
