import { Writable } from 'node:stream';
import { runCli } from '../../src/run/cli/index.js';
import type { Reader } from '../../src/cli/audit/record.js';

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

/** `jit …` on this record. */
export async function jit(record: Reader | (() => Promise<Reader>) | undefined, ...args: string[]) {
  const [stdout, stderr] = [sink(), sink()];
  const opening = record && (typeof record === 'function' ? record : async () => record);
  const outside = { stdout: stdout.stream, stderr: stderr.stream, ...(opening && { record: opening }) };
  return { code: await runCli(args, outside), out: stdout.text(), err: stderr.text() };
}
