import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../kit/error-code.js';
import type { Problem } from '../../ports/policy.js';
import { CATALOG, REQUIRED, roleOf, subFolderOf, type FileRole } from './tree/layout.js';
import { walk } from './tree/walk.js';

export const LARGEST = 4 * 1024 * 1024;

export interface Folder {
  /** Path in the folder → text, sorted by path. */
  texts: Map<string, string>;
  problems: Problem[];
  /** What lies beside what is read. */
  warnings?: Problem[];
}

/** What a policy folder is made of, before any of it is read. */
export interface PolicyLayout {
  /** Sorted paths in the folder, as all that follow. */
  rules: string[];
  cases: string[];
  /** What looks as if it decided something, and is not read. */
  misplaced: string[];
  /** Folders whose files are read; the folder itself is the first. */
  folders: string[];
  problems: Problem[];
  warnings: Problem[];
}

/** Never throws. */
export async function layoutOf(dir: string): Promise<PolicyLayout> {
  const { files, folders, problems } = await walk(dir);
  const roles = files.map((file): [string, FileRole] => [file, roleOf(file)]);
  const of = (is: FileRole['is']) => roles.flatMap(([file, role]) => (role.is === is ? [file] : []));
  const lacking = folders.length > 0 ? absent(files) : [];
  // One mistake is one message: that a file is missing says how to rename another.
  const renamed = lacking.map(({ file }) => misnamed(file, files));
  const wrong = roles.flatMap(([file, role]) =>
    role.is === 'misplaced' && !renamed.includes(file) ? [{ file: shown(file), message: role.message }] : [],
  );
  return {
    rules: of('rule'),
    cases: of('case'),
    misplaced: of('misplaced'),
    folders,
    problems: [...problems, ...lacking, ...wrong],
    warnings: strays(of('stray')),
  };
}

/** Reads what decides: the schema, every `*.cedar`, the catalogs, the directory. Never throws. */
export async function readFolder(dir: string): Promise<Folder> {
  return readRules(dir, await layoutOf(dir));
}

/** Reads a folder's policy tests, each by its path in the folder. Never throws. Without cases: none. */
export async function readCases(dir: string): Promise<Folder> {
  return readTexts(dir, (await layoutOf(dir)).cases);
}

export async function readRules(dir: string, { rules, problems, warnings }: PolicyLayout): Promise<Folder> {
  const read = await readTexts(dir, rules);
  return {
    ...read,
    problems: [...problems, ...read.problems],
    ...(warnings.length > 0 && { warnings }),
  };
}

export async function readTexts(dir: string, files: readonly string[]): Promise<Folder> {
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  for (const file of files) {
    const text = await readText(join(dir, file));
    if ('problem' in text) problems.push({ file, message: text.problem });
    else texts.set(file, text.text);
  }
  return { texts, problems };
}

/** Of a folder's files, those that must be there and are not: of a sub-folder its catalog, if it has policies. */
export function absent(files: readonly string[]): Problem[] {
  const rules = files.filter((file) => file.endsWith('.cedar') && roleOf(file).is === 'rule');
  const folders = new Set(rules.map(subFolderOf).filter((folder) => folder !== ''));
  const wanted = [...REQUIRED, ...[...folders].map((folder) => join(folder, CATALOG))];
  const there = new Set(files);
  return wanted
    .filter((file) => !there.has(file))
    .map((file) => {
      const other = misnamed(file, files);
      const remedy = file.includes('/')
        ? 'write it, or move the policies beside it to the top folder: they may reach only what it has'
        : 'copy it from the default policy folder and adapt it';
      const rename = other !== undefined && `rename ${shown(other)} to ${file}`;
      return { file: shown(file), message: `is missing; ${rename || remedy}` };
    });
}

const misnamed = (file: string, files: readonly string[]): string | undefined =>
  files.find(
    (other) =>
      dirname(other) === dirname(file) &&
      basename(other).toLowerCase().replace('.yaml', '.yml') === basename(file),
  );

/** One for each folder: of a folder of pictures each by its name would hide the rest. */
function strays(files: string[]): Problem[] {
  const byFolder = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  return [...byFolder.values()].map(([first = '', ...more]) => {
    const others =
      more.length === 0 ? '' : ` (nor ${more.length === 1 ? 'is' : 'are'} ${more.length} more beside it)`;
    return { file: shown(first), message: `is not a file of a policy folder, and is not read${others}` };
  });
}

/** A name in which nothing does more than stand there. */
export const shown = (name: string): string =>
  name.replaceAll(/\p{Cc}/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);

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
