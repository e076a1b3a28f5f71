import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { arnOf } from './events.js';

const RUN = join(__dirname, 'run.cjs');

export interface Invoked {
  answer: unknown;
  /** The lines of the log. */
  log: Record<string, unknown>[];
}

/** Invokes a bundle in a process of its own, which ends with the answer. */
export async function invoke(
  bundles: string,
  name: 'slack' | 'stream' | 'sweep',
  event: unknown,
  { env, at }: { env: Record<string, string>; at: number },
): Promise<Invoked> {
  const child = spawn(process.execPath, [RUN, join(bundles, name, 'index.js')], {
    cwd: '/',
    env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [out, err, answered] = [child.stdout, child.stderr, child.stdio[3]].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString('utf8');
  });
  child.stdin?.end(JSON.stringify({ event, arn: arnOf(name), at }));
  const code = await new Promise((end) => child.once('close', end));
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${err!()}${out!()}`);
  const log = out!()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...(JSON.parse(answered!()) as Pick<Invoked, 'answer'>), log };
}
