import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { POLICIES } from '../../support/policy.js';
import { forbid, found, lintOf, permit, removeFolders } from '../../support/lint.js';
import { FILES } from '../../support/policy.js';

afterAll(removeFolders);

const EMERGENCY = 'emergency: { channel: C0INC, tell: security, review: { by: security, within: 3d } }\n';
const directory = FILES['directory.yml']
  .replace('groups:\n', 'groups:\n  on-call: { usergroup: S0ONCALL }\n  contractors: { usergroup: S0CON }\n')
  .concat(EMERGENCY);
const folderOf = (...policies: string[]) => ({
  'directory.yml': directory,
  'policies.cedar': policies.join(''),
});
const of = (code: string, ...policies: string[]) => found(code, folderOf(...policies));

const engineers = 'principal in Jit::Group::"engineers"';
const onCall = 'principal in Jit::Group::"on-call"';
const contractors = 'principal in Jit::Group::"contractors"';
const inEmergency = permit('emergency', 'auto', 'when { context.emergency }', onCall);
const HOURS = 'context.weekday <= 5 && context.hour >= 8 && context.hour < 18';

const faults = async (...policies: string[]) => {
  const { findings } = await lintOf(folderOf(...policies));
  return findings.filter(({ code }) => code.startsWith('emergency-'));
};

describe('a permit for emergencies that another outweighs', () => {
  test('is found where another is met as well for everybody in a second group, and that one is named', async () => {
    expect(
      await of('emergency-outweighed', inEmergency, permit('base', 'manager, security', '', engineers)),
    ).toMatchObject([
      {
        severity: 'warning',
        subject: 'emergency',
        file: 'policies.cedar',
        line: 1,
        explanation: expect.stringMatching(
          /"auto".* for logs, for people .*"base" is met as well.*"manager, security"/,
        ) as unknown,
      },
    ]);
  });

  test.each([
    ['the same people', permit('base', 'manager', '', onCall)],
    ['everybody', permit('base', 'security', '')],
    ['those in an emergency', permit('base', 'security', 'when { context.emergency }', onCall)],
    ['emergencies too, in other words', permit('base', 'owners', 'unless { !context.emergency && false }')],
  ])('is found where the other is for %s', async (_, other) => {
    expect(await of('emergency-outweighed', inEmergency, other)).toMatchObject([{ subject: 'emergency' }]);
  });

  test('is found of the part of a permit that counts in an emergency alone', async () => {
    const both = permit('both', 'auto', 'when { context.emergency || resource.risk == "medium" }', onCall);
    expect(await of('emergency-outweighed', both, permit('base', 'manager'))).toMatchObject([
      { subject: 'both' },
    ]);
  });

  test('is found where only the two others together are always met', async () => {
    const day = permit('day', 'manager', `when { ${HOURS} }`, engineers);
    const night = permit('night', 'security', `unless { ${HOURS} }`, engineers);
    const [one] = await of('emergency-outweighed', inEmergency, day, night);
    expect(one?.subject).toBe('emergency');
  });

  test('names those entitlements of which it is so, and no other', async () => {
    const more = FILES['catalog.yml']
      .replace('entitlements:\n', '')
      .replace('id: logs', 'id: prices')
      .replace('risk: low', 'risk: medium');
    const files = folderOf(
      inEmergency,
      permit('base', 'manager', 'unless { resource.risk == "low" && context.emergency }', engineers),
    );
    const findings = await found('emergency-outweighed', {
      ...files,
      'catalog.yml': FILES['catalog.yml'] + more,
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.explanation).toContain(' for prices,');
  });

  test.each([
    ['leaves emergencies out', permit('base', 'manager', 'unless { context.emergency }', engineers)],
    [
      'leaves out those on call, in emergencies',
      permit('base', 'manager', `unless { ${onCall} && context.emergency }`, engineers),
    ],
    ['has the same chain', permit('base', 'auto', '', engineers)],
    ['is met by day alone', permit('base', 'manager', `when { ${HOURS} }`, engineers)],
    [
      'is for longer times',
      permit('base', 'manager', 'when { context.duration > duration("1h") }', engineers),
    ],
    ['is for those with a ticket', permit('base', 'manager', 'when { context has ticket }', engineers)],
    ['is for something else', permit('base', 'manager', 'when { resource.risk == "high" }', engineers)],
  ])('is not where the other %s', async (_, other) => {
    expect(await faults(inEmergency, other)).toEqual([]);
  });

  test('says nothing where the other is not understood', async () => {
    expect(
      await faults(
        inEmergency,
        permit('base', 'manager', 'when { context.hour < context.now.toTime().toHours() }', engineers),
      ),
    ).toEqual([]);
  });

  test('says nothing of a folder in which there are no emergencies', async () => {
    const policies = [inEmergency, permit('base', 'manager', '', engineers)].join('');
    const { findings } = await lintOf({
      'policies.cedar': policies,
      'directory.yml': directory.replace(EMERGENCY, ''),
    });
    expect(findings.filter(({ subject }) => subject === 'emergency')).toMatchObject([
      { code: 'policy-never-matches' },
    ]);
  });
});

describe('a permit for emergencies that is forbidden', () => {
  test('outside of working hours is found, and the forbid and the hours are named', async () => {
    expect(
      await of('emergency-forbidden', inEmergency, forbid('hours', `unless { ${HOURS} }`)),
    ).toMatchObject([
      {
        severity: 'warning',
        subject: 'emergency',
        explanation: expect.stringMatching(
          /logs, and "hours" forbids that \(outside Mon–Fri 8–18\)/,
        ) as unknown,
      },
    ]);
  });

  test('is found where only those in one more group are let through', async () => {
    const ask = permit('emergency', 'security', 'when { context.emergency }', engineers);
    const hours = forbid('hours', `unless { ${onCall} || ${HOURS} }`);
    expect(await of('emergency-forbidden', ask, hours)).toMatchObject([{ subject: 'emergency' }]);
  });

  test('always is found, and what stops it is named', async () => {
    const findings = await of(
      'emergency-forbidden',
      inEmergency,
      forbid('never', 'when { context.emergency }'),
    );
    expect(findings).toMatchObject([{ subject: 'emergency' }]);
    expect(findings[0]?.explanation).toContain('"never" forbids that (always)');
  });

  test('by several together is found', async () => {
    const day = forbid('day', `when { ${HOURS} }`);
    const night = forbid('night', `unless { ${HOURS} }`);
    const findings = await of('emergency-forbidden', inEmergency, day, night);
    expect(findings).toMatchObject([{ subject: 'emergency' }]);
  });

  test('for a while is found, and says until when', async () => {
    const freeze = forbid('freeze', 'when { context.now < datetime("2027-01-04") }');
    const [one, ...more] = await of('emergency-forbidden', inEmergency, freeze);
    expect(more).toEqual([]);
    expect(one?.explanation).toMatch(/"freeze" forbids that \(until /);
  });

  test.each([
    ['lets emergencies through', forbid('f', `unless { ${HOURS} || context.emergency }`)],
    ['lets those on call through', forbid('f', `unless { ${HOURS} || ${onCall} }`)],
    ['stops some people whenever they ask', forbid('f', '', contractors)],
    ['stops everybody but employees', forbid('f', `unless { ${engineers} }`)],
    ['stops the longer time', forbid('f', 'when { context.duration > duration("1h") }')],
    ['wants a ticket', forbid('f', 'unless { context has ticket }')],
    ['is about something else', forbid('f', 'when { resource.risk == "high" }')],
    ['is over', forbid('f', 'when { context.now < datetime("2020-01-01") }')],
    ['stops some people outside of working hours', forbid('f', `unless { ${HOURS} }`, contractors)],
  ])('is not where the forbid %s', async (_, other) => {
    expect(await faults(inEmergency, other)).toEqual([]);
  });

  test('says nothing where the forbid is not understood', async () => {
    expect(
      await faults(inEmergency, forbid('f', 'when { context.hour < context.now.toTime().toHours() }')),
    ).toEqual([]);
  });

  test('says nothing of a permit that is met without an emergency, too', async () => {
    expect(
      await faults(permit('always', 'manager', '', engineers), forbid('f', `unless { ${HOURS} }`)),
    ).toEqual([]);
  });
});

describe('access of high risk without anybody’s approval', () => {
  const high = FILES['catalog.yml'].replace('risk: low', 'risk: high');
  const codes = async (...policies: string[]) => {
    const { findings } = await lintOf({ ...folderOf(...policies), 'catalog.yml': high });
    return findings.flatMap(({ code, severity }) =>
      code.startsWith('auto-') ? [`${code} ${severity}`] : [],
    );
  };

  test('in an emergency alone is a note', async () => {
    expect(await codes(inEmergency)).toEqual(['auto-in-emergency note']);
  });

  test.each(['context.emergency || context.hour == 3', 'context.emergency || context has ticket'])(
    'is an error where it is not in an emergency alone: %s',
    async (when) => {
      const policy = permit('p', 'auto', `when { ${when} }`);
      expect(await codes(policy)).toEqual(['auto-high-risk error']);
    },
  );
});

describe('the default policies', () => {
  const production = readFileSync(join(POLICIES, 'production.cedar'), 'utf8');
  const others = ['directory.yml', 'catalog.yml'].map(
    (name) => [name, readFileSync(join(POLICIES, name), 'utf8')] as const,
  );
  const changed = async (from: string, to: string) => {
    expect(production.split(from)).toHaveLength(2);
    const { findings } = await lintOf({
      ...Object.fromEntries(others),
      'policies.cedar': production.replace(from, to),
    });
    return findings.flatMap(({ code, subject, explanation }) =>
      code.startsWith('emergency-') ? [[code, subject, explanation.match(/"(production-[^"]+)" /)?.[1]]] : [],
    );
  };

  test('are as they should be', async () => {
    expect(await changed('when { context.emergency };', 'when { context.emergency };')).toEqual([]);
  });

  test.each([
    [
      'the permit for engineers',
      '(resource.risk != "high" || context.emergency)',
      'resource.risk != "high"',
      ['emergency-outweighed', 'production-emergency', 'production-two-stage'],
    ],
    [
      'the permit for those on call',
      '|| context.emergency };\n\n// In an',
      '};\n\n// In an',
      ['emergency-outweighed', 'production-emergency', 'production-on-call'],
    ],
    [
      'the forbid outside of working hours',
      'principal in Jit::Group::"on-call" ||\n  context.emergency ||',
      '',
      ['emergency-forbidden', 'production-emergency', 'production-working-hours'],
    ],
  ])('without what leaves emergencies out of %s are found', async (_, from, to, wanted) => {
    expect(await changed(from, to)).toEqual([wanted]);
  });
});
