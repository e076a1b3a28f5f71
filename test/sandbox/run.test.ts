import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSandbox } from '../../src/sandbox/run/index.js';
import { runSandbox } from '../../src/sandbox/run/command.js';
import type { PageSnapshot } from '../../src/sandbox/page/model/model.js';
import { FRIDAY, HOUR, POLICIES } from '../support/company.js';

const realNow = () => Date.now();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jit-run-'));
  mkdirSync(join(dir, 'page'));
  for (const file of ['page.js', 'page.css']) writeFileSync(join(dir, 'page', file), '');
});
afterEach(() => rmSync(dir, { recursive: true }));

async function run(...args: string[]) {
  const said = { out: '', err: '' };
  const running = await runSandbox(args, {
    realNow,
    pageDir: join(dir, 'page'),
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  });
  const url = /http:\S+/.exec(said.out)?.[0];
  const seen = async () => (await (await fetch(`${url}/api/snapshot?as=U0ANA`)).json()) as PageSnapshot;
  return { running, said, seen };
}

describe('npm run sandbox', () => {
  test.each([
    [['--port', 'http'], /--port is not a port: http/],
    [['--scenario', 'chaos'], /--scenario is none of empty, pending, busy-friday: chaos/],
    [['--at', 'noon'], /--at is not an instant/],
    [['--prot', '4000'], /'--prot'/],
    [['4000'], /4000/],
  ])('%j is refused, with what would be right', async (args, why) => {
    const { running, said } = await run(...args);
    expect(running).toBeUndefined();
    expect(said.err).toMatch(why);
    expect(said.err).toContain('npm run sandbox -- [options]');
  });

  test('a port that is taken is named, with the way out', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(run('--port', String(port))).rejects.toThrow(
      new RegExp(`Port ${port} is taken by another program. Choose another with --port`),
    );
    other.close();
  });

  test('without policies the page says what is missing, and opens as soon as they are there', async () => {
    const policies = join(dir, 'policies');
    const { running, said, seen } = await run('--port', '0', '--policies', policies);
    expect(said.err).toMatch(/does not load/);
    expect(await seen()).toMatchObject({ ready: false, bot: { running: false } });
    expect((await seen()).policies.problems[0]).toContain(policies);
    cpSync(POLICIES, policies, { recursive: true });
    while (!(await seen()).bot.running) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await seen()).toMatchObject({ ready: true, policies: { problems: [] } });
    await running?.close();
  });

  test('a scenario is there when one looks, and its clock is the one that was asked for', async () => {
    const { running, seen } = await run(
      '--port',
      '0',
      '--scenario',
      'pending',
      '--at',
      '2026-11-20T10:00:00Z',
    );
    while ((await seen()).requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    const { clock, requests } = await seen();
    expect(clock.now - FRIDAY).toBeLessThan(HOUR);
    expect(requests.map(({ status }) => status)).toEqual(['pending', 'pending']);
    await running?.close();
  });
});

describe('the bot of the sandbox', () => {
  test('is stopped and started again without losing anything, and what fell due meanwhile is done', async () => {
    const sandbox = await openSandbox({
      policyDir: POLICIES,
      scenario: 'pending',
      at: FRIDAY,
      realNow,
      say: () => undefined,
    });
    await sandbox.ready;
    await sandbox.bot.stop();
    expect(sandbox.bot.state()).toEqual({ running: false });
    sandbox.clock.advance(9 * HOUR);
    expect((await sandbox.record.heads()).map(({ state }) => state.status)).toEqual(['pending', 'pending']);
    await Promise.all([sandbox.bot.start(), sandbox.bot.start()]);
    const lapsed = async () => (await sandbox.record.heads()).every(({ state }) => state.status === 'closed');
    while (!(await lapsed())) await new Promise((resolve) => setTimeout(resolve, 20));
    const [head] = await sandbox.record.heads();
    expect(sandbox.record.decisions(head!.id).length).toBeGreaterThan(0);
    await sandbox.close();
  });
});
