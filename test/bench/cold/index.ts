import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile, type Measure, type Row, type Size } from '../row.js';
import { peer } from './peer.js';
import { CONTAINER, coldPlace } from './place.js';
import { timed, type Timed } from './process.js';

const RUNS: Record<Size, number> = { quick: 3, usual: 15, full: 50 };
const NAMES = ['slack', 'stream', 'sweep'];

/**
 * What a person waits for where no process is running: from its start until the first signed `/jit` is answered, with the
 * bundle that is deployed. Each round starts each kind of process once, so that all of them see the same machine.
 */
export const cold: Measure = {
  name: 'cold',
  async run(size) {
    const out = mkdtempSync(join(tmpdir(), 'jit-bundles-'));
    execFileSync(process.execPath, ['esbuild.config.mjs', '--out', out], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const bundle = (name: string) => join(out, name, 'index.js');
    const imports = await peer(out);
    if ('lacking' in imports)
      process.stderr.write(`cold: no ratio to the nearest peer: ${imports.lacking}\n`);
    const place = await coldPlace(bundle('slack'));
    try {
      const found = await rounds(RUNS[size], {
        empty: () => timed(process.execPath, [CONTAINER]),
        ...Object.fromEntries(
          NAMES.map((name) => [name, () => timed(process.execPath, [CONTAINER, bundle(name)])]),
        ),
        click: place.click,
        ...(!('lacking' in imports) && { peer: imports }),
      });
      return rowsOf(found, (name) => readFileSync(bundle(name)).length / 1e6);
    } finally {
      await place.close();
      rmSync(out, { recursive: true });
    }
  },
};

type Found = Record<string, Timed[]>;

async function rounds(count: number, kinds: Record<string, () => Promise<Timed>>): Promise<Found> {
  const found: Found = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let round = 0; round < count; round++)
    for (const [name, run] of Object.entries(kinds)) found[name]!.push(await run());
  return found;
}

const best = (runs: Timed[], of: (run: Timed) => number): number => Math.min(...runs.map(of));

function spent(runs: Timed[]): Record<string, number> {
  const walls = runs.map(({ wall }) => wall);
  return { best: Math.min(...walls), p50: quantile(walls, 0.5), user: best(runs, ({ user }) => user) };
}

function rowsOf(found: Found, size: (name: string) => number): Row[] {
  const { empty = [], click = [], peer: imports } = found;
  const ratio = (one: Timed[], other: Timed[]) =>
    best(one, ({ wall }) => wall) / best(other, ({ wall }) => wall);
  const loading = NAMES.map((name): Row => {
    const runs = found[name] ?? [];
    const times = { load: best(runs, ({ load = 0 }) => load), ...spent(runs), MB: size(name) };
    return { name: 'cold', what: `a fresh process loads ${name}`, values: times, unit: 'ms' };
  });
  const slack = ratio(found['slack'] ?? [], empty);
  return [
    ...loading,
    {
      name: 'cold-load',
      what: 'a fresh process loads slack, to an empty one',
      values: { ratio: slack },
      unit: '×',
      aim: '< 8',
      met: slack < 8,
    },
    { name: 'cold-click', what: 'a fresh process, to the answer of /jit', values: spent(click), unit: 'ms' },
    ...(imports ? toPeer(imports, ratio(click, imports)) : []),
  ];
}

function toPeer(imports: Timed[], ratio: number): Row[] {
  return [
    { name: 'cold-peer', what: "the nearest peer's imports alone", values: spent(imports), unit: 'ms' },
    {
      name: 'cold-ratio',
      what: "the answer of /jit, to the peer's imports alone",
      values: { ratio },
      unit: '×',
      aim: '<= 0.8',
      met: ratio <= 0.8,
    },
  ];
}
