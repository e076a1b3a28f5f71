import { watch as watchDirectory, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Millis } from '../domain/entitlement.js';
import { fingerprint } from './fingerprint.js';
import { readCases, readFolder, type Folder } from './read/folder.js';

/** All that is read of a policy folder. */
export interface PolicyFiles {
  /** What decides. */
  rules: Folder;
  cases: Folder;
}

/** Where a policy folder's files come from. */
export interface PolicySource {
  /** For people: a folder's path, or `s3://bucket/key`. */
  name: string;
  /** It is not looked at more often. */
  every: Millis;
  /**
   * @param seen the version that was read last
   * @returns undefined: it is that one still
   * @throws what may pass: nothing is known now. What will not pass stands in the files' problems
   */
  read(seen?: string): Promise<{ version: string; files: PolicyFiles } | undefined>;
  /** Calls soon after each change, or often enough. @returns its end */
  watch(changed: () => void): () => void;
}

/** Editors write a file in several steps, and people save several files. */
const SETTLED: Millis = 150;

/** All that is read of a folder on disk. Never throws. */
export async function readFiles(dir: string): Promise<PolicyFiles> {
  const [rules, cases] = await Promise.all([readFolder(dir), readCases(dir)]);
  return { rules, cases };
}

/** A folder on disk. Its `watch` is only a help: where the system does not tell of changes, it has to be looked at. */
export function folderSource(dir: string): PolicySource {
  return {
    name: dir,
    every: 0,
    async read(seen) {
      // Before the files: what changes while they are read is seen the next time.
      const version = await fingerprint(dir);
      return version === seen ? undefined : { version, files: await readFiles(dir) };
    },
    watch: (changed) => watchFolder(dir, changed),
  };
}

function watchFolder(dir: string, changed: () => void): () => void {
  let soon: NodeJS.Timeout | undefined;
  const hear = () => {
    clearTimeout(soon);
    soon = setTimeout(changed, SETTLED).unref();
  };
  const watchers = [dir, join(dir, 'cases')].flatMap((folder): FSWatcher[] => {
    try {
      return [watchDirectory(folder, { persistent: false }, hear).on('error', () => undefined)];
    } catch {
      return [];
    }
  });
  return () => {
    clearTimeout(soon);
    for (const watcher of watchers) watcher.close();
  };
}
