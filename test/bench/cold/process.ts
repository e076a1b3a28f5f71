import { spawn } from 'node:child_process';

/** What a process says of itself, on channel 3. */
export interface Said {
  /** Of the processor, outside the kernel, in ms. */
  user: number;
  /** From `require` to the handler, in ms. */
  load?: number;
  answer?: unknown;
}

/** @param wall from before the process begins until it says that it is done, in ms */
export type Timed = Said & { wall: number };

/** Runs a process of its own. @throws where it says nothing, or fails */
export async function timed(
  program: string,
  args: string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Timed> {
  const begun = performance.now();
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  child.stdin?.end(input);
  let wall = Infinity;
  let line = '';
  child.stdio[3]?.on('data', (part: Buffer) => {
    line += part.toString();
    if (wall === Infinity && line.endsWith('\n')) wall = performance.now() - begun;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0 || wall === Infinity) throw new Error(`${program} ended with ${code} and said "${line}"`);
  return { ...(JSON.parse(line) as Said), wall };
}
