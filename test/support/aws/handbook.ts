import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../deploy/template.js';

const HANDBOOK = 'docs/aws.md';

/** Of a version: where its files are, and which of them it is, if not docs/aws.md. */
export interface Handbook {
  tree: string;
  handbook?: string;
}

// What docs/aws.md tells people to type, typed: that of this version, or of another one.

/**
 * The one block of commands in the handbook that contains this. Throws where there is none, or more than one.
 * @param of.tree the folder of the version whose handbook it is
 */
export function commands(containing: string, { tree, handbook }: Handbook = { tree: ROOT }): string {
  const file = handbook ?? HANDBOOK;
  const text = readFileSync(join(tree, file), 'utf8');
  const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  const [found, ...others] = blocks.filter((block) => block.includes(containing));
  if (found === undefined || others.length > 0)
    throw new Error(`${file} has ${found ? 'several blocks' : 'no block'} with "${containing}"`);
  return found;
}

/** Puts something else into the place of an example. Throws where the example is not there. */
export function instead(text: string, ...examples: [example: string, value: string][]): string {
  return examples.reduce((changed, [example, value]) => {
    if (!changed.includes(example)) throw new Error(`"${example}" is not in:\n${changed}`);
    return changed.replaceAll(example, value);
  }, text);
}

export interface Typed {
  code: number | null;
  /** Both outputs, as they came. */
  said: string;
}

/** Bash runs it, as somebody types it. @param input what is typed at its prompts */
export function type(
  script: string,
  { cwd = ROOT, env, input = '' }: { cwd?: string; env: Record<string, string>; input?: string },
): Promise<Typed> & { kill: () => void } {
  // A stdin that is a socket makes bash read its start-up files.
  const bash = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd, env, detached: true });
  const chunks: Buffer[] = [];
  for (const stream of [bash.stdout, bash.stderr])
    stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
  bash.stdin.on('error', () => undefined).end(input);
  const kill = () => {
    if (bash.exitCode === null && bash.signalCode === null) process.kill(-bash.pid!, 'SIGKILL');
  };
  process.once('exit', kill);
  const ended = new Promise<Typed>((resolve, reject) => {
    bash.once('error', reject);
    bash.once('close', (code) => {
      process.off('exit', kill);
      resolve({ code, said: Buffer.concat(chunks).toString('utf8') });
    });
  });
  return Object.assign(ended, { kill });
}

/** The same, where it has to end well. @returns what it said */
export async function typed(...[script, how]: Parameters<typeof type>): Promise<string> {
  const { code, said } = await type(script, how);
  if (code !== 0) throw new Error(`it ended with ${code}:\n${script}\n${said}`);
  return said;
}
