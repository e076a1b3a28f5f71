import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { decidesDifferently, diffPolicies } from '../../../src/policy/diff/index.js';
import { FILES, folder, kinds, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

const FROM = Date.parse('2026-11-20T10:00:00Z');
type Files = Parameters<typeof folder>[0];

async function parts(files: Files = {}): Promise<Loaded> {
  const loaded = await loadFolder(await folder(files), { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded;
}
const request = (rest: string, head = '@id("more") @chain("auto") permit') => ({
  'more.cedar': `${head} (principal, action == Jit::Action::"request", resource) ${rest};`,
});
async function rows(before: Files, after: Files) {
  const diff = diffPolicies(await parts(before), await parts(after), FROM);
  return diff.rows.map(({ kind, who, entitlements, durations, times, ticket, ...chain }) => {
    const what = `${entitlements.join()} ${durations}, ${times}, ${ticket}`;
    return `${kind}: ${who.join()}: ${what}: ${chain.before} → ${chain.after}`;
  });
}

test('two folders that say the same do not differ, comments and order apart', async () => {
  const text = FILES['policies.cedar'];
  const [one, other] = [await parts(), await parts({ 'a.cedar': `// moved\n${text}`, 'policies.cedar': '' })];
  const diff = diffPolicies(one, other, FROM);
  expect(diff.rows).toEqual([]);
  expect(decidesDifferently(diff)).toBe(false);
});

test.each<[string, Files, string[]]>([
  [
    'a permit for everybody',
    request('when { context has ticket }'),
    ['newly permitted: anyone: logs any duration, any time, with a ticket: refused → at once'],
  ],
  [
    'a forbid for the long',
    request('when { context.duration > duration("2h") }', '@id("more") forbid'),
    ['no longer permitted: engineers: logs 4h, any time, with or without a ticket: at once → refused'],
  ],
  [
    'another permit that asks for more',
    request(
      'when { context.hour < 8 || context.hour >= 18 || context.weekday > 5 }',
      '@id("more") @chain("manager, 2 of security") permit',
    ),
    [
      'newly permitted: anyone: logs any duration, outside Mon–Fri 8–18, with or without a ticket: refused → manager, 2 of security',
      'gained approval: engineers: logs any duration, outside Mon–Fri 8–18, with or without a ticket: at once → manager, 2 of security',
    ],
  ],
  [
    'a forbid for a combination',
    request(
      'when { principal in Jit::Group::"security" && principal in Jit::Group::"engineers" }',
      '@id("more") forbid',
    ),
    [
      'no longer permitted: engineers + security: logs any duration, any time, with or without a ticket: at once → refused',
    ],
  ],
  [
    'a permit for one person',
    request('when { principal == Jit::User::"ana@corp.example" }'),
    [
      'newly permitted: ana@corp.example: logs any duration, any time, with or without a ticket: refused → at once',
    ],
  ],
  [
    'a permit for owners',
    request('when { principal in resource.owners }'),
    ['newly permitted: dba: logs any duration, any time, with or without a ticket: refused → at once'],
  ],
])('%s is told as what it does', async (_, after, expected) => {
  expect(await rows({}, after)).toEqual(expected);
});

const chained = (chain: string) => ({
  'policies.cedar': FILES['policies.cedar'].replace('"auto"', `"${chain}"`),
});
test.each([
  ['security', 'auto', 'became automatic'],
  ['manager, security', 'manager', 'lost approval'],
  ['2 of security', 'security', 'lost approval'],
  ['auto', 'manager', 'gained approval'],
  ['security', '2 of security', 'gained approval'],
  ['manager', 'security', 'changed approval'],
])('invariant 3: a chain of %s that becomes %s: %s', async (before, after, kind) => {
  const found = await rows(chained(before), chained(after));
  const shown = (chain: string) => (chain === 'auto' ? 'at once' : chain);
  expect(found).toEqual([
    `${kind}: engineers: logs any duration, any time, with or without a ticket: ${shown(before)} → ${shown(after)}`,
  ]);
});

test('the order in which stages are asked is a difference too', async () => {
  const before = chained('manager, security');
  const directory = FILES['directory.yml'].replace('  manager: { manager: true }\n', '');
  const after = { ...before, 'directory.yml': `${directory}  manager: { manager: true }\n` };
  const diff = diffPolicies(await parts(before), await parts(after), FROM);
  expect(diff.rows).toMatchObject([{ kind: 'changed approval', after: 'security, manager' }]);
  expect(diff.files.directory).toEqual(['stages are asked in the order owners, security, manager']);
});

test('durations that are offered no more, or only now, are told', async () => {
  const after = { 'catalog.yml': FILES['catalog.yml'].replace('[1h, 4h]', '[30m, 1h]') };
  expect(await rows({}, after)).toEqual([
    'newly permitted: engineers: logs 30m, any time, with or without a ticket: not offered → at once',
    'no longer permitted: engineers: logs 4h, any time, with or without a ticket: at once → not offered',
  ]);
});

test('entitlements that policies cannot tell apart stand in one row', async () => {
  const more = ['b', 'c'].map((id) =>
    FILES['catalog.yml'].replace('entitlements:\n', '').replace('logs', id),
  );
  const catalog = { 'catalog.yml': FILES['catalog.yml'] + more.join('') };
  expect(await rows(catalog, { ...catalog, ...request('', '@id("more") forbid') })).toEqual([
    'no longer permitted: engineers: b,c,logs any duration, any time, with or without a ticket: at once → refused',
  ]);
});

test('what the files say differently is told in sentences', async () => {
  const after = {
    'policies.cedar': FILES['policies.cedar'].replace('"low"', '"medium"'),
    ...request('', '@id("new") forbid'),
    'catalog.yml': FILES['catalog.yml']
      .replace('role/jit/Logs', 'role/jit/Other')
      .replace('risk: low', 'risk: high'),
    'directory.yml': `${FILES['directory.yml'].replace('[sam@corp.example, kim@corp.example]', '[sam@corp.example, eve@corp.example]').replace('usergroup: S0ENG', 'usergroup: S0X').replace('group: security', 'group: dba')}warnBefore: 5m\npeople: { ana@corp.example: { manager: bob@corp.example } }\n`,
  };
  const { files } = diffPolicies(await parts(), await parts(after), FROM);
  expect(files).toEqual({
    policies: ['low-at-once: changed', 'new: added'],
    catalog: [
      'logs: risk low → high',
      'logs: what is granted changed (roleArn): requests under way close, and have to be made again',
    ],
    directory: [
      'group engineers: its members come from elsewhere',
      'group security: +eve@corp.example, −kim@corp.example; 2 in all',
      'stage security: security → dba',
      'ana@corp.example: manager unknown → bob@corp.example',
      'warnBefore changed',
    ],
  });
});

describe('who may approve', () => {
  const vote = (condition: string, head = '@id("vote") permit (principal') =>
    `${head}, action == Jit::Action::"approve", resource) ${condition};`;
  const acts = async (before: string, after: string, files: object = {}) => {
    const all = [before, after].map((text) => ({ ...chained('security'), ...files, 'votes.cedar': text }));
    const diff = diffPolicies(await parts(all[0]), await parts(all[1]), FROM);
    expect(diff.open).toEqual([]);
    expect(decidesDifferently(diff)).toBe(diff.acts.length > 0);
    return diff.acts.filter(({ stage }) => stage === 'security');
  };
  const member = vote('when { principal in context.group }');

  test('the only permit to approve is taken out: a row, and it counts for the exit code', async () => {
    expect(await acts(member, '')).toMatchObject([
      { act: 'approve', stage: 'security', entitlements: ['logs'], becomes: 'denied' },
    ]);
  });

  test('a condition that is always true of those who vote is no change', async () => {
    const other = vote(
      'when { principal in context.group && principal != resource.requester && context.stage != "" }',
    );
    expect(await acts(member, other)).toEqual([]);
  });

  test('one person who may no longer is named, the other not', async () => {
    const [row, ...more] = await acts(
      member,
      `${member}\n${vote('', '@id("no") forbid (principal == Jit::User::"kim@corp.example"')}`,
    );
    expect(row).toMatchObject({ becomes: 'denied', who: ['kim@corp.example'] });
    expect(more).toEqual([]);
  });

  test('where a Slack group fills the stage, others may be stopped: it is no change', async () => {
    const files = {
      'directory.yml': FILES['directory.yml'].replace('{ group: security }', '{ group: engineers }'),
    };
    const forbid = (group: string) =>
      vote(`unless { principal in Jit::Group::"${group}" }`, '@id("no") forbid (principal');
    expect(await acts(member, `${member}\n${forbid('engineers')}`, files)).toEqual([]);
    expect(await acts(member, `${member}\n${forbid('dba')}`, files)).toMatchObject([{ becomes: 'denied' }]);
  });

  test('from a date on, and of some requesters only', async () => {
    const later = vote(
      'when { context.now >= datetime("2027-01-01") || resource.requester in Jit::Group::"dba" }',
    );
    expect(await acts(member, later)).toMatchObject([{ becomes: 'denied' }]);
  });
});
