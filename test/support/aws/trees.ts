import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { folder } from '../company.js';
import { ROOT } from '../deploy/template.js';
import { typed } from './handbook.js';

const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });

/** Whether git has this commit: a clone with less than the whole history may lack it. */
export const hasCommit = (commit: string): boolean =>
  git('cat-file', '-e', `${commit}^{commit}`).status === 0;

/** Whether git says that it has the whole history. */
export const isWholeClone = (): boolean =>
  git('rev-parse', '--is-shallow-repository').stdout.trim() === 'false';

/** The tree of that commit in a folder of its own, with its dependencies. */
export async function treeOf(commit: string): Promise<string> {
  const tree = folder();
  const env = { ...process.env } as Record<string, string>;
  await typed(`git archive ${commit} | tar -x -C '${tree}'`, { env });
  await typed('npm ci --no-audit --no-fund --prefer-offline', { cwd: tree, env });
  return tree;
}

const NOT_COPIED = ['node_modules', '.git', '.serverless', 'dist', 'dist-sandbox', 'coverage'];

/** This version in a folder of its own, so that what is built there disturbs nobody. */
export function treeOfThis(): string {
  const tree = folder();
  cpSync(ROOT, tree, { recursive: true, filter: (path) => !NOT_COPIED.includes(relative(ROOT, path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}
