import { Writable } from 'node:stream';
import { runCli } from '../../src/run/cli/index.js';
import type { Reader } from '../../src/cli/audit/verify.js';
import { FRIDAY } from './units.js';

/** `jit …`. @returns its exit code, and what it wrote */
export async function jitIn(outside: Partial<Parameters<typeof runCli>[1]>, ...args: string[]) {
  const texts = { out: '', err: '' };
  const into = (name: keyof typeof texts) =>
    new Writable({ write: (chunk, _, done) => ((texts[name] += String(chunk)), done()) });
  const code = await runCli(args, { ...outside, stdout: into('out'), stderr: into('err') });
  return { code, ...texts };
}

/** `jit …` on this record. */
export function jit(record: Reader | (() => Promise<Reader>) | undefined, ...args: string[]) {
  const opening = record && (typeof record === 'function' ? record : async () => record);
  return jitIn(opening ? { record: opening } : {}, ...args);
}

/** `jit policy …` on Friday morning. */
export const jitPolicy = (...args: string[]) => jitIn({ now: () => FRIDAY }, 'policy', ...args);

export function expectToFit(text: string): void {
  const tooWide = text.split('\n').filter((line) => line.length > 100);
  expect(tooWide).toEqual([]);
}
