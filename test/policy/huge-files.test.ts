/** @project long */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { loadFolder } from '../../src/policy/load.js';
import { placeAt } from '../../src/policy/read/cedar/scan.js';
import { FILES, folder, kinds, POLICIES, problemsOf, removeFolders } from '../support/policy.js';
import { growth } from '../support/growth.js';

afterAll(removeFolders);

const SCHEMA = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
const rows = (count: number, row: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => row(n)).join('');

const inCatalog = (text: (size: number) => string) => (size: number) => ({ 'catalog.yml': text(size) });

test.each<[string, number, (size: number) => Record<string, string>]>([
  [
    'twenty thousand unknown keys',
    20_000,
    inCatalog((size) => FILES['catalog.yml'] + rows(size, (n) => `k${n}: 1\n`)),
  ],
  ['a key that stands five thousand times', 5000, inCatalog((size) => rows(size, () => 'k: 1\n'))],
  [
    'a hundred thousand entries that are none',
    100_000,
    inCatalog((size) => `entitlements:\n${rows(size, () => '  - a\n')}`),
  ],
  ['fifty thousand policies that are none', 50_000, (size) => ({ 'more.cedar': rows(size, () => ';\n') })],
  ['a hundred thousand quotes', 100_000, inCatalog((size) => '"'.repeat(size))],
])('%s: refused with a thousand problems or so', async (_, size, files) => {
  const problems = await problemsOf(files(size));
  expect(problems.length).toBeGreaterThan(999);
  expect(problems.length).toBeLessThan(1100);
  expect(await growth(size / 4, (part) => () => problemsOf(files(part)))).toBeLessThan(4);
});

test('types of a schema that would never end being written out: refused', async () => {
  const types = rows(40, (n) => `type T${n} = { a: T${n + 1}, b: T${n + 1} };\n`);
  const text = `${types}type T40 = Long;\nentity Unfolded { x: T0 };\n`;
  expect(await problemsOf({ 'schema.cedarschema': SCHEMA.replace(/\}\s*$/, `${text}}`) })).toEqual([
    'schema.cedarschema: its types unfold into more than 50000 parts; write it flatter',
  ]);
});

test('a policy that is too long for Cedar to be quick about it: refused', async () => {
  const text = `@id("a") forbid (principal, action, resource) when { [${'1,'.repeat(60_000)}1].contains(1) };`;
  expect(await problemsOf({ 'more.cedar': text })).toEqual([
    `more.cedar:1: this policy is ${text.length} characters long, and 100000 are read; split it up, or use sets`,
  ]);
});

test('a device in place of a file, which can be read for ever: refused', async () => {
  const dir = await folder();
  await rm(join(dir, 'catalog.yml'));
  await symlink('/dev/zero', join(dir, 'catalog.yml'));
  expect(await loadFolder(dir, { kinds })).toMatchObject({
    problems: [{ file: 'catalog.yml', message: 'is not a plain file; put the file itself there' }],
  });
});

test.each<[string, number, (size: number) => string]>([
  ['quotation marks', 4_000_000, (size) => '"'.repeat(size)],
  ['anchors', 1_300_000, (size) => '&a '.repeat(size)],
  ['one list', 2_000_000, (size) => `[${'a,'.repeat(size)}]`],
  ['items', 1_000_000, (size) => '- x\n'.repeat(size)],
])('a file as large as may be, of nothing but %s: refused in time, by its name', async (_, size, text) => {
  const [problem] = await problemsOf({ 'catalog.yml': text(size) });
  expect(problem).toMatch(/^catalog\.yml/);
  const part = (of: number) => ({ 'catalog.yml': text(of) });
  expect(await growth(size / 16, (of) => () => problemsOf(part(of)))).toBeLessThan(4);
});

test('a link to a file, as Kubernetes mounts it: read', async () => {
  const dir = await folder();
  await rm(join(dir, 'catalog.yml'));
  await mkdir(join(dir, '..data'));
  await writeFile(join(dir, '..data/catalog.yml'), FILES['catalog.yml']);
  await symlink('..data/catalog.yml', join(dir, 'catalog.yml'));
  expect(await loadFolder(dir, { kinds })).toMatchObject({ parts: { entitlements: expect.any(Map) } });
});

test('a number and a text that become one key: refused, since one would silently replace the other', async () => {
  const accounts = '"111122223333": { manageRoleArn: "arn:aws:iam::111122223333:role/A" }';
  const twice = `${accounts}, 111122223333: { manageRoleArn: "arn:aws:iam::111122223333:role/B" }`;
  const text = `${FILES['directory.yml']}accounts: { ${twice} }\n`;
  expect((await problemsOf({ 'directory.yml': text })).map((line) => line.replace(/^.*?: /, ''))).toEqual([
    'the key "111122223333" appears twice; keep one of the two',
  ]);
});

test.each(['manager, security', '2 of security', ' x'])(
  'a stage called "%s", which no chain could name: refused',
  async (name) => {
    const text = `${FILES['directory.yml']}  "${name}": { manager: true }\n`;
    expect((await problemsOf({ 'directory.yml': text })).join()).toContain(
      'write the name in a–z, 0–9 and hyphens only',
    );
  },
);

test('places are counted as lines and columns, in one text after the other', () => {
  const text = 'a\r\nbc\n\nd\re';
  const places = [0, 1, 3, 4, 6, 7, 8, 9].map((at) => placeAt(text, at));
  expect(places.map(({ line, column }) => `${line}:${column}`).join(' ')).toBe(
    '1:1 1:2 2:1 2:2 3:1 4:1 4:2 5:1',
  );
  expect(placeAt('x', 0)).toEqual({ line: 1, column: 1 });
  expect(placeAt(text, 8)).toEqual({ line: 4, column: 2 });
});
