import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spread, type Measure, type Row, type Size } from './row.js';

const RUNS: Record<Size, number> = { quick: 3, usual: 15, full: 50 };
const CEILING = 250;

/** How long each Lambda bundle takes from `require` to its handler, in a fresh process; without AWS's own start. */
export const cold: Measure = {
  name: 'cold',
  async run(size) {
    const out = mkdtempSync(join(tmpdir(), 'jit-bundles-'));
    execFileSync(process.execPath, ['esbuild.config.mjs', '--out', out], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const script = join(out, 'cold.js');
    writeFileSync(
      script,
      'const begun = performance.now(); require(process.argv[2]); console.log(performance.now() - begun);',
    );
    const rows: Row[] = ['slack', 'stream', 'sweep'].map((name) => {
      const file = join(out, name, 'index.js');
      const runs = Array.from({ length: RUNS[size] }, () =>
        Number(execFileSync(process.execPath, [script, file])),
      );
      const values = { ...spread(runs), MB: readFileSync(file).length / 1e6 };
      const met = values.p50 < CEILING;
      return { name: 'cold', what: `require ${name}`, values, unit: 'ms', aim: `p50 < ${CEILING}`, met };
    });
    rmSync(out, { recursive: true });
    return rows;
  },
};
