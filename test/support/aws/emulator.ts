import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folder } from '../company.js';

/** The account that jit is deployed to, and another one. LocalEmu takes an access key of twelve digits for its account. */
export const OWN = '777788889999';
export const OTHER = '111122223333';
export const REGION = 'eu-west-1';

/** A virtual environment that has LocalEmu, and how it runs functions without Docker. `npm run test:aws` makes one. */
export const LOCALEMU = process.env['JIT_LOCALEMU'];

export interface Emulator {
  endpoint: string;
  /** What LocalEmu said so far: one line for each call of AWS. */
  log(): string;
  /** What functions of this name have printed. */
  logOf(functionName: string): string;
  stop(): Promise<void>;
}

/**
 * Starts LocalEmu on a free port of this machine, with IAM enforced for everybody but the roots of the two accounts.
 * @param environment of the functions: for endpoints that a deployment cannot name
 */
export async function startEmulator(environment: Record<string, string>): Promise<Emulator> {
  const home = folder();
  const logs = join(home, 'functions');
  mkdirSync(logs);
  const file = join(home, 'localemu.log');
  const out = openSync(file, 'a');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const { PATH = '' } = process.env;
  // A group of its own, with the functions in it, which end with it.
  const emulator = spawn(join(LOCALEMU!, 'bin/python'), [join(__dirname, 'start-localemu.py')], {
    cwd: home,
    detached: true,
    stdio: ['ignore', out, out],
    env: {
      PATH: `${join(LOCALEMU!, 'bin')}:${PATH}`,
      HOME: home,
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      IAM_ENFORCEMENT: '1',
      ROOT_ACCESS_KEYS: `${OWN},${OTHER}`,
      LAMBDA_RUNTIME_EXECUTOR: 'node',
      // Lambda asks a shard four times a second (AWS: "Using AWS Lambda with Amazon DynamoDB").
      LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: '0.25',
      NODE_EXECUTOR_PORT: String(port),
      NODE_EXECUTOR_NODE: process.execPath,
      NODE_EXECUTOR_ENV: JSON.stringify(environment),
      NODE_EXECUTOR_LOGS: logs,
    },
  });
  const kill = () => {
    try {
      process.kill(-emulator.pid!, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', kill);
  const log = () => readFileSync(file, 'utf8');
  await untilHealthy(endpoint, emulator, log);
  return {
    endpoint,
    log,
    logOf(functionName) {
      try {
        return readFileSync(join(logs, `${functionName}.log`), 'utf8');
      } catch {
        return '';
      }
    },
    async stop() {
      const ended = new Promise((resolve) => emulator.once('exit', resolve));
      kill();
      await ended;
      process.off('exit', kill);
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilHealthy(endpoint: string, emulator: ChildProcess, log: () => string): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if (emulator.exitCode !== null) throw new Error(`LocalEmu ended at once: ${log().slice(-4096)}`);
    const healthy = await fetch(`${endpoint}/_localemu/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    await pause(500);
  }
  throw new Error(`LocalEmu did not answer: ${log().slice(-4096)}`);
}
