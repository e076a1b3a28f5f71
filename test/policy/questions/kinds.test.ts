import { decidesDifferently, diffPolicies } from '../../../src/policy/diff/index.js';
import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { whatCan } from '../../../src/policy/questions/access/what-can.js';
import { whoCan } from '../../../src/policy/questions/access/who-can.js';
import { lintOf } from '../../support/lint.js';
import { FILES, folder, kinds, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

type Files = Parameters<typeof folder>[0];
const FROM = Date.parse('2026-11-20T10:00:00Z');

async function loaded(files: Files): Promise<Loaded> {
  const found = await loadFolder(await folder(files), { kinds });
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found;
}
const permit = (chain: string, rest = '', who = 'principal') =>
  `@id("p") @chain("${chain}") permit (${who}, action == Jit::Action::"request", resource) ${rest};\n`;
const groups = (count: number) => Array.from({ length: count }, (_, n) => `g${n}`);
const directoryOf = (names: string[]) =>
  FILES['directory.yml'].replace(
    'groups:\n',
    `groups:\n${names.map((name) => `  ${name}: { usergroup: S${name} }\n`).join('')}`,
  );
const who = async (files: Files) => {
  const { parts, bundle } = await loaded(files);
  return whoCan(parts, bundle.pdp, 'logs', FROM);
};

test('a change that only people in three groups see is a row, with a question that shows it', async () => {
  const directory = { 'directory.yml': directoryOf(['trained', 'oncall']) };
  const policies = (chain: string) => ({
    ...directory,
    'policies.cedar': `${permit(chain, '', 'principal in Jit::Group::"engineers"')}
@id("t") forbid (principal, action == Jit::Action::"request", resource) unless { principal in Jit::Group::"trained" };
@id("o") forbid (principal, action == Jit::Action::"request", resource) unless { principal in Jit::Group::"oncall" };
`,
  });
  const diff = diffPolicies(
    await loaded(policies('manager, 2 of security')),
    await loaded(policies('auto')),
    FROM,
  );
  expect(decidesDifferently(diff)).toBe(true);
  const [row, ...more] = diff.rows;
  expect(more).toEqual([]);
  expect(row).toMatchObject({ kind: 'became automatic', before: 'manager, 2 of security', after: 'at once' });
  expect(row?.witness.who.groups.toSorted()).toEqual(['engineers', 'oncall', 'trained']);
});

test('of 251 groups the one that may is named, and groups that no policy reads are no hindrance', async () => {
  const files = {
    'directory.yml': directoryOf(groups(251)),
    'policies.cedar': permit('auto', '', 'principal in Jit::Group::"g250"'),
  };
  expect((await who(files)).rows.map((row) => row.who)).toEqual(['g250']);
});

test.each([
  ['an e-mail address', 'principal.email == "eve@corp.example"', 'eve@corp.example'],
  ['a second domain', 'principal.email like "*@other.example"', /@other\.example$/],
  [
    'what no address but one is like',
    'principal.email like "e*e@corp.example"',
    /^addresses such as e.*e@corp\.example$/,
  ],
])('%s is reached: %s', async (_, condition, expected) => {
  const { rows, open } = await who({ 'policies.cedar': permit('auto', `when { ${condition} }`) });
  expect(open).toEqual([]);
  expect(rows.map((row) => row.who)).toEqual([expect.stringMatching(expected)]);
});

test.each([
  [
    'a ticket’s text',
    'context has ticket && context.ticket like "INC-*"',
    { ticket: expect.stringMatching(/^needed: such as INC-/) },
  ],
  ['a date', 'context.now >= datetime("2027-01-01")', { when: 'from 1 Jan 2027: always' }],
  [
    'a quarter of an hour',
    'context.now.toTime() >= duration("9h30m") && context.now.toTime() < duration("9h45m")',
    { when: 'Mon–Sun 9:30–9:45' },
  ],
  ['two grants', 'context has liveGrants && context.liveGrants == 2', { given: 'liveGrants 2' }],
])('%s is reached: %s', async (_, condition, expected) => {
  const files = { 'policies.cedar': permit('auto', `when { ${condition} }`) };
  expect((await who(files)).rows).toEqual([expect.objectContaining(expected)]);
  const { findings } = await lintOf(files);
  expect(findings.filter(({ code }) => code === 'entitlement-unreachable' || code === 'not-proven')).toEqual(
    [],
  );
});

test.each<[string, string, string[]]>([
  ['a limit of grants', 'context has liveGrants && context.liveGrants < 3', ['liveGrants 0–2']],
  ['no denials of late', 'context has recentDenials && context.recentDenials == 0', ['recentDenials 0']],
  ['no input', 'context.hour < 18', []],
  ['what is not usual, and is said in the row', 'context has liveGrants && context.liveGrants > 0', []],
])('what is assumed of people is told: %s', async (_, condition, expected) => {
  const files = { 'policies.cedar': permit('auto', `when { ${condition} }`) };
  expect(await who(files)).toMatchObject({ usual: expected, rows: [{ who: 'anyone' }] });
  const { parts, bundle } = await loaded(files);
  const asker = { who: { email: 'ana@corp.example', groups: [] }, at: FROM };
  expect(whatCan(parts, bundle.pdp, asker).usual).toEqual(expected);
  expect(whatCan(parts, bundle.pdp, { ...asker, given: { liveGrants: 1, recentDenials: 0 } }).usual).toEqual(
    [],
  );
});

describe('policies that nobody should write', () => {
  const any = (count: number, condition: (n: number) => string, join: string) =>
    Array.from({ length: count }, (_, n) => `(${condition(n)})`).join(join);

  test('forty independent conditions are answered, in bounded time and memory', async () => {
    const names = groups(40);
    const directory = { 'directory.yml': directoryOf(names) };
    const pairs = any(
      20,
      (n) => `principal in Jit::Group::"g${n}" && principal in Jit::Group::"g${n + 20}"`,
      ' || ',
    );
    const { rows, all, open } = await who({
      ...directory,
      'policies.cedar': permit('auto', `when { ${pairs} }`),
    });
    expect({ rows: rows.length, all, open }).toEqual({ rows: 20, all: false, open: [] });
  });

  test('what is too large is said, and nothing is claimed', async () => {
    const names = groups(40);
    // Each is told from each: the first half all come before the second.
    const pairs = any(
      20,
      (n) => `principal in Jit::Group::"g${n}" && principal in Jit::Group::"g${n + 20}"`,
      ' || ',
    );
    const first = names
      .slice(0, 20)
      .map((name) => `Jit::Group::"${name}"`)
      .join(', ');
    const files = {
      'directory.yml': directoryOf(names),
      'policies.cedar': permit('auto', `when { principal in [${first}] && (${pairs}) }`),
    };
    const { rows, open } = await who(files);
    expect({ rows, open }).toEqual({ rows: [], open: [expect.stringContaining('more than 400000 cases')] });
    const { findings } = await lintOf(files);
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain('not-proven');
    expect(codes).not.toContain('entitlement-unreachable');
  });

  test('a set of a thousand groups', async () => {
    const names = groups(1000);
    const list = names.map((name) => `Jit::Group::"${name}"`).join(', ');
    const { parts, bundle } = await loaded({
      'directory.yml': directoryOf(names),
      'policies.cedar': permit('auto', `when { principal in [${list}] }`),
    });
    expect(whoCan(parts, bundle.pdp, 'logs', FROM).rows.length).toBeGreaterThan(0);
  });

  test.each([
    ['patterns that match nothing', 'principal.email like "*@*@*"'],
    ['bounds that contradict each other', 'context.hour > 20 && context.hour < 4'],
    ['a date in the past', 'context.now < datetime("2020-01-01")'],
    [
      'a grant too many and too few',
      'context has liveGrants && context.liveGrants > 5 && context.liveGrants < 2',
    ],
  ])('%s permit nobody: %s', async (_, condition) => {
    expect(await who({ 'policies.cedar': permit('auto', `when { ${condition} }`) })).toMatchObject({
      rows: [],
      open: [],
    });
  });

  test('numbers that overflow deny where they do, and nowhere else', async () => {
    const condition = 'context has liveGrants && context.liveGrants * 9007199254740991 < 9007199254740992';
    const { rows } = await who({ 'policies.cedar': permit('auto', `when { ${condition} }`) });
    expect(rows).toMatchObject([{ who: 'anyone' }]);
    expect(rows.every(({ given }) => given === undefined || given === 'liveGrants 1')).toBe(true);
  });
});
