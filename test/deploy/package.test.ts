/** @project outside */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/deploy/template.js';

const CACHE = join(ROOT, 'node_modules/.cache');
let dir: string;
beforeAll(() => {
  mkdirSync(CACHE, { recursive: true });
  // Below the repository, so that osls is found.
  dir = mkdtempSync(join(CACHE, 'jit-package-'));
  cpSync(join(ROOT, '.osls'), join(dir, '.osls'), { recursive: true });
  writeFileSync(join(dir, 'esbuild.config.mjs'), "console.log('building');\n");
});
afterAll(() => rmSync(dir, { recursive: true }));

/** `npm run package`, up to the first step of the build: there is no serverless.yml. */
function run(env: Record<string, string>, ...options: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync(process.execPath, ['.osls/package.mjs', ...options], {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH, HOME, CI: 'true', ...env },
  });
}
const REGION = { AWS_REGION: 'eu-west-1' };
const TEAM = { SLACK_TEAM_ID: 'T0123456789' };

describe('npm run package', () => {
  test.each([
    ['neither a region nor a workspace', {}, ['AWS_REGION', 'SLACK_TEAM_ID']],
    ['empty ones', { AWS_REGION: '', SLACK_TEAM_ID: '' }, ['AWS_REGION', 'SLACK_TEAM_ID']],
    ['no region', TEAM, ['AWS_REGION']],
    ['no workspace', REGION, ['SLACK_TEAM_ID']],
  ])('builds nothing with %s, and names all that is missing at once', (_, env, missing) => {
    const { status, stdout, stderr } = run(env);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    const named = [...stderr.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name);
    expect(named).toEqual(missing);
    expect(stderr).toContain('for example: export AWS_REGION=eu-west-1 SLACK_TEAM_ID=T0123456789\n');
  });

  test.each([
    ['variables', { ...REGION, ...TEAM }, []],
    ['the SDK’s other variable', { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1', ...TEAM }, []],
    ['options', {}, ['--region', 'eu-west-1', '--param', 'teamId=T0123456789']],
    ['options with =', {}, ['-r=eu-west-1', '--param=teamId=T0123456789']],
  ])('builds with both as %s', (_, env, options) => {
    const { stdout, stderr } = run(env, ...options);
    expect(stdout).toMatch(/^building\n/);
    expect(stderr).not.toContain('for example');
  });
});
