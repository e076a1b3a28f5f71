import { actLine, stageLine } from '../../../src/cli/policy/report/diff-lines.js';
import { textOfLine } from '../../../src/cli/policy/report/line.js';
import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { decidesDifferently, diffPolicies, type PolicyDiff } from '../../../src/policy/diff/index.js';
import { FILES, folder, kinds, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

const FROM = Date.parse('2026-11-20T10:00:00Z');
type Files = Parameters<typeof folder>[0];

/** Requests need the manager, the owners and security; those entitled to a stage may approve. */
const BASE = {
  'policies.cedar': `${FILES['policies.cedar'].replace('"auto"', '"manager, owners, 2 of security"')}
@id("members")
permit (principal, action == Jit::Action::"approve", resource)
when { principal in context.group };
`,
  'directory.yml': `${FILES['directory.yml']}people:
  ana@corp.example: { manager: bob@corp.example, iamUser: ana }
  eva@corp.example: { manager: bob@corp.example }
identity: { iamUser: '{email}', domains: [corp.example] }
justification: { ticket: { pattern: '[A-Z]+-[0-9]+', required: true } }
`,
};

async function loaded(files: Files): Promise<Loaded> {
  const found = await loadFolder(await folder({ ...BASE, ...files }), { kinds });
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found;
}

/** A change of one text of one file. */
async function changed(file: keyof typeof FILES, from: string | RegExp, to: string): Promise<PolicyDiff> {
  const before = { ...FILES, ...BASE }[file];
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  return diffPolicies(await loaded({}), await loaded({ [file]: after }), FROM);
}

const stages = (diff: PolicyDiff) => diff.stages.map((row) => textOfLine(stageLine(row)));

describe('what counts for the exit code', () => {
  test.each<[string, keyof typeof FILES, string | RegExp, string]>([
    ['the role of an entitlement', 'catalog.yml', 'role/jit/Logs', 'role/jit/Other'],
    ['its account', 'catalog.yml', /444455556666/g, '111122223333'],
    ['its owners', 'catalog.yml', 'owners: [dba]', 'owners: [dba, security]'],
    ['no owners any more', 'catalog.yml', 'owners: [dba]', 'owners: []'],
    ['a duration', 'catalog.yml', '[1h, 4h]', '[1h, 8h]'],
    ['who is in a list that fills a stage', 'directory.yml', ', kim@corp.example', ''],
    ['the group of a stage', 'directory.yml', 'group: security', 'group: dba'],
    [
      'a Slack group in the place of a list',
      'directory.yml',
      '{ members: [dan@corp.example] }',
      '{ usergroup: S0DBA }',
    ],
    ['another Slack group, of which a permit asks', 'directory.yml', 'S0ENG', 'S0OTHER'],
    ['a manager', 'directory.yml', 'manager: bob@corp.example }', 'manager: mia@corp.example }'],
    ['an IAM user', 'directory.yml', 'iamUser: ana ', 'iamUser: root '],
    ['the template of IAM names', 'directory.yml', "iamUser: '{email}'", "iamUser: 'x-{email}'"],
    ['a role in the place of a user', 'directory.yml', "iamUser: '{email}'", "iamRole: '{email}'"],
    ['a domain more', 'directory.yml', 'domains: [corp.example]', 'domains: [corp.example, evil.example]'],
    ['that a ticket is needed', 'directory.yml', 'required: true', 'required: false'],
    ['the form of tickets', 'directory.yml', '[A-Z]+-', '[A-Za-z]*-'],
    ['what becomes of the access of those who left', 'directory.yml', 'people:', 'leavers: tell\npeople:'],
    [
      'who may come in where a stage does not answer',
      'directory.yml',
      'group: security }',
      'group: security, escalate: { after: 30m, to: dba } }',
    ],
    ['who may stand in', 'directory.yml', 'group: security }', 'group: security, delegates: dba }'],
    [
      'who decides where nobody is left',
      'directory.yml',
      'people:',
      'fallback: { group: dba, channel: C0LAST }\npeople:',
    ],
    [
      'who approves',
      'policies.cedar',
      'when { principal in context.group }',
      'when { principal in context.group && principal != Jit::User::"sam@corp.example" }',
    ],
    [
      'a stage of another name',
      'directory.yml',
      /group: security }/,
      'group: dba }\n  more: { group: security }',
    ],
  ])('%s counts', async (_, file, from, to) => {
    expect(decidesDifferently(await changed(file, from, to))).toBe(true);
  });

  test.each<[string, keyof typeof FILES, string | RegExp, string]>([
    ['a name', 'catalog.yml', 'name: Logs', 'name: Logbook'],
    ['a description', 'catalog.yml', 'Read logs.', 'Read all logs.'],
    ['a channel of an entitlement', 'catalog.yml', 'owners:', 'channel: C0OTHER\n    owners:'],
    ['a tag that no policy reads', 'catalog.yml', 'owners:', 'tags: { team: payments }\n    owners:'],
    ['the channel', 'directory.yml', 'C0ACCESS', 'C0OTHER'],
    ['the channel of a stage', 'directory.yml', 'group: security }', 'group: security, channel: C0SEC }'],
    ['when people are reminded', 'directory.yml', 'group: security }', 'group: security, remind: 15m }'],
    ['how long a request waits', 'directory.yml', 'people:', 'approvalTimeout: 1h\npeople:'],
    ['when people are warned', 'directory.yml', 'people:', 'warnBefore: 5m\npeople:'],
    [
      'the way into an account',
      'directory.yml',
      'people:',
      "accounts: { '444455556666': { manageRoleArn: 'arn:aws:iam::444455556666:role/Manage' } }\npeople:",
    ],
    [
      'a comment and advice',
      'policies.cedar',
      '@id("members")',
      '// More.\n@id("members") @advice("Ask them.")',
    ],
    [
      'a group that nothing uses',
      'directory.yml',
      'groups:',
      'groups:\n  others: { members: [zoe@corp.example] }',
    ],
    ['a stage that nothing uses', 'directory.yml', 'stages:', 'stages:\n  others: { group: dba }'],
    [
      'a name for the same list',
      'directory.yml',
      /security: \{ members: (.*) \}\nstages:([\s\S]*)group: security/,
      'security: { members: $1 }\n  guards: { members: $1 }\nstages:$2group: guards',
    ],
  ])('%s does not', async (_, file, from, to) => {
    const diff = await changed(file, from, to);
    const { policies, catalog, directory } = diff.files;
    expect([...policies, ...catalog, ...directory]).not.toEqual([]);
    expect({ ...diff, files: undefined, hashes: undefined }).toMatchObject({
      rows: [],
      acts: [],
      rights: [],
      stages: [],
      settings: [],
      open: [],
    });
    expect(decidesDifferently(diff)).toBe(false);
  });
});

describe('who sits in the stages', () => {
  test('people who come and go are named, with what they may agree to', async () => {
    const diff = await changed('directory.yml', 'kim@corp.example', 'zoe@corp.example');
    expect(stages(diff)).toEqual(['security: + zoe@corp.example; − kim@corp.example (for logs)']);
  });

  test('owners of an entitlement, taken away, leave nobody', async () => {
    expect(stages(await changed('catalog.yml', 'owners: [dba]', 'owners: []'))).toEqual([
      'owners: − dan@corp.example; nobody is left (for logs)',
    ]);
  });

  test('whoever is in a Slack user group is not named', async () => {
    const diff = await changed('directory.yml', '{ members: [dan@corp.example] }', '{ usergroup: S0DBA }');
    expect(stages(diff)).toEqual(['owners: + Slack user group S0DBA; − dan@corp.example (for logs)']);
  });

  test('managers stand beside those whose requests they decide, the same for several in one row', async () => {
    const diff = await changed('directory.yml', /manager: bob@corp.example/g, 'manager: mia@corp.example');
    expect(stages(diff)).toEqual([
      'manager of ana@corp.example, eva@corp.example: + mia@corp.example; − bob@corp.example (for logs)',
    ]);
  });

  test('a stage that no request needs has no rows, nor has a group that is in no stage', async () => {
    const before = await loaded({ 'policies.cedar': FILES['policies.cedar'] });
    const after = await loaded({
      'policies.cedar': FILES['policies.cedar'],
      'directory.yml': BASE['directory.yml'].replace(', kim@corp.example', ''),
    });
    expect(diffPolicies(before, after, FROM).stages).toEqual([]);
  });

  test('a stage of another name is a loss of the one, and other people in the other', async () => {
    const rename = (text: string) => text.replaceAll('security', 'guards');
    const before = await loaded({});
    const after = await loaded({
      'policies.cedar': rename(BASE['policies.cedar']),
      'directory.yml': rename(BASE['directory.yml']),
    });
    const diff = diffPolicies(before, after, FROM);
    expect(diff.rows).toMatchObject([{ kind: 'changed approval', after: 'manager, owners, 2 of guards' }]);
    expect(stages(diff)).toEqual([
      'security: − sam@corp.example, kim@corp.example; nobody is left (for logs)',
      'guards: + sam@corp.example, kim@corp.example (for logs)',
    ]);
  });
});

describe('people are named only where it is about them', () => {
  const revoke = '@id("ends") permit (principal, action == Jit::Action::"revoke", resource)';
  const acts = async (before: string, after: string) => {
    const [one, other] = [await loaded({ 'more.cedar': before }), await loaded({ 'more.cedar': after })];
    return diffPolicies(one, other, FROM).acts.map((row) => textOfLine(actLine(row)));
  };

  test('what everybody may is not put down to those whom directory.yml happens to name', async () => {
    expect(await acts('', `${revoke};`)).toEqual(['anyone: may now end access to logs']);
  });

  test('nobody is made up: addresses of a kind are such as one of them', async () => {
    const evil = `${revoke} when { principal.email like "*@evil.example" };`;
    const [line = '', ...more] = await acts('', evil);
    expect(line).toBe('addresses such as somebody@evil.example: may now end access to logs');
    expect(more).toEqual([]);
  });

  test('of several people, all, also where they are named in one breath', async () => {
    const two = `${revoke} when { ["zoe@corp.example", "ana@corp.example"].contains(principal.email) };`;
    expect(await acts('', two)).toEqual(['ana@corp.example, zoe@corp.example: may now end access to logs']);
  });

  test('whoever comes into a list, or is in it no longer, and nobody else of it', async () => {
    const engineers = (list: string) => ({
      'directory.yml': BASE['directory.yml'].replace('{ usergroup: S0ENG }', `{ members: [${list}] }`),
    });
    const [one, other] = [
      await loaded(engineers('ana@corp.example, eva@corp.example')),
      await loaded(engineers('ana@corp.example, zoe@corp.example, max@corp.example')),
    ];
    const { rows, open } = diffPolicies(one, other, FROM);
    expect(open).toEqual([]);
    expect(rows).toMatchObject([
      { kind: 'newly permitted', who: ['zoe@corp.example, max@corp.example'] },
      { kind: 'no longer permitted', who: ['eva@corp.example'] },
    ]);
  });

  test('whoever is newly in a Slack group that is another now', async () => {
    const { rows } = await changed('directory.yml', 'S0ENG', 'S0OTHER');
    expect(rows).toMatchObject([
      { kind: 'newly permitted', who: ['newly in engineers'] },
      { kind: 'no longer permitted', who: ['no longer in engineers'] },
    ]);
  });

  test('of a stage, those who are in it then', async () => {
    const votes = BASE['policies.cedar'].slice(BASE['policies.cedar'].indexOf('@id("members")'));
    const without = { 'policies.cedar': BASE['policies.cedar'].replace(votes, '') };
    const fewer = { 'directory.yml': BASE['directory.yml'].replace(', kim@corp.example', '') };
    const rows = async (one: Files, other: Files) =>
      diffPolicies(await loaded(one), await loaded(other), FROM)
        .acts.filter(({ stage }) => stage === 'security')
        .map(({ who, becomes }) => `${who.join()} ${becomes}`);
    expect(await rows(without, fewer)).toEqual(['sam@corp.example allowed']);
    expect(await rows(fewer, without)).toEqual(['sam@corp.example denied']);
  });

  test('of a list, only those in it', async () => {
    const listed = revoke.replace('principal,', 'principal in Jit::Group::"security",');
    expect(await acts('', `${listed};`)).toEqual(['security: may now end access to logs']);
  });
});
