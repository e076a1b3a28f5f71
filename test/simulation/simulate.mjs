// npm run simulate -- --histories 100000
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { histories: { type: 'string', default: '10000' } } });
const args = ['jest', 'test/simulation', '--testNamePattern', 'histories in which'];
const env = { ...process.env, JIT_HISTORIES: values.histories };
const { status } = spawnSync('npx', args, { stdio: 'inherit', env });
process.exitCode = status ?? 1;
