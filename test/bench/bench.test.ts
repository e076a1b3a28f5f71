/** @project outside */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

test('the benchmarks run, and write a row for each measure', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'jit-bench-')), 'rows.json');
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  node(TSC, '-p', 'tsconfig.bench.json');
  node('dist/bench/test/bench/main.js', '--quick', '--only', 'pdp', '--only', 'scale', '--json', file);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { rows?: unknown } | unknown[];
  const rows = (Array.isArray(written) ? written : written.rows) as { name: string }[];
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['pdp', 'scale-load', 'scale-decision']),
  );
});
