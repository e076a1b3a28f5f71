import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Moto {
  /** IAM and STS of any account; no credentials are checked. */
  endpoint: string;
  stop(): Promise<void>;
}

/** Tests that need moto: where it is missing they say so instead, and fail in CI, which must have it. */
export function describeWithMoto(name: string, tests: (moto: () => Moto) => void): void {
  describe(name, () => {
    const command = motoCommand();
    if (command) {
      let moto: Moto;
      beforeAll(async () => {
        moto = await startMoto(command);
      });
      afterAll(async () => {
        await moto.stop();
      });
      tests(() => moto);
    } else {
      test("is not tested here: install moto (pip install 'moto[server]') in PATH, or name its virtual environment in JIT_PYTHON", () => {
        expect(process.env['CI']).toBeUndefined();
      });
    }
  });
}

/** What starts moto's server on this machine: the program and its first arguments. */
function motoCommand(): string[] | undefined {
  const environment = process.env['JIT_PYTHON'];
  const candidates = [
    ...(environment ? [[join(environment, 'bin', 'python3'), '-m', 'moto.server']] : []),
    ['python3', '-m', 'moto.server'],
    ['moto_server'],
  ];
  return candidates.find(
    ([program = '', ...args]) => spawnSync(program, [...args, '--help'], { stdio: 'ignore' }).status === 0,
  );
}

async function startMoto([program = '', ...args]: string[]): Promise<Moto> {
  // Port 0: the server takes a free one and says which.
  const server = spawn(program, [...args, '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  process.once('exit', () => server.kill('SIGKILL'));
  const endpoint = await announced(server);
  return {
    endpoint,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    },
  };
}

function announced(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4096);
      const [url] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said) ?? [];
      if (url) resolve(url);
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`moto ended at once, with code ${code}: ${said}`)));
  });
}
