import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../src/policy/live/source.js';
import { loadFolder } from '../../src/policy/load.js';
import { unpack } from '../../src/policy/live/packed.js';
import { packFolder } from '../../src/policy/cases/folder.js';
import { FILES, folder, FROM, kinds, removeFolders } from '../support/policy.js';

let dir: string;
beforeEach(async () => {
  dir = await folder({
    'policies.cedar': undefined,
    'staging.cedar': FILES['policies.cedar'],
    'cases/staging.yml': `- name: at once
  at: 2026-11-20T10:00:00Z
  requester: { email: ana@corp.example, groups: [engineers] }
  request: { entitlement: logs, duration: 1h }
  expect: { outcome: auto }
`,
  });
});
afterEach(removeFolders);

const TEXT = '@id("stray") permit (principal, action, resource);';
const hashOf = async () => {
  const loaded = await loadFolder(dir, { kinds });
  return 'bundle' in loaded ? loaded.bundle.hash : loaded.problems;
};

describe('what an editor or a system puts beside a file is nothing that anybody has saved', () => {
  test.each([
    '._staging.cedar',
    '.#staging.cedar',
    '#staging.cedar',
    '#staging.cedar#',
    '.staging.cedar.swp',
    '.staging.cedar',
    'staging.cedar~',
    'catalog.yml~',
    '._directory.yml',
    'cases/._staging.yml',
    'cases/.#staging.yml',
    'cases/#staging.yml',
    'cases/staging.yml~',
  ])('invariant 4: %s is not read, nor packed, nor noticed', async (name) => {
    const before = [await fingerprint(dir), await hashOf(), await packFolder(dir, { kinds }, FROM)];
    for (const content of [Buffer.from([0, 5, 0x16, 7, 0xff]), TEXT, 'somebody@host.1234:56']) {
      writeFileSync(join(dir, name), content);
      expect([await fingerprint(dir), await hashOf(), await packFolder(dir, { kinds }, FROM)]).toEqual(
        before,
      );
    }
  });

  test('a folder of that name is not read either', async () => {
    const before = await hashOf();
    mkdirSync(join(dir, '.git.cedar'));
    expect(await hashOf()).toEqual(before);
  });

  test.each(['._x.cedar', '.x.cedar', '#x.cedar', 'cases/.x.yml'])(
    'invariant 4: in a packed folder "%s" is refused: somebody has put it there',
    (name) => {
      const { rules } = unpack('s3://corp/b.json', Buffer.from(JSON.stringify({ files: { [name]: TEXT } })));
      expect(rules.problems).toContainEqual({
        file: name,
        message: 'is not a file of a policy folder; leave it out of the packed one',
      });
    },
  );
});
