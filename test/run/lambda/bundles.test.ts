/** @project outside */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { grantKinds } from '../../../src/grants/kinds.js';
import { loadFolder } from '../../../src/policy/load.js';
import { freeze, thaw } from '../../../src/policy/prepared.js';
import { builtBundles } from '../../support/built.js';
import { folder, POLICIES } from '../../support/company.js';

const ROOT = resolve(__dirname, '../../..');
const NAMES = ['slack', 'stream', 'sweep'];

function pack(policies: string, more: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, ['esbuild.config.mjs', '--out', join(folder(), 'lambda')], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', JIT_POLICY_DIR: policies, ...more },
  });
}
function policies(change: (dir: string) => void): string {
  const dir = folder();
  cpSync(POLICIES, dir, { recursive: true });
  change(dir);
  return dir;
}

describe('the package step refuses, with every reason,', () => {
  test('a policy folder that does not load', () => {
    const dir = policies((at) => {
      writeFileSync(join(at, 'extra.cedar'), 'permit (principal, action, resource);\n');
      appendFileSync(join(at, 'directory.yml'), 'colour: blue\n');
    });
    const { status, stderr } = pack(dir);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^the policy folder .* is refused:\n/);
    expect(stderr).toMatch(/ {2}extra\.cedar:1: .*@id/);
    expect(stderr).toMatch(/ {2}directory\.yml:\d+: .*colour/);
  });

  test('one whose own cases fail', () => {
    const dir = policies((at) => {
      const file = join(at, 'sandbox.cedar');
      writeFileSync(file, readFileSync(file, 'utf8').replace('permit (', 'forbid ('));
    });
    const { status, stderr } = pack(dir);
    expect(status).toBe(1);
    expect(stderr).toMatch(/cases\/\w+\.yml:\d+: the case ".*" fails: expected .*, got /);
  });

  test('one with access in another partition of AWS than the region of the deployment', () => {
    const { status, stderr } = pack(POLICIES, { AWS_REGION: 'us-gov-west-1' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/ {2}catalog\.yml:\d+: .*in the partition aws of AWS, and jit runs in aws-us-gov/);
  });

  test('an iam-policy in jit’s own account only where directory.yml does not say which that is', () => {
    const without = policies((at) => {
      const file = join(at, 'directory.yml');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^ +'777788889999':\n.*\n/m, ''));
    });
    const { status, stderr } = pack(without);
    expect(status).toBe(1);
    expect(stderr).toContain('write account: "777788889999" there');
    appendFileSync(join(without, 'directory.yml'), "account: '777788889999'\n");
    expect(pack(without)).toMatchObject({ status: 0, stderr: '' });
  });

  test('one that is not there', () => {
    const { status, stderr } = pack(join(folder(), 'nowhere'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/is refused:\n {2}/);
  });
});

describe('a bundle', () => {
  let out: string;
  beforeAll(() => {
    out = builtBundles();
  });

  test.each(NAMES)('%s: the code, Cedar and the policies, and nothing else goes into the zip', (name) => {
    const files = readdirSync(join(out, name)).sort();
    expect(files).toEqual(['apart', 'cedar_wasm_bg.wasm', 'index.js', 'policies', 'policies.bin', 'web.js']);
    expect(readdirSync(join(out, name, 'policies')).sort()).toEqual(readdirSync(POLICIES).sort());
    expect(existsSync(join(out, 'maps', `${name}.js.map`))).toBe(true);
    expect(readFileSync(join(out, name, 'index.js'), 'utf8')).not.toContain('sourceMappingURL');
  });

  test.each(NAMES)('%s loads without any configuration', (name) => {
    const script = `console.log(typeof require(${JSON.stringify(join(out, name, 'index.js'))}).handler)`;
    const said = execFileSync(process.execPath, ['-e', script], { cwd: '/', env: {}, encoding: 'utf8' });
    expect(said).toBe('function\n');
  });

  test.each(NAMES)('%s: what only a proxy needs is not read where there is none', (name) => {
    const bundle = join(out, name, 'index.js');
    expect(readFileSync(bundle, 'utf8')).not.toContain('UND_ERR_');
    const script = `require(${JSON.stringify(bundle)}); console.log(Object.keys(require.cache).length)`;
    expect(execFileSync(process.execPath, ['-e', script], { cwd: '/', env: {}, encoding: 'utf8' })).toBe(
      '1\n',
    );
  });

  test.each(NAMES)(
    '%s: what was read of the policies lies beside them, as reading them would find it',
    async (name) => {
      const packed = thaw(readFileSync(join(out, name, 'policies.bin')));
      const read = await loadFolder(join(out, name, 'policies'), { kinds: grantKinds });
      if ('problems' in read) throw new Error(JSON.stringify(read.problems));
      const { parts, bundle } = read;
      const { ownPartition } = packed;
      const found = thaw(freeze({ parts, warnings: bundle.warnings, ownPartition }));
      expect(isDeepStrictEqual(packed, found)).toBe(true);
    },
  );

  test.each(NAMES)('%s: what no first click needs stands in files of its own, and can be loaded', (name) => {
    const index = readFileSync(join(out, name, 'index.js'), 'utf8');
    const apart = readdirSync(join(out, name, 'apart')).sort();
    expect(apart).toEqual(['refa.js', 'rrule-temporal.js', 'windows-iana.js']);
    for (const file of apart) {
      expect(index).toContain(`require("./apart/${file}")`);
      const script = `console.log(Object.keys(require(${JSON.stringify(join(out, name, 'apart', file))})).length > 0)`;
      expect(execFileSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8' })).toBe('true\n');
    }
  });

  test('invariant 13: slack holds nothing that writes in IAM', () => {
    const calls = ['PutUserPolicy', 'DeleteUserPolicy', 'PutRolePolicy', 'GetShardIterator'];
    const heldBy = (name: string) => {
      const code = readFileSync(join(out, name, 'index.js'), 'utf8');
      return calls.filter((call) => code.includes(call));
    };
    expect(heldBy('slack')).toEqual([]);
    // The table's stream is read by AWS.
    expect(heldBy('stream')).toEqual(calls.slice(0, -1));
  });
});
