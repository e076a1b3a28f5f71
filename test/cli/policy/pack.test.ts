import { loadTexts } from '../../../src/policy/load.js';
import { unpack } from '../../../src/policy/live/packed.js';
import { readFiles } from '../../../src/policy/live/source.js';
import { folder, kinds, POLICIES, removeFolders } from '../../support/policy.js';
import { jitPolicy } from '../../support/cli.js';

afterAll(removeFolders);

const WRONG = `- name: wrong
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: logs, duration: 1h }
  expect: { outcome: denied }
`;

describe('jit policy pack', () => {
  test.each([
    ['one that does not load', { 'catalog.yml': 'entitlements: 7' }, 'catalog.yml:1'],
    [
      'one whose own cases fail',
      { 'cases/a.yml': WRONG },
      'the case "wrong" fails: expected denied, got auto',
    ],
    ['one with a case that cannot be read', { 'cases/a.yml': 'no: list' }, 'a.yml'],
  ])('of %s writes nothing, and says why', async (_, files, why) => {
    const { code, out, err } = await jitPolicy('pack', await folder(files));
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('is not packed, since jit would refuse it');
    expect(err).toContain(why);
  });

  test('writes one file, which is the folder again: its texts, its cases, its hash', async () => {
    const { code, out, err } = await jitPolicy('pack', POLICIES);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const files = await readFiles(POLICIES);
    const unpacked = unpack('bundle.json', Buffer.from(out));
    expect(unpacked).toEqual(files);
    expect([...unpacked.rules.texts.keys()]).toEqual([...files.rules.texts.keys()]);
    const [a, b] = [unpacked, files].map(({ rules }) => loadTexts('bundle', rules, { kinds }));
    expect(a).toHaveProperty('parts.hash');
    expect(JSON.stringify(a)).toBe(JSON.stringify(b));
  });

  test('leaves out what is no part of the policies', async () => {
    const { out } = await jitPolicy(
      'pack',
      await folder({ 'README.md': 'secret plans', 'cases/notes.txt': 'none' }),
    );
    expect(Object.keys((JSON.parse(out) as { files: object }).files).sort()).toEqual([
      'catalog.yml',
      'directory.yml',
      'policies.cedar',
      'schema.cedarschema',
    ]);
  });
});
