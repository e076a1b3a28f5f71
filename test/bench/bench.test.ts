/** @project outside */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Runs the benchmarks. @returns the names of their rows, and what was said beside */
function bench(only: string[], env: Record<string, string> = {}): { names: string[]; said: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'jit-bench-')), 'rows.json');
  const node = (...args: string[]) => {
    const ran = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    if (ran.status !== 0) throw new Error(`${ran.stdout}${ran.stderr}`);
    return ran.stderr;
  };
  node(TSC, '-p', 'tsconfig.bench.json');
  const which = only.flatMap((name) => ['--only', name]);
  const said = node('dist/bench/test/bench/main.js', '--quick', ...which, '--json', file);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { rows: { name: string }[] };
  return { names: written.rows.map(({ name }) => name), said };
}

test('the benchmarks run, and write a row for each measure', () => {
  const { names } = bench(['pdp', 'scale']);
  expect(names).toEqual(expect.arrayContaining(['pdp', 'scale-load', 'scale-decision']));
});

test('without a Python the first click is measured, and no ratio to a peer is said', () => {
  const { names, said } = bench(['cold'], { JIT_PYTHON: '/nowhere' });
  expect(names).toEqual(['cold', 'cold', 'cold', 'cold-load', 'cold-click']);
  expect(said).toContain('cold: no ratio to the nearest peer: there is no Python with venv here');
});
