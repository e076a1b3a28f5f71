import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

// Jest loads this before the tests, without its names for modules: it imports no other file of ours.
const ROOT = resolve(__dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache/jit-tests');
const DAY = 24 * 3_600_000;

/**
 * A folder that is made once for the same inputs, whoever asks: other tests, other runs, at the same time too. Nobody may
 * write into it.
 * @param inputs files and folders below the root of the repository, and whatever else decides what is made
 * @param make fills an empty folder. When it throws, nothing is kept
 */
export function builtOnce(
  name: string,
  { files, more = [] }: { files: string[]; more?: unknown[] },
  make: (folder: string) => void,
): string {
  const hash = createHash('sha256').update(JSON.stringify([process.version, ...more]));
  for (const file of ['package-lock.json', 'test/support/built.ts', ...files].flatMap(filesIn))
    hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 24)}`);
  if (!existsSync(folder)) {
    const fresh = `${folder}.${randomUUID()}`;
    mkdirSync(fresh, { recursive: true });
    try {
      make(fresh);
      renameSync(fresh, folder);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      // Somebody else has made the same meanwhile.
      if (!existsSync(folder)) throw error;
    }
    forgetOld();
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

function filesIn(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

/** What nobody has asked for since yesterday. */
function forgetOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (used < Date.now() - DAY) rmSync(path, { recursive: true, force: true });
  }
}

/** The folder with the program, as `npm run build` makes it. */
export function builtProgram(): string {
  return compiled('program', 'tsconfig.build.json');
}

/** The folder with the sandbox, as `npm run sandbox` makes it, without its page. */
export function builtSandbox(): string {
  return compiled('sandbox', 'src/sandbox/tsconfig.json');
}

function compiled(name: string, project: string): string {
  return builtOnce(name, { files: ['src', 'tsconfig.json', project] }, (out) => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const where = ['--outDir', out, '--tsBuildInfoFile', join(out, '.tsbuildinfo')];
    execFileSync(process.execPath, [tsc, '-p', project, ...where], { cwd: ROOT });
    // The repository's own package.json is out of its sight.
    writeFileSync(join(out, 'package.json'), '{"type":"module"}\n');
  });
}

/** The folder with the three Lambda bundles, as `npm run package` makes them. Throws with what is refused. */
export function builtBundles(): string {
  return builtOnce(
    'bundles',
    { files: ['src', 'policies', 'esbuild.config.mjs', 'tsconfig.json'] },
    (out) => {
      execFileSync(process.execPath, ['esbuild.config.mjs', '--out', out], {
        cwd: ROOT,
        env: { PATH: process.env['PATH'] ?? '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
  );
}

/** Before all tests are run, what several files need; a run of single files makes what it needs itself. */
export default function ahead({ testPathPatterns }: { testPathPatterns: { patterns: string[] } }): void {
  if (testPathPatterns.patterns.length > 0) return;
  builtProgram();
  builtBundles();
}
