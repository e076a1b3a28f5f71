import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile, spread, type Measure, type Row, type Size } from './row.js';

const RUNS: Record<Size, number> = { quick: 5, usual: 15, full: 50 };
const NAMES = ['slack', 'stream', 'sweep'];
/** Of a whole process that loads a bundle to one that loads nothing, so that the machine and what else it does meet both. */
const MOST = 9;

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
      'const begun = performance.now(); if (process.argv[2]) require(process.argv[2]); console.log(performance.now() - begun);',
    );
    const started = (...bundle: string[]) => {
      const begun = performance.now();
      const load = Number(execFileSync(process.execPath, [script, ...bundle]));
      return { load, whole: performance.now() - begun };
    };
    const files = NAMES.map((name) => join(out, name, 'index.js'));
    // In turns, each bundle beside an empty process.
    const turns = Array.from({ length: RUNS[size] }, () => {
      const empty = started().whole;
      return files.map((file) => ({ ...started(file), empty }));
    });
    const rows = files.flatMap((file, n): Row[] => {
      const runs = turns.map((turn) => turn[n]!);
      const loads = { ...spread(runs.map(({ load }) => load)), MB: readFileSync(file).length / 1e6 };
      const ratio = quantile(
        runs.map(({ whole, empty }) => whole / empty),
        0.5,
      );
      const name = NAMES[n]!;
      return [
        { name: 'cold', what: `require ${name}`, values: loads, unit: 'ms' },
        {
          name: 'cold-ratio',
          what: `a process that loads ${name}, to an empty one`,
          values: { ratio },
          unit: '×',
          aim: `< ${MOST}`,
          met: ratio < MOST,
        },
      ];
    });
    rmSync(out, { recursive: true });
    return rows;
  },
};
