import {
  allow,
  catalog,
  forbid,
  found,
  lintOf,
  permit,
  removeFolders,
  subjects,
} from '../../support/lint.js';

afterAll(removeFolders);

describe('an entitlement', () => {
  test('that no policy permits to anybody is found, with what stands in the way', async () => {
    const policies = permit('p', 'auto') + forbid('never', 'when { resource.risk == "low" }');
    const [finding] = await found('entitlement-unreachable', { 'policies.cedar': policies });
    expect(finding).toMatchObject({ severity: 'error', file: 'catalog.yml', line: 2, subject: 'logs' });
    expect(finding?.explanation).toContain('never');
  });

  test('that no policy speaks of is found too', async () => {
    const policies = permit('p', 'auto', 'when { resource.risk == "high" }');
    const [finding] = await found('entitlement-unreachable', { 'policies.cedar': policies });
    expect(finding?.explanation).toContain('no policy permits it');
  });

  test.each([
    [
      'to a combination of groups',
      'when { principal in Jit::Group::"engineers" && principal in Jit::Group::"dba" }',
    ],
    ['to its owners', 'when { principal in resource.owners }'],
    ['on Sunday between three and four o’clock', 'when { context.weekday == 7 && context.hour == 3 }'],
    ['with a ticket', 'when { context has ticket }'],
    ['for one of its durations', 'when { context.duration > duration("2h") }'],
    ['to one person', 'when { principal == Jit::User::"ana@corp.example" }'],
  ])('that is permitted only %s is not', async (_, when) => {
    expect(
      await subjects('entitlement-unreachable', { 'policies.cedar': permit('p', 'auto', when) }),
    ).toEqual([]);
  });

  test('that takes two policies’ groups together is not', async () => {
    const policies =
      permit('p', 'auto', '', 'principal in Jit::Group::"engineers"') +
      forbid('f', 'unless { principal in Jit::Group::"dba" }');
    expect(await subjects('entitlement-unreachable', { 'policies.cedar': policies })).toEqual([]);
  });
});

test('a duration that is offered and never permitted is found, and the one that is permitted is not', async () => {
  const policies = permit('p', 'auto') + forbid('short', 'when { context.duration > duration("2h") }');
  const findings = await found('duration-never-permitted', { 'policies.cedar': policies });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ severity: 'warning', line: 9, subject: 'logs' });
  expect(findings[0]?.explanation).toBe(
    '4h is offered, and no policy ever permits it (what stops it: short)',
  );
});

test('invariant 4: a policy that errs on some request is found', async () => {
  const policies =
    permit('p', 'auto') + forbid('f', 'when { context.duration.toMilliseconds() * 9223372036854775807 > 0 }');
  const [finding] = await found('policy-error', { 'policies.cedar': policies });
  expect(finding).toMatchObject({ severity: 'error', subject: 'logs' });
});

describe('access without approval', () => {
  const auto = { 'policies.cedar': permit('p', 'auto', '', 'principal in Jit::Group::"engineers"') };

  test('of high risk is an error that names who gets it', async () => {
    const [finding] = await found('auto-high-risk', { ...auto, 'catalog.yml': catalog({ risk: 'high' }) });
    expect(finding?.severity).toBe('error');
    expect(finding?.explanation).toContain('members of engineers');
  });

  test('of high risk is found even in one hour of the week', async () => {
    const files = { 'catalog.yml': catalog({ risk: 'high' }) };
    const both = permit('p', 'security') + permit('n', 'auto', 'when { context.hour == 4 }');
    expect(await subjects('auto-high-risk', { ...files, 'policies.cedar': both })).toEqual([]);
    const night =
      permit('p', 'security', 'unless { context.hour == 4 }') +
      permit('n', 'auto', 'when { context.hour == 4 }');
    expect(await subjects('auto-high-risk', { ...files, 'policies.cedar': night })).toEqual(['logs']);
  });

  test('of one person names them', async () => {
    const policies = permit('p', 'auto', '', 'principal == Jit::User::"ana@corp.example"');
    const files = { 'catalog.yml': catalog({ risk: 'high' }), 'policies.cedar': policies };
    const [finding] = await found('auto-high-risk', files);
    expect(finding?.explanation).toMatch(/^ana@corp\.example can get it/);
  });

  test.each(['production', 'eu-prod', 'live'])('of medium risk in %s is a warning', async (environment) => {
    const files = { ...auto, 'catalog.yml': catalog({ risk: 'medium', environment }) };
    expect(await subjects('auto-medium-production', files)).toEqual(['logs']);
  });

  test.each([
    ['medium', 'staging'],
    ['low', 'production'],
    ['medium', 'delivery'],
  ])('of %s risk in %s is fine', async (risk, environment) => {
    const { findings } = await lintOf({ ...auto, 'catalog.yml': catalog({ risk, environment }) });
    expect(findings.filter(({ code }) => code.startsWith('auto-'))).toEqual([]);
  });
});

describe('a role that two entitlements open', () => {
  type Entry = Record<string, unknown>;
  const [logs] = (JSON.parse(catalog()) as { entitlements: [Entry] }).entitlements;
  const both = (roleArn: string, more: Entry = {}) =>
    JSON.stringify({
      entitlements: [
        logs,
        { ...logs, id: 'other', environment: 'sandbox', 'sts-session': { roleArn }, ...more },
      ],
    });
  const same = 'arn:aws:iam::444455556666:role/jit/Logs';
  const inSandbox =
    permit('quick', 'auto', '', 'principal in Jit::Group::"engineers"').replace(
      ', resource)',
      ', resource in Jit::Environment::"sandbox")',
    ) + permit('slow', 'owners', 'unless { resource in Jit::Environment::"sandbox" }');

  test('is found at the one that is to be had without approval, and names the other and the policy', async () => {
    const findings = await found('auto-shared-role', {
      'catalog.yml': both(same),
      'policies.cedar': inSandbox,
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: 'warning', subject: 'other', file: 'catalog.yml' });
    expect(findings[0]?.explanation).toContain('(by quick), and opens the role that logs opens too');
  });

  test('is found at both where both are, in whatever letters the role is written', async () => {
    const files = {
      'catalog.yml': both(same.replace('Logs', 'LOGS')),
      'policies.cedar': permit('p', 'auto'),
    };
    expect(await subjects('auto-shared-role', files)).toEqual(['logs', 'other']);
  });

  test.each([
    ['a role of its own', both(`${same}2`), permit('p', 'auto')],
    ['an approver for both', both(same), permit('p', 'owners')],
    ['a policy that gives the other one alone', catalog(), permit('p', 'auto')],
  ])('is not, with %s', async (_, entries, policies) => {
    const files = { 'catalog.yml': entries, 'policies.cedar': policies };
    expect(await subjects('auto-shared-role', files)).toEqual([]);
  });
});

describe('a ticket pattern', () => {
  const patterned = (pattern: string) => ({
    'directory.yml': `channel: C0ACCESS
justification: { ticket: { pattern: '${pattern}' } }
groups: { dba: { members: [dan@corp.example] } }
stages: { owners: { owners: true } }
`,
    'policies.cedar': permit('p', 'owners', 'when { context has ticket }'),
  });

  test('of any form is no problem', async () => {
    expect(await subjects('entitlement-unreachable', patterned('xyz[0-9]{3}'))).toEqual([]);
    expect(await subjects('not-proven', patterned('xyz[0-9]{3}'))).toEqual([]);
  });

  test('that is not understood, and that no sample fits, is said, and nothing is claimed', async () => {
    const files = patterned('(?=xyz)xyz[0-9]{3}');
    expect(await subjects('entitlement-unreachable', files)).toEqual([]);
    expect(await subjects('not-proven', files)).toEqual(['logs']);
    const { findings } = await lintOf(files, { ticket: 'xyz123' });
    expect(findings.map(({ code }) => code)).not.toContain('not-proven');
  });
});

test('sixty groups and a date are no hindrance', async () => {
  const names = Array.from({ length: 60 }, (_, n) => `g${n}`);
  const groups = names.map((name) => `  ${name}: { usergroup: S${name} }`).join('\n');
  const files = {
    'catalog.yml': catalog({ config: { statements: [allow('s3:GetObject')] }, owners: [] }),
    'directory.yml': `channel: C0ACCESS\ngroups:\n${groups}\n`,
    'policies.cedar': permit(
      'p',
      'auto',
      `when { context.now > datetime("2020-01-01") && principal in [${names.map((name) => `Jit::Group::"${name}"`).join()}] }`,
    ),
  };
  expect(await subjects('not-proven', files)).toEqual([]);
  expect(await subjects('entitlement-unreachable', files)).toEqual([]);
});

test('what is not understood is said, and nothing is claimed of it', async () => {
  const files = {
    'policies.cedar': permit('p', 'auto', 'when { context.hour < context.now.toTime().toHours() }'),
  };
  expect(await subjects('not-proven', files)).toEqual(['logs', 'p']);
  expect(await subjects('entitlement-unreachable', files)).toEqual([]);
});
