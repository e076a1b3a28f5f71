import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as unknown;

interface Wanted {
  name: string;
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides: Record<string, string>;
}
const wanted = json('package.json') as Wanted;
const lock = json('package-lock.json') as {
  name: string;
  version: string;
  packages: Record<string, { version: string; resolved?: string }>;
};
const sdk = Object.entries({ ...wanted.dependencies, ...wanted.overrides }).filter(([name]) =>
  name.startsWith('@aws-sdk/'),
);

/** What one package has and the others' version of it has not: STS's, `GetScopedCredentials`. */
const AHEAD = ['@aws-sdk/client-sts'];

test('the AWS SDK is wanted at one version throughout, but for what is named as ahead of it', () => {
  expect(sdk.length).toBeGreaterThan(7);
  const versionsOf = (ahead: boolean) =>
    new Set(sdk.filter(([name]) => AHEAD.includes(name) === ahead).map(([, version]) => version));
  expect([versionsOf(false).size, versionsOf(true).size]).toEqual([1, 1]);
});

test('what the packages of the AWS SDK share is there once, so that no bundle holds it twice', () => {
  const nested = Object.keys(lock.packages).filter((path) =>
    /^node_modules\/@aws-sdk\/.*\/node_modules\/@(?:aws-sdk|smithy)\//.test(path),
  );
  expect(nested).toEqual([]);
});

test.each(sdk)('%s is installed once, at %s', (name, version) => {
  const installed = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
  expect(installed.map(([, found]) => found.version)).toEqual([version]);
});

test('every dependency is pinned to the digit', () => {
  const ranges = Object.entries({
    ...wanted.dependencies,
    ...wanted.devDependencies,
    ...wanted.overrides,
  }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(ranges).toEqual([]);
});

test('the lock file is of this package, and names no registry', () => {
  expect([lock.name, lock.version]).toEqual([wanted.name, wanted.version]);
  const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined);
  expect(named).toEqual([]);
});

test('nothing that reaches people outside of a clone says "npx jit": there that runs a stranger’s package', () => {
  const filesIn = (path: string): string[] =>
    statSync(join(ROOT, path)).isFile()
      ? [path]
      : readdirSync(join(ROOT, path)).flatMap((name) => filesIn(join(path, name)));
  const told = ['src', 'policies', 'manifest.yml', 'serverless.yml', 'docs/schemas', 'docs/target-role.yml'];
  const texts = told.flatMap(filesIn).map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const);
  expect(texts.length).toBeGreaterThan(200);
  expect(texts.filter(([, text]) => text.includes('npx jit')).map(([file]) => file)).toEqual([]);
});
