import { watch as watchDirectory, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, type Instant, type Millis } from '../../domain/entitlement.js';
import { decides, isCase, readCases, readFolder, type Folder } from '../read/folder.js';

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
  /** Its policies only replace another source's for now: jit gives no access by them. */
  standsIn?: true;
  /**
   * @param seen the version that was read last
   * @returns undefined: it is that one still
   * @throws a passing fault: nothing is known now. A lasting one is among the files' problems
   */
  read(seen?: string): Promise<Version | undefined>;
  /** Calls soon after each change, or often enough. @returns its end */
  watch(changed: () => void): () => void;
}

/** A policy folder's files as they were at one time. */
export interface Version {
  version: string;
  files: PolicyFiles;
  /** From then on they only stand in; absent: they count for as long as nothing newer is known. */
  until?: Instant;
}

/** Calls once, so much later. @returns what takes that back */
export type After = (ms: Millis, run: () => void) => () => void;
export const after: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Editors write a file in several steps, and people save several files. */
const SETTLED: Millis = 150;
/** While a file is being saved, its writes are closer together than this. */
const APART: Millis = 1_000;
/** How often a folder is looked at that is being written, before it is said to be. */
const MOST_LOOKS = 30;

/** All that is read of a folder on disk. Never throws. */
export async function readFiles(dir: string): Promise<PolicyFiles> {
  const [rules, cases] = await Promise.all([readFolder(dir), readCases(dir)]);
  return { rules, cases };
}

/**
 * A folder on disk. Its `watch` is only a help: where the system does not tell of changes, it has to be looked at.
 * @param how.apart two looks so far apart must find the same, or the file is still being written; 0: it never changes
 */
export function folderSource(dir: string, how: { apart?: Millis; after?: After } = {}): PolicySource {
  const { apart = APART, after: wait = after } = how;
  return {
    name: dir,
    every: 0,
    async read(seen) {
      for (let look = 0; look < MOST_LOOKS; look++) {
        const version = await fingerprint(dir);
        if (version === seen) return undefined;
        if (apart > 0) await new Promise<void>((resolve) => void wait(apart, resolve));
        if ((await fingerprint(dir)) !== version) continue;
        const files = await readFiles(dir);
        // What has changed while the files were read may be in some of them only.
        if ((await fingerprint(dir)) === version) return { version, files };
      }
      throw new Error(`it is being written: it changed between each of ${MOST_LOOKS} looks and the next`);
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

/**
 * Changes when a policy folder does: the names, sizes and times of change of what is read of it, its cases too.
 * What lies beside that may change as it likes. Never throws.
 */
export async function fingerprint(dir: string): Promise<string> {
  const namesIn = async (folder: string) => readdir(folder).catch(() => []);
  const cases = (await namesIn(join(dir, 'cases'))).map((name) => `cases/${name}`);
  const names = [...(await namesIn(dir)), ...cases];
  const read = names.filter((name) => decides(name) || isCase(name)).sort();
  const lines = read.map(async (name) => {
    // A file that a link leads to may be another one tomorrow.
    const at = await stat(join(dir, name)).catch(() => undefined);
    return `${name} ${at?.size} ${at?.mtimeMs} ${at?.ino}`;
  });
  return sha256((await Promise.all(lines)).join('\n'));
}
