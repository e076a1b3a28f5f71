/** @project outside */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { builtProgram } from './support/built.js';

const ROOT = resolve(__dirname, '..');
/** What lies about in a clone, and is nobody's else. */
const OURS_ALONE = [
  '.env',
  'dist-sandbox/sandbox/run/main.js',
  'dist/.tsbuildinfo',
  'dist/bench/test/bench/main.js',
  'dist/lambda/slack/index.js',
  'docs/sandbox-ask.png',
  'src/config.ts',
  'test/tarball.test.ts',
];
/** Besides what lies in `dist`, which a test compares with `src`. */
const BESIDES =
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|manifest\.yml|bin\/jit\.js|policies\/.*|docs\/(?:[\w-]+\.md|target-role\.yml|schemas\/\w+\.json))$/;

let dir: string;
let files: string[];
const unpacked = () => join(dir, 'package');

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'jit-tarball-'));
  const clone = join(dir, 'clone');
  const copied = [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'manifest.yml',
    'bin',
    'docs',
    'policies',
  ];
  for (const name of copied) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  cpSync(builtProgram(), join(clone, 'dist'), { recursive: true });
  rmSync(join(clone, 'dist/package.json'));
  for (const file of OURS_ALONE) {
    mkdirSync(join(clone, dirname(file)), { recursive: true });
    writeFileSync(join(clone, file), '');
  }
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', dir];
  execFileSync('npm', pack, { cwd: clone, stdio: ['ignore', 'ignore', 'inherit'] });
  const tarball = readdirSync(dir).find((name) => /^jit-access-[\d.]+\.tgz$/.test(name));
  execFileSync('tar', ['-xzf', tarball ?? 'no tarball'], { cwd: dir });
  files = readdirSync(unpacked(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked().length + 1));
  symlinkSync(join(ROOT, 'node_modules'), join(unpacked(), 'node_modules'));
  mkdirSync(join(dir, 'empty'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the tarball', () => {
  test('holds the program, the policies, the schemas, and what they speak of', () => {
    const needed = `
      package.json README.md LICENSE CHANGELOG.md manifest.yml bin/jit.js
      dist/entry/cli.js dist/entry/server.js dist/config.js
      policies/schema.cedarschema policies/catalog.yml policies/directory.yml policies/cases/production.yml
      docs/lint.md docs/target-role.yml docs/schemas/catalog.json`;
    for (const file of needed.trim().split(/\s+/)) expect(files).toContain(file);
    for (const folder of ['cli', 'domain', 'grants', 'people', 'policy', 'run', 'slack', 'store', 'workflow'])
      expect(files.filter((file) => file.startsWith(`dist/${folder}/`)).length).toBeGreaterThan(5);
  });

  test('holds nothing else: no sandbox, no tests, no sources, no Lambda bundles, no secrets', () => {
    expect(files.filter((file) => OURS_ALONE.includes(file))).toEqual([]);
    expect(files.filter((file) => !file.startsWith('dist/') && !BESIDES.test(file))).toEqual([]);
    const strangers = files.filter((file) => {
      const [, name] = /^dist\/(.*)\.js(?:\.map)?$/.exec(file) ?? [];
      return file.startsWith('dist/') && !(name && existsSync(join(ROOT, 'src', `${name}.ts`)));
    });
    expect(strangers).toEqual([]);
    expect(files.filter((file) => /^dist\/(?:sandbox|run\/lambda)\/|-lambda\./.test(file))).toEqual([]);
  });
});

describe('from an empty folder', () => {
  const policies = () => join(unpacked(), 'policies');
  test.each([
    ['policy validate, of its own policies', () => ['policy', 'validate', policies()], 0, /nothing is wrong/],
    ['policy lint, of its own policies', () => ['policy', 'lint', policies()], 0, /^errors: 0, warnings: 0/m],
    ['policy test, of its own policies', () => ['policy', 'test', policies()], 0, /of \d+ cases pass/],
    ['policy validate, of none', () => ['policy', 'validate'], 2, /policies: .*cannot be read \(ENOENT\)/],
    ['policy lint, of none', () => ['policy', 'lint'], 2, /policies: .*cannot be read \(ENOENT\)/],
    ['doctor --help', () => ['doctor', '--help'], 0, /^Usage: jit doctor/],
    ['doctor, with nothing configured', () => ['doctor'], 1, /^✗ configuration: SLACK_BOT_TOKEN is missing/],
    ['audit --help', () => ['audit', '--help'], 0, /^Usage: jit audit/],
    ['audit verify, with nothing configured', () => ['audit', 'verify'], 2, /"jit" cannot be read/],
  ])('jit %s', (_, args, code, says) => {
    const ran = spawnSync(process.execPath, [join(unpacked(), 'bin/jit.js'), ...args()], {
      cwd: join(dir, 'empty'),
      env: { PATH: process.env['PATH'] ?? '', HOME: dir },
      encoding: 'utf8',
    });
    expect({ code: ran.status, said: ran.stdout + ran.stderr }).toEqual({
      code,
      said: expect.stringMatching(says),
    });
    expect(readdirSync(join(dir, 'empty'))).toEqual([]);
  });
});
