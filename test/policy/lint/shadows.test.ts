import { forbid, found, lintOf, permit, removeFolders, subjects } from '../../support/lint.js';
import { FILES, schemaText } from '../../support/policy.js';

afterAll(removeFolders);

const of = (code: string, ...policies: string[]) => subjects(code, { 'policies.cedar': policies.join('') });
const engineers = 'principal in Jit::Group::"engineers"';
const staging = (id: string, chain: string, rest = '') =>
  `@id("${id}") @chain("${chain}") permit (${engineers}, action == Jit::Action::"request", resource in Jit::Environment::"staging") ${rest};\n`;

describe('a permit', () => {
  test.each(['', 'when { principal.email like "*@corp.example" }'])(
    'without any scope is found: %s',
    async (when) => {
      const bare = `@id("all") @chain("auto") permit (principal, action, resource) ${when};`;
      expect(await found('permit-without-scope', { 'policies.cedar': bare })).toMatchObject([
        { severity: 'error', file: 'policies.cedar', line: 1, subject: 'all' },
      ]);
    },
  );

  test('by which anybody asks for anything is found, and one with a condition or a group is not', async () => {
    expect(await of('request-by-anybody', permit('p', 'auto'))).toEqual(['p']);
    const narrow = [
      permit('a', 'auto', 'when { resource.risk == "low" }'),
      permit('b', 'auto', '', engineers),
    ];
    expect(await of('request-by-anybody', ...narrow)).toEqual([]);
  });

  test('that a forbid covers wholly is found, and the forbid is named', async () => {
    expect(await of('policy-shadowed', staging('p', 'auto'), forbid('f', '', engineers))).toEqual(['p']);
    const [finding] = await found('policy-shadowed', {
      'policies.cedar': staging('p', 'auto') + forbid('f'),
    });
    expect(finding).toMatchObject({ severity: 'warning', subject: 'p' });
    expect(finding?.explanation).toContain('"f" forbids whatever this permits');
  });

  test.each([
    ['has a condition', forbid('f', 'when { context.hour < 12 }')],
    ['is about other things', forbid('f', 'when { resource.risk == "high" }')],
    ['is about other people', forbid('f', '', 'principal in Jit::Group::"dba"')],
    ['is about another action', '@id("f") forbid (principal, action == Jit::Action::"approve", resource);'],
  ])('is not shadowed by a forbid that %s', async (_, other) => {
    expect(await of('policy-shadowed', staging('p', 'auto'), other)).toEqual([]);
  });

  test.each([
    ['the same condition', 'context.hour < 12', 'context.hour < 12'],
    ['a wider condition in other words', 'context.hour == 9', '!(context.hour >= 12)'],
    ['what is true of everything in the catalog', 'true', 'resource.risk == "low"'],
  ])('is shadowed by a forbid with %s', async (_, narrow, wide) => {
    const policies = [staging('p', 'auto', `when { ${narrow} }`), forbid('f', `when { ${wide} }`)];
    expect(await of('policy-shadowed', ...policies)).toEqual(['p']);
  });

  test('that a broader permit covers with a chain at least as strict is found, and a stricter one is not', async () => {
    const broad = permit('broad', 'manager, 2 of security', '', engineers);
    expect(await of('policy-shadowed', staging('p', 'security'), broad)).toEqual(['p']);
    expect(await of('policy-shadowed', staging('p', 'owners, security'), broad)).toEqual([]);
    expect(await of('policy-shadowed', staging('p', '3 of security'), broad)).toEqual([]);
  });

  test('that only several others hide together is found, and no single one is named', async () => {
    const policies = [
      staging('p', 'security'),
      permit('morning', 'manager, security', 'when { context.hour < 12 }', engineers),
      permit('later', 'owners, security', 'when { context.hour >= 12 }', engineers),
    ];
    const [finding, ...more] = await found('policy-shadowed', { 'policies.cedar': policies.join('') });
    expect(more).toEqual([]);
    expect(finding?.subject).toBe('p');
    expect(finding?.explanation).toContain('other policies together say as much');
  });

  test('is not hidden by a permit that an input which is not known turns off', async () => {
    const given = 'when { context has onCall && (context.onCall || !context.onCall) }';
    const oncall = `onCall: { ical: "https://x.example/x.ics" }\n`;
    const policies = [staging('p', 'security'), permit('q', 'security', given, engineers)];
    const files = { 'policies.cedar': policies.join(''), 'directory.yml': FILES['directory.yml'] + oncall };
    expect(await subjects('policy-shadowed', files)).toEqual(['q']);
  });

  test('for one entitlement is shadowed by one for its environment', async () => {
    const one = `@id("one") @chain("auto") permit (${engineers}, action == Jit::Action::"request", resource == Jit::Entitlement::"logs");`;
    expect(await of('policy-shadowed', one, staging('env', 'manager'))).toEqual(['one']);
  });

  test('and another that differ only in how they are written: one of the two is named', async () => {
    const typed = `@id("typed") @chain("auto") permit (${engineers}, action == Jit::Action::"request", resource is Jit::Entitlement);`;
    expect(await of('policy-shadowed', permit('plain', 'auto', '', engineers), typed)).toEqual(['typed']);
  });
});

test('a duplicate is found, whatever its chain, and names the first', async () => {
  const [finding] = await found('policy-duplicate', {
    'policies.cedar': staging('first', 'manager') + staging('second', 'security'),
  });
  expect(finding).toMatchObject({ severity: 'warning', subject: 'second' });
  expect(finding?.explanation).toContain('both chains always count together');
  const { findings } = await lintOf({
    'policies.cedar': staging('first', 'manager') + forbid('second', '', engineers),
  });
  expect(findings.map(({ code }) => code)).not.toContain('policy-duplicate');
});

describe('a forbid', () => {
  test('within another is shadowed, and the other is not', async () => {
    const policies = [
      permit('p', 'auto'),
      forbid('wide', '', engineers),
      forbid('narrow', 'when { context.hour < 9 }', engineers),
    ];
    expect(await of('policy-shadowed', ...policies)).toEqual(['narrow']);
  });

  test('of what nothing permits is a note, and no warning', async () => {
    const policies = [
      permit('p', 'auto', '', engineers),
      forbid('guard', 'unless { principal in Jit::Group::"engineers" }'),
    ];
    const { findings } = await lintOf({ 'policies.cedar': policies.join('') });
    const own = findings.filter(({ subject }) => subject === 'guard');
    expect(own).toMatchObject([{ code: 'forbid-in-reserve', severity: 'note' }]);
  });

  test('by which two forbids stop the same is told apart from one that stops nothing', async () => {
    const both = [
      permit('p', 'auto', '', engineers),
      forbid('morning', 'when { context.hour < 12 }'),
      forbid('later', 'when { context.hour >= 12 }'),
      forbid('nine', 'when { context.hour > 8 && context.hour < 18 }'),
    ];
    expect(await of('policy-shadowed', ...both)).toEqual(['p', 'nine']);
    expect(await of('forbid-in-reserve', ...both)).toEqual([]);
  });

  test('of one’s own request is of use: the decision point is asked about that too', async () => {
    const own =
      '@id("own") forbid (principal, action == Jit::Action::"approve", resource) when { principal == resource.requester };\n';
    const approve = '@id("a") permit (principal, action == Jit::Action::"approve", resource);\n';
    for (const code of ['policy-shadowed', 'policy-never-matches', 'forbid-in-reserve'])
      expect(await of(code, permit('p', 'auto'), own, approve)).toEqual([]);
  });
});

describe('a policy that never matches', () => {
  test.each([
    ['contradicts itself', 'when { context.hour < 8 && context.hour > 18 }'],
    ['contradicts itself in two conditions', 'when { context.hour < 8 } unless { context.hour < 9 }'],
    [
      'asks for a person who is in no such group',
      'when { principal in Jit::Group::"dba" && principal.email == "sam@corp.example" }',
    ],
    [
      'asks for two groups that share nobody',
      'when { principal in Jit::Group::"dba" && principal in Jit::Group::"security" }',
    ],
    [
      'asks for a ticket that directory.yml does not take',
      'when { context has ticket && context.ticket like "* *" }',
    ],
    ['asks for an address that is none', 'when { principal.email like "*@*@*" }'],
    ['is over', 'when { context.now < datetime("2020-01-01") }'],
    ['asks for a duration that is not on offer', 'when { context.duration == duration("3h") }'],
    ['asks for a risk that nothing has', 'when { resource.risk == "high" }'],
    ['can only err', 'when { context.hour * 0 + 9223372036854775807 + 1 > 0 }'],
  ])('is found: it %s', async (_, when) => {
    const policies = [permit('p', 'auto', '', engineers), permit('q', 'security', when)];
    expect(await of('policy-never-matches', ...policies)).toEqual(['q']);
    expect(await of('policy-never-matches', permit('p', 'auto'), forbid('q', when))).toEqual(['q']);
  });

  test.each([
    ['hours', 'when { context.hour < 8 || context.hour > 18 }'],
    ['a far date', 'when { context.now > datetime("2126-01-01") }'],
    ['a ticket', 'when { context has ticket && context.ticket like "*-1" }'],
    [
      'a group of Slack’s that may hold anybody',
      'when { principal in Jit::Group::"engineers" && principal in Jit::Group::"dba" }',
    ],
    ['an error on some questions', 'when { context.hour * 1000000000000000000 > 0 }'],
  ])('is no policy that asks for %s', async (_, when) => {
    expect(await of('policy-never-matches', permit('q', 'auto', when))).toEqual([]);
  });

  test('is found of what cannot be reached by approving, and of a stage that is none', async () => {
    const vote = (id: string, when: string) =>
      `@id("${id}") permit (principal, action == Jit::Action::"approve", resource) when { ${when} };\n`;
    const policies = [
      permit('p', 'auto'),
      vote('a', 'principal in context.group'),
      vote('b', 'context.stage == "nobody"'),
    ];
    expect(await of('policy-never-matches', ...policies)).toEqual(['b']);
  });
});

describe('what is not proven', () => {
  const open = 'when { context.hour < context.now.toTime().toHours() }';

  test('is a note at the policy that is not understood, and no claim', async () => {
    const policies = [permit('p', 'auto'), forbid('f', open)];
    const { findings } = await lintOf({ 'policies.cedar': policies.join('') });
    expect(findings.filter(({ subject }) => subject === 'f')).toMatchObject([
      { code: 'not-proven', severity: 'note' },
    ]);
  });

  test('is not what a policy never changes, whatever the rest says', async () => {
    const policies = [permit('p', 'auto', open), forbid('f')];
    expect(await of('policy-shadowed', ...policies)).toEqual(['p']);
  });
});

test('a policy for an action about which jit does not ask is a note, and nothing else is claimed of it', async () => {
  const lock = `@id("e") permit (principal, action in [Jit::Action::"lockdown", Jit::Action::"revoke"], resource) when { context.now < datetime("2020-01-01") };\n`;
  const { findings } = await lintOf({
    'policies.cedar': permit('p', 'auto') + lock,
    'schema.cedarschema': `${schemaText().trimEnd().slice(0, -1)}  action lockdown appliesTo { principal: User, resource: Environment, context: { now: datetime } };\n}\n`,
  });
  expect(findings.filter(({ subject }) => subject === 'e')).toMatchObject([
    { code: 'action-not-asked', severity: 'note' },
  ]);
});
