import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lint } from '../../src/policy/lint/index.js';
import { packFolder, testFolder, validateFolder } from '../../src/policy/cases/folder.js';
import { loadFolder, loadTexts, type Loaded } from '../../src/policy/load.js';
import { unpack } from '../../src/policy/live/packed.js';
import { fingerprint } from '../../src/policy/live/source.js';
import { bundleAt, FILES, folder, kinds, load, problemsOf, removeFolders } from '../support/policy.js';
import { catalogOf, entry, PAYMENTS } from '../support/sub-folder.js';

afterEach(removeFolders);

const FROM = Date.UTC(2026, 10, 20, 10);

const loadedAt = async (dir: string): Promise<Loaded> => {
  const loaded = await loadFolder(dir, { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded;
};
const problemsAt = async (dir: string) => {
  const loaded = await loadFolder(dir, { kinds });
  return 'problems' in loaded ? loaded.problems.map(({ file, message }) => `${file}: ${message}`) : [];
};

describe('a sub-folder', () => {
  test('adds its policies, its entitlements and its cases', async () => {
    const dir = await folder(PAYMENTS);
    const loaded = await loadedAt(dir);
    expect([...loaded.bundle.entitlements.keys()]).toEqual(['logs', 'cards']);
    expect(loaded.bundle.forbids).toEqual(['payments-freeze']);
    const who = { email: 'ana@corp.example', groups: ['engineers'] };
    const ask = { who, duration: 3_600_000, at: FROM };
    expect(loaded.bundle.pdp.request({ ...ask, entitlement: 'cards' })).toMatchObject({
      outcome: 'denied',
      policies: ['payments-freeze'],
      advice: ['Ask again in January.'],
    });
    expect(loaded.bundle.pdp.request({ ...ask, entitlement: 'logs' })).toMatchObject({ outcome: 'auto' });
    const { results, percent } = await testFolder(dir, loaded, { from: FROM });
    expect(results).toMatchObject([{ file: 'payments/cases/freeze.yml', line: 1, passed: true }]);
    expect(percent).toBe(50);
    expect(await validateFolder(dir, { kinds })).toMatchObject({
      problems: [],
      counts: { policies: 2, entitlements: 2, cases: 1 },
    });
  });

  test('is part of the hash, and what it was before has the hash that it had', async () => {
    const without = (await load()).hash;
    const hashes = await Promise.all(
      [{}, PAYMENTS, { ...PAYMENTS, 'payments/freeze.cedar': `${PAYMENTS['payments/freeze.cedar']}\n` }].map(
        async (files) => (await load(files)).hash,
      ),
    );
    expect(hashes[0]).toBe(without);
    expect(new Set(hashes).size).toBe(3);
  });

  test.each([
    'with spaces',
    'päyments',
    'a:b',
    '-rf',
    'constructor',
    '__proto__',
    '*',
    'payments~',
    '#1',
    'x.y',
  ])('may be called "%s"', async (name) => {
    const dir = await folder(
      Object.fromEntries(
        Object.entries(PAYMENTS).map(([file, text]) => [file.replace('payments', name), text]),
      ),
    );
    expect((await bundleAt(dir)).forbids).toEqual(['payments-freeze']);
    const packed = await packFolder(dir, { kinds }, FROM);
    if ('problems' in packed) throw new Error(JSON.stringify(packed.problems));
    const { rules, cases } = unpack('s3://corp/b.json', Buffer.from(packed.text));
    expect(loadTexts('s3://corp/b.json', rules, { kinds })).toMatchObject({
      bundle: { hash: (await bundleAt(dir)).hash },
    });
    expect([...cases.texts.keys()]).toEqual([`${name}/cases/freeze.yml`]);
  });

  test('may hold policies without a case, entitlements without a policy, or cases alone', async () => {
    const { 'payments/catalog.yml': catalog, 'payments/freeze.cedar': freeze } = PAYMENTS;
    expect((await load({ 'a/catalog.yml': catalog, 'a/x.cedar': freeze })).forbids).toHaveLength(1);
    expect((await load({ 'a/catalog.yml': catalog })).entitlements.size).toBe(2);
    expect((await load({ 'a/cases/x.yml': '[]' })).entitlements.size).toBe(1);
  });

  test('has its lines named by lint, and accepts what lint finds there', async () => {
    const dir = await folder(PAYMENTS);
    const found = async () => {
      const { findings } = await lint(dir, (await loadedAt(dir)).parts, {
        at: Date.UTC(2026, 10, 20),
        kinds,
      });
      return findings
        .filter(({ subject }) => subject === 'cards')
        .map(({ code, file, line }) => `${code} ${file}:${line}`);
    };
    const before = await found();
    expect(before).toContain('entitlement-unreachable payments/catalog.yml:2');
    const accepting = '# jit-lint: accept entitlement-unreachable because payments is closed';
    writeFileSync(
      join(dir, 'payments/catalog.yml'),
      PAYMENTS['payments/catalog.yml'].replace('  - id', `  ${accepting}\n  - id`),
    );
    expect((await found()).filter((one) => one.startsWith('entitlement-unreachable'))).toEqual([]);
  });

  test('that is empty is none', async () => {
    const dir = await folder();
    mkdirSync(join(dir, 'empty/cases'), { recursive: true });
    expect((await bundleAt(dir)).warnings).toEqual([]);
  });

  test('may be one of hundreds, with thousands of files in all', async () => {
    const many = Array.from({ length: 150 }, (_, n) => [
      [`team-${n}/catalog.yml`, catalogOf(entry(`thing-${n}`, { environment: `env-${n}` }))],
      [
        `team-${n}/own.cedar`,
        `@id("own-${n}") forbid (principal, action == Jit::Action::"request", resource in Jit::Environment::"env-${n}");`,
      ],
      ...Array.from({ length: 10 }, (__, k) => [`team-${n}/cases/${k}.yml`, '[]']),
    ]);
    const { entitlements, forbids } = await load(Object.fromEntries(many.flat()) as Record<string, string>);
    expect([entitlements.size, forbids.length]).toEqual([151, 150]);
  });
});

describe('what two folders have by one name', () => {
  test.each([
    [
      'an entitlement of the folder above',
      { 'payments/catalog.yml': catalogOf(entry('cards'), entry('logs')) },
      ['payments/catalog.yml:11: id: "logs" is that of catalog.yml:2 already; every entitlement has its own'],
    ],
    [
      'an entitlement of another sub-folder',
      { ...PAYMENTS, 'zoo/catalog.yml': catalogOf(entry('cards')) },
      [
        'zoo/catalog.yml:2: id: "cards" is that of payments/catalog.yml:2 already; every entitlement has its own',
      ],
    ],
    [
      'a policy of the folder above',
      { ...PAYMENTS, 'z.cedar': PAYMENTS['payments/freeze.cedar'] },
      [
        'z.cedar:2: the @id "payments-freeze" is that of payments/freeze.cedar:2 already; give every policy its own',
      ],
    ],
    [
      'a policy of another sub-folder',
      {
        ...PAYMENTS,
        'zoo/catalog.yml': catalogOf(entry('lion', { environment: 'zoo' })),
        'zoo/x.cedar': PAYMENTS['payments/freeze.cedar'].replace('::"payments"', '::"zoo"'),
      },
      [
        'zoo/x.cedar:2: the @id "payments-freeze" is that of payments/freeze.cedar:2 already; give every policy its own',
      ],
    ],
  ])('invariant 4: is refused, with both places: %s', async (_, files, problems) => {
    expect(await problemsOf(files)).toEqual(problems);
  });
});

test('invariant 4: a group that directory.yml does not have is none in a sub-folder', async () => {
  const files = { 'payments/catalog.yml': PAYMENTS['payments/catalog.yml'].replace('[dba]', '[payers]') };
  expect(await problemsOf(files)).toEqual([
    'payments/catalog.yml:7: owners: unknown group "payers"; the groups are engineers, dba, security',
  ]);
});

test('a file of a sub-folder that is too large is refused by its name', async () => {
  for (const file of ['payments/catalog.yml', 'payments/freeze.cedar'])
    expect(await problemsOf({ ...PAYMENTS, [file]: '/'.repeat(4 * 1024 * 1024 + 1) })).toEqual([
      `${file}: is 4194305 bytes; at most 4194304 are read`,
    ]);
});

const X = 'forbid (principal, action, resource);';

describe('what looks as if it decided, and is not read', () => {
  test.each([
    ['freeze.CEDAR', 'its name must end in .cedar, in small letters; rename it'],
    ['freeze.cedar ', 'its name must end in .cedar, in small letters; rename it'],
    ['payments/freeze.Cedar', 'its name must end in .cedar, in small letters; rename it'],
    ['a\nb.cedar', 'there is a control character in its name; rename it'],
    ['catalog.yaml', 'rename it to catalog.yml'],
    ['Catalog.yml', 'rename it to catalog.yml'],
    ['DIRECTORY.YAML', 'rename it to directory.yml'],
    [
      'catalog-payments.yml',
      'a folder has one catalog; put its entitlements into catalog.yml, or into the catalog.yml of a sub-folder',
    ],
    ['payments/catalog-eu.yml', 'a folder has one catalog; put its entitlements into payments/catalog.yml'],
    ['payments/catalog.yaml', 'rename it to payments/catalog.yml'],
    [
      'payments/directory.yml',
      'groups, stages, people and accounts stand in directory.yml at the top; move what it has there',
    ],
    [
      'groups.yml',
      'of YAML only catalog.yml, directory.yml and cases/*.yml are; move it there, or out of the policy folder',
    ],
    [
      'payments/x.YML',
      'of YAML only payments/catalog.yml and payments/cases/*.yml are; move it there, or out of the policy folder',
    ],
    [
      'second.cedarschema',
      'there is one schema for all, schema.cedarschema at the top; put what it has there, and delete it',
    ],
    [
      'schema.cedarschema.json',
      'there is one schema for all, schema.cedarschema at the top; put what it has there, and delete it',
    ],
    [
      'payments/schema.cedarschema',
      'there is one schema for all, schema.cedarschema at the top; put what it has there, and delete it',
    ],
    [
      'payments/eu/freeze.cedar',
      'only one level of sub-folders is; move it to payments/, or to a sub-folder of its own beside that',
    ],
    [
      'payments/eu/a/b/c/catalog.yml',
      'only one level of sub-folders is; move it to payments/, or to a sub-folder of its own beside that',
    ],
    ['cases/payments/x.yml', 'the tests of a sub-folder stand in its own cases/; move it to payments/cases/'],
    ['cases/freeze.cedar', 'in cases/ only *.yml is; rename it, or move it to where it belongs'],
    ['cases/x.YML', 'in cases/ only *.yml is; rename it, or move it to where it belongs'],
    ['payments/cases/x.cedar', 'in payments/cases/ only *.yml is; rename it, or move it to where it belongs'],
    [
      'payments/cases/eu/x.yml',
      'only one level of sub-folders is; move it to payments/, or to a sub-folder of its own beside that',
    ],
    [
      'Cases/x.yml',
      'of YAML only Cases/catalog.yml and Cases/cases/*.yml are; move it there, or out of the policy folder',
    ],
    ['cases', 'it is no folder; put the tests into a folder of that name'],
    ['payments/cases', 'it is no folder; put the tests into a folder of that name'],
  ])('invariant 4: keeps the folder from loading, on disk and packed: %j', async (file, right) => {
    const { 'payments/cases/freeze.yml': _, ...base } = PAYMENTS;
    const dir = await folder({ ...base, [file]: X });
    const shown = file.replace('\n', String.raw`\u{a}`);
    expect(await problemsAt(dir)).toEqual([`${shown}: is not read: ${right}`]);
    expect(await packFolder(dir, { kinds }, FROM)).toMatchObject({ problems: [{ file: shown }] });
    const texts = { ...(await loadedTexts(base)), [file]: X };
    const { rules } = unpack('s3://corp/b.json', Buffer.from(JSON.stringify({ files: texts })));
    expect(rules.problems).toEqual([{ file: shown, message: `is not read: ${right}` }]);
  });

  async function loadedTexts(files: Record<string, string>): Promise<Record<string, string>> {
    const packed = await packFolder(await folder(files), { kinds }, FROM);
    if ('problems' in packed) throw new Error(JSON.stringify(packed.problems));
    return (JSON.parse(packed.text) as { files: Record<string, string> }).files;
  }

  test('invariant 4: is seen when it comes and when it goes', async () => {
    const dir = await folder(PAYMENTS);
    const before = await fingerprint(dir);
    writeFileSync(join(dir, 'payments/late.CEDAR'), X);
    const with1 = await fingerprint(dir);
    expect(with1).not.toBe(before);
    rmSync(join(dir, 'payments/late.CEDAR'));
    expect(await fingerprint(dir)).toBe(before);
  });

  test('a folder that is called like a file is refused as that file', async () => {
    expect(await problemsOf({ 'payments.cedar/x.cedar': X })).toEqual([
      'payments.cedar: cannot be read (EISDIR); check that it is a file, and its permissions',
    ]);
  });

  test('policies without a catalog could reach nothing, which is said once', async () => {
    const files = { 'payments/a.cedar': `@id("a") ${X}`, 'payments/b.cedar': `@id("b") ${X}` };
    const message =
      'is missing; write it, or move the policies beside it to the top folder: they may reach only what it has';
    expect(await problemsOf(files)).toEqual([`payments/catalog.yml: ${message}`]);
    expect(await problemsOf({ ...files, 'payments/catalog.yaml': '' })).toEqual([
      'payments/catalog.yml: is missing; rename payments/catalog.yaml to payments/catalog.yml',
    ]);
    const text = JSON.stringify({ files: { ...FILES, ...files } });
    const { rules } = unpack('s3://corp/b.json', Buffer.from(text));
    expect(rules.problems).toEqual([{ file: 'payments/catalog.yml', message }]);
  });
});

describe('what has nothing to do with policy', () => {
  test('is a warning, one for each folder, and the policies load', async () => {
    const bundle = await load({
      ...PAYMENTS,
      'README.md': '# Ours',
      CODEOWNERS: '* @ana',
      'kustomization.yaml': 'resources: []',
      'payments/kustomization.yml': 'resources: []',
      'payments/cases/notes.txt': '',
      'docs/img/a.png': '',
      'docs/img/b.png': '',
      'lost+found/freeze.cedar': X,
    });
    const message = 'is not a file of a policy folder, and is not read';
    expect(bundle.warnings).toEqual([
      { file: 'CODEOWNERS', message: `${message} (nor are 3 more beside it)` },
      { file: 'docs/img/a.png', message: `${message} (nor is 1 more beside it)` },
      { file: 'payments/cases/notes.txt', message },
      { file: 'payments/kustomization.yml', message },
    ]);
    expect(bundle.hash).toBe((await load(PAYMENTS)).hash);
  });

  test('a file where a sub-folder might be is one', async () => {
    const { warnings } = await load({ payments: X });
    expect(warnings.map(({ file }) => file)).toEqual(['payments']);
  });

  test('ten thousand of them are one warning', async () => {
    const dir = await folder();
    for (let n = 0; n < 10_000; n++) writeFileSync(join(dir, `note-${n}`), '');
    expect((await bundleAt(dir)).warnings).toHaveLength(1);
  });

  test.each([
    '.git/config.yml',
    '..data/x.cedar',
    '.github/a/b.yml',
    'payments/.git/x.cedar',
    'payments/x.cedar~',
  ])('nobody has put %s there: it is passed over', async (file) => {
    expect((await load({ ...PAYMENTS, [file]: X })).warnings).toEqual([]);
  });

  test('invariant 4: a folder in which nobody could find anything is refused', async () => {
    const dir = await folder();
    mkdirSync(join(dir, 'node_modules/a'), { recursive: true });
    for (let n = 0; n < 1_001; n++) writeFileSync(join(dir, `node_modules/a/${n}.js`), '');
    expect(await problemsAt(dir)).toEqual([
      'node_modules/a: it and others hold more than 1000 files that are not read; keep them elsewhere',
    ]);
  });
});

describe('a link', () => {
  test.each([
    ['payments', '../elsewhere'],
    ['payments', '.'],
    ['payments', '/'],
    ['cases', '../elsewhere'],
    ['a/cases', '../../elsewhere'],
    // No ConfigMap's, since `..data` is a folder.
    ['payments', '..data/payments'],
  ])('invariant 4: to a folder is not followed, and refused: %s → %s', async (name, target) => {
    const root = mkdtempSync(join(tmpdir(), 'jit-links-'));
    const dir = join(root, 'policies');
    renameSync(await folder({ 'a/catalog.yml': catalogOf(), '..data/payments/x.cedar': X }), dir);
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(target, join(dir, name));
    expect(await problemsAt(dir)).toEqual([
      `${name}: is a link to a folder, and is not followed; put the folder itself there`,
    ]);
    rmSync(root, { recursive: true });
  });

  test('invariant 4: that leads nowhere is refused', async () => {
    const dir = await folder();
    symlinkSync('gone', join(dir, 'payments'));
    symlinkSync('loop', join(dir, 'loop'));
    expect(await problemsAt(dir)).toEqual([
      'loop: is a link that leads nowhere; mend it, or delete it',
      'payments: is a link that leads nowhere; mend it, or delete it',
    ]);
  });

  test('to a file is followed, as ever', async () => {
    const dir = await folder({ ...PAYMENTS, 'payments/freeze.cedar': undefined });
    writeFileSync(join(dir, '.real'), PAYMENTS['payments/freeze.cedar']);
    symlinkSync('../.real', join(dir, 'payments/freeze.cedar'));
    expect((await bundleAt(dir)).forbids).toEqual(['payments-freeze']);
  });

  test('of a ConfigMap is followed, and seen to change', async () => {
    const real = await folder(PAYMENTS);
    const dir = mkdtempSync(join(tmpdir(), 'jit-mounted-'));
    const mount = (version: string, from: string) => {
      renameSync(from, join(dir, version));
      rmSync(join(dir, '..data'), { force: true });
      symlinkSync(version, join(dir, '..data'));
    };
    mount('..2026_11_20_10_00_00.1', real);
    for (const name of [...Object.keys(FILES), 'payments']) symlinkSync(`..data/${name}`, join(dir, name));
    const before = [(await bundleAt(dir)).hash, await fingerprint(dir)];
    expect(before[0]).toBe((await load(PAYMENTS)).hash);
    const changed = { ...PAYMENTS, 'payments/catalog.yml': catalogOf(entry('cards'), entry('ledger')) };
    mount('..2026_11_20_11_00_00.2', await folder(changed));
    expect((await bundleAt(dir)).entitlements.size).toBe(3);
    expect(await fingerprint(dir)).not.toBe(before[1]);
    rmSync(dir, { recursive: true });
  });
});

test('invariant 4: a sub-folder that cannot be read keeps the folder from loading', async () => {
  const dir = await folder(PAYMENTS);
  // A name that is not UTF-8 is not found by the name that Node.js makes of it: so it is for whoever runs the test.
  mkdirSync(Buffer.concat([Buffer.from(join(dir, 'team-')), Buffer.from([0xff])]));
  expect(await problemsAt(dir)).toEqual([
    'team-\ufffd: cannot be read (ENOENT); check that it is a folder, and its permissions',
  ]);
});
