import { Writable } from 'node:stream';
import { runCli } from '../../src/run/cli/index.js';

/** A Friday, 11:00 in Berlin. */
export const FRIDAY = Date.UTC(2026, 10, 20, 10);

function sink() {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

/** `jit policy …` on Friday morning. */
export async function jit(...args: string[]) {
  const [stdout, stderr] = [sink(), sink()];
  const code = await runCli(['policy', ...args], {
    stdout: stdout.stream,
    stderr: stderr.stream,
    now: () => FRIDAY,
  });
  return { code, out: stdout.text(), err: stderr.text() };
}

export function expectToFit(text: string): void {
  const tooWide = text.split('\n').filter((line) => line.length > 100);
  expect(tooWide).toEqual([]);
}
