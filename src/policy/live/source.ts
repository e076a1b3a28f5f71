import { watch as watchDirectory, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, type Instant, type Millis } from '../../domain/entitlement.js';
import { layoutOf, readRules, readTexts, type Folder } from '../read/folder.js';

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
  const layout = await layoutOf(dir);
  const [rules, cases] = [readRules(dir, layout), readTexts(dir, layout.cases)];
  return { rules: await rules, cases: await cases };
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

/** Hears of changes in each folder that is read, of new folders too: those are looked for at each change. */
function watchFolder(dir: string, changed: () => void): () => void {
  let soon: NodeJS.Timeout | undefined;
  let watchers = watched('');
  let closed = false;
  void again();

  return () => {
    closed = true;
    clearTimeout(soon);
    for (const watcher of watchers) watcher.close();
  };

  function hear(): void {
    clearTimeout(soon);
    soon = setTimeout(() => void tell(), SETTLED).unref();
  }

  async function tell(): Promise<void> {
    await again();
    if (!closed) changed();
  }

  /** A folder that was replaced has the same name, and the watcher of the old one hears nothing any more. */
  async function again(): Promise<void> {
    const { folders } = await layoutOf(dir);
    if (closed) return;
    const old = watchers;
    watchers = (folders.length === 0 ? [''] : folders).flatMap(watched);
    for (const watcher of old) watcher.close();
  }

  function watched(folder: string): FSWatcher[] {
    try {
      return [watchDirectory(join(dir, folder), { persistent: false }, hear).on('error', () => undefined)];
    } catch {
      return [];
    }
  }
}

/**
 * Changes when a policy folder does: the names, sizes and times of change of what is read of it, its cases too, and of
 * what ought to be. What lies beside that may change as it likes. Never throws.
 */
export async function fingerprint(dir: string): Promise<string> {
  const { rules, cases, misplaced, problems } = await layoutOf(dir);
  const lines = [...rules, ...cases, ...misplaced].sort().map(async (name) => {
    // A file that a link leads to may be another one tomorrow.
    const at = await stat(join(dir, name)).catch(() => undefined);
    return `${name} ${at?.size} ${at?.mtimeMs} ${at?.ino}`;
  });
  const wrong = problems.map(({ file, message }) => `${file} ${message}`);
  return sha256([...(await Promise.all(lines)), ...wrong.sort()].join('\n'));
}
