import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openSandbox, type Sandbox } from '../../src/sandbox/run/index.js';
import { serveSandbox } from '../../src/sandbox/page/server/server.js';
import type { Scenario } from '../../src/sandbox/scenarios.js';
import { describeWithBrowser } from './with-browser.js';

const ROOT = resolve(__dirname, '../..');
export const FRIDAY = Date.parse('2026-11-20T09:00:00Z');
const SCREEN = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** What a test does in the sandbox. */
export interface Visit {
  /** With the default policies, in a folder that it may change. @param change of them, before they are in force */
  open(scenario: Scenario, change?: (policyDir: string) => void): Promise<void>;
  sandbox(): Sandbox;
  policyDir(): string;
  /** Another tab: of the same person after a reload, or of another. */
  tab(as: string): Promise<Page>;
  onPhone(as: string): Promise<Page>;
  /** A command, as that person types it. */
  type(page: Page, line: string): Promise<void>;
  /** To a channel, or to the direct messages of jit. */
  go(page: Page, place: RegExp): Promise<void>;
  /** Whatever the browser complains of is a mistake of the page's, and what Slack refuses is one of the bot's. */
  expectNoFaults(): void;
}

/** Tests in a real browser, each in a sandbox of its own, on a Friday at ten in Berlin. */
export function inSandbox(name: string, tests: (visit: Visit) => void): void {
  describeWithBrowser(name, (browser) => tests(visiting(browser)));
}

// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
function visiting(browser: () => Browser): Visit {
  let dir: string;
  let url: string;
  let sandbox: Sandbox;
  let close: () => Promise<void>;
  const faults: string[] = [];

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'jit-sandbox-'));
    execFileSync('npx', ['esbuild', ...buildOptions(), `--outfile=${join(dir, 'page/page.js')}`], {
      cwd: ROOT,
    });
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  afterEach(async () => {
    for (const context of browser().contexts()) await context.close();
    await close();
  });

  const policyDir = () => join(dir, 'policies');

  async function open(scenario: Scenario, change?: (policyDir: string) => void): Promise<void> {
    cpSync(join(ROOT, 'policies'), policyDir(), { recursive: true });
    change?.(policyDir());
    sandbox = await openSandbox({
      policyDir: policyDir(),
      scenario,
      at: FRIDAY,
      realNow: () => Date.now(),
      say: () => undefined,
    });
    const page = await serveSandbox(sandbox, { port: 0, pageDir: join(dir, 'page') });
    ({ url } = page);
    close = async () => {
      await page.close();
      await sandbox.close();
    };
    await sandbox.ready;
  }

  async function tab(as: string, size = SCREEN): Promise<Page> {
    const page = await pageOf(browser(), size);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${url}/?as=${as}`);
    return page;
  }

  return {
    open,
    sandbox: () => sandbox,
    policyDir,
    tab: (as) => tab(as),
    async onPhone(as) {
      const page = await tab(as, PHONE);
      await page.getByRole('button', { name: 'Skip the tour' }).click();
      return page;
    },
    async type(page, line) {
      const box = page.getByRole('textbox', { name: /^Message / });
      await box.fill(line);
      await box.press('Enter');
    },
    go: (page, place) => page.getByRole('navigation').getByRole('button', { name: place }).click(),
    expectNoFaults() {
      expect(faults.splice(0)).toEqual([]);
      expect(sandbox.slack.refusals(10)).toEqual([]);
    },
  };
}

/** By how much one would have to scroll sideways. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function pageOf(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

function buildOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return scripts['build:page']!.split(' ').filter(
    (word) => word !== 'esbuild' && !word.startsWith('--outfile'),
  );
}
