import { forbid, found, lintOf, permit, removeFolders, subjects } from '../../support/lint.js';

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

  test('that a forbid covers wholly is found', async () => {
    expect(await of('policy-shadowed', staging('p', 'auto'), forbid('f', '', engineers))).toEqual(['p']);
    expect(await of('policy-shadowed', staging('p', 'auto'), forbid('f'))).toEqual(['p']);
  });

  test.each([
    ['has a condition', forbid('f', 'when { resource.risk == "low" }')],
    ['is about other people', forbid('f', '', 'principal in Jit::Group::"dba"')],
    ['is about another action', '@id("f") forbid (principal, action == Jit::Action::"approve", resource);'],
  ])('is not shadowed by a forbid that %s', async (_, other) => {
    expect(await of('policy-shadowed', staging('p', 'auto'), other)).toEqual([]);
  });

  test('is shadowed by a forbid with the same condition', async () => {
    const when = 'when { resource.risk == "low" }';
    expect(await of('policy-shadowed', staging('p', 'auto', when), forbid('f', when))).toEqual(['p']);
  });

  test('that a broader permit covers with a chain at least as strict is found, and a stricter one is not', async () => {
    const broad = permit('broad', 'manager, 2 of security', '', engineers);
    expect(await of('policy-shadowed', staging('p', 'security'), broad)).toEqual(['p']);
    expect(await of('policy-shadowed', staging('p', 'owners, security'), broad)).toEqual([]);
    expect(await of('policy-shadowed', staging('p', '3 of security'), broad)).toEqual([]);
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
