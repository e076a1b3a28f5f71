import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { cold } from './cold/index.js';
import { frontDoor } from './front.js';
import { home } from './home.js';
import { lag, rush } from './ends.js';
import { lifecycles } from './lifecycles.js';
import { pdp } from './pdp.js';
import { scale } from './scale.js';
import { typeAhead } from './type-ahead.js';
import { tools } from './tools.js';
import { table, type Measure, type Row, type Size } from './row.js';

const MEASURES: Measure[] = [pdp, scale, tools, typeAhead, lifecycles, frontDoor, home, lag, rush, cold];
const names = MEASURES.map(({ name }) => name);

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
});
const unknown = values.only?.find((name) => !names.includes(name));
if (unknown !== undefined || (values.quick && values.full)) {
  process.stderr.write(
    `usage: npm run bench -- [--only ${names.join('|')}]… [--quick | --full] [--json <file>]\n`,
  );
  process.exit(2);
}

const size: Size = values.quick ? 'quick' : values.full ? 'full' : 'usual';
const rows: Row[] = [];
for (const { name, run } of MEASURES) {
  if (values.only && !values.only.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  rows.push(...(await run(size)));
}
const [cpu] = cpus();
const machine = `${cpus().length} × ${cpu?.model ?? 'unknown'}, Node ${process.version}`;
process.stdout.write(`${table(rows)}\n\n${machine}, size: ${size}\n`);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, size, rows }, null, 2)}\n`);
