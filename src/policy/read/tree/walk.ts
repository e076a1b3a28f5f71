import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dirent } from 'node:fs';
import { codeOf } from '../../../kit/error-code.js';
import type { Problem } from '../../../ports/policy.js';
import { isAside, isHidden, isOfSystem, isReadFolder, looksDeciding } from './layout.js';

/** What stands in a policy folder, wherever; without what is set aside. */
export interface WalkedFolder {
  /** Paths in the folder, sorted. A folder whose name is that of a file that decides is among them. */
  files: string[];
  /** Of the folders whose files can be read, the folder itself first. */
  folders: string[];
  /** What cannot be looked into, so that nobody knows what of it was meant to decide. */
  problems: Problem[];
}

/** Entries of folders that are not read: they are looked through only for what was meant to be. */
const MOST_DEEP = 1000;

/** Never throws. Links to folders are not followed, save those by which Kubernetes mounts a ConfigMap. */
export async function walk(dir: string): Promise<WalkedFolder> {
  const found: WalkedFolder = { files: [], folders: [], problems: [] };
  let deep = 0;
  await visit([]);
  found.files.sort();
  found.folders.sort();
  return found;

  async function visit(folders: readonly string[]): Promise<void> {
    let entries: Dirent[];
    try {
      entries = await readdir(join(dir, ...folders), { withFileTypes: true });
    } catch (error) {
      return say(folders, unreadable(folders, codeOf(error)));
    }
    if (isReadFolder(folders)) found.folders.push(folders.join('/'));
    else if (deep <= MOST_DEEP && (deep += entries.length) > MOST_DEEP)
      return say(
        folders,
        `it and others hold more than ${MOST_DEEP} files that are not read; keep them elsewhere`,
      );
    else if (deep > MOST_DEEP) return;
    await Promise.all(entries.map((entry) => enter(folders, entry)));
  }

  async function enter(folders: readonly string[], entry: Dirent): Promise<void> {
    const { name } = entry;
    const path = [...folders, name];
    const isFolder = entry.isDirectory();
    if (isFolder ? isHidden(name) : isAside(name)) return;
    if (looksDeciding(name) || isOfSystem(name)) return void found.files.push(path.join('/'));
    if (isFolder) return visit(path);
    const target = entry.isSymbolicLink() ? await targetOf(join(dir, ...path)) : 'file';
    if (target === 'file') return void found.files.push(path.join('/'));
    if (target === 'nowhere') return say(path, 'is a link that leads nowhere; mend it, or delete it');
    if (await isMounted(join(dir, ...folders), name)) return visit(path);
    say(path, 'is a link to a folder, and is not followed; put the folder itself there');
  }

  function say(path: readonly string[], message: string): void {
    found.problems.push({ file: path.length === 0 ? dir : path.join('/'), message });
  }
}

const unreadable = (folders: readonly string[], code: string): string =>
  folders.length === 0
    ? `the policy folder cannot be read (${code}); check the path and its permissions`
    : `cannot be read (${code}); check that it is a folder, and its permissions`;

const targetOf = (link: string): Promise<'folder' | 'file' | 'nowhere'> =>
  stat(link).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => 'nowhere',
  );

/** Kubernetes' `payments` → `..data/payments`, where `..data` → `..2026_11_20_10_00_00.123`. */
async function isMounted(folder: string, name: string): Promise<boolean> {
  const written = (link: string) => readlink(join(folder, link)).catch(() => '');
  return (await written(name)) === `..data/${name}` && /^\.\.[^/]+$/.test(await written('..data'));
}
