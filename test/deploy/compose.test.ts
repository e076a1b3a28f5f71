import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.js';

const ROOT = resolve(__dirname, '../..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const compose = parse(text('compose.yml')) as {
  services: Record<
    'jit' | 'dynamodb',
    { environment?: Record<string, string>; volumes: string[]; command?: string; image?: string }
  >;
  volumes: Record<string, unknown>;
};
const { jit, dynamodb } = compose.services;

/** As Compose does: `${NAME:?what it is}` must be given, `${NAME:-default}` may be. */
function filled(value: string, given: Record<string, string>): string {
  return value.replace(/\$\{(\w+):([?-])([^}]*)\}/g, (_, name: string, sign: string, rest: string) => {
    const found = given[name];
    if (found === undefined && sign === '?') throw new Error(`${name} is missing: ${rest}`);
    return found ?? rest;
  });
}
function environment(given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(jit.environment ?? {}).map(([name, value]) => [name, filled(value, given)]),
  );
}
const least = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 's3cret',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
};

describe('compose.yml', () => {
  test('with what it demands, the server has all that it needs', () => {
    expect(readConfig(environment(least))).toMatchObject({
      store: 'dynamodb',
      createTable: true,
      port: 3000,
    });
  });

  test.each(Object.keys(least))('%s is demanded', (name) => {
    const others = Object.fromEntries(Object.entries(least).filter(([other]) => other !== name));
    expect(() => environment(others)).toThrow(`${name} is missing`);
  });

  test('names no variable that neither jit nor the AWS SDK reads', () => {
    const read = new Set([
      ...[...text('src/environment.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name),
      'AWS_REGION',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_ENDPOINT_URL_DYNAMODB_STREAMS',
    ]);
    expect(Object.keys(jit.environment ?? {}).filter((name) => !read.has(name))).toEqual([]);
  });

  test('the policies are mounted where the image looks for them, for reading alone', () => {
    const [, dir] = /JIT_POLICY_DIR=(\S+)/.exec(text('Dockerfile')) ?? [];
    expect(jit.volumes.map((volume) => filled(volume, { JIT_POLICIES: './mine' }))).toEqual([
      `./mine:${dir}:ro`,
    ]);
  });

  test('invariant 2: the record outlives its process, and with it the duty to end access', () => {
    expect(dynamodb.command).not.toContain('-inMemory');
    const [, path = 'none'] = /-dbPath (\S+)/.exec(dynamodb.command ?? '') ?? [];
    expect(dynamodb.volumes).toEqual([`record:${path}`]);
    expect(Object.keys(compose.volumes)).toEqual(['record']);
  });
});
