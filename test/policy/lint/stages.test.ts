import { catalog, found, lintOf, permit, removeFolders, subjects } from '../../support/lint.js';

afterAll(removeFolders);

const engineers = 'principal in Jit::Group::"engineers"';

function directory(groups: Record<string, object>, people: Record<string, object> = {}): string {
  return JSON.stringify({
    channel: 'C0ACCESS',
    groups: {
      engineers: { usergroup: 'S0ENG' },
      dba: { members: ['dan@corp.example'] },
      ...groups,
    },
    stages: { manager: { manager: true }, owners: { owners: true }, security: { group: 'security' } },
    people,
  });
}

const withSecurity = (chain: string, members: string[], people: Record<string, object> = {}) => ({
  'policies.cedar': permit('p', chain, '', engineers),
  'directory.yml': directory({ security: { members } }, people),
});
const SAM = 'sam@corp.example';
const KIM = 'kim@corp.example';
const LEE = 'lee@corp.example';
const ANA = 'ana@corp.example';

describe('a stage', () => {
  test('without people is found', async () => {
    expect(await found('stage-empty', withSecurity('security', []))).toMatchObject([
      { severity: 'error', file: 'directory.yml', subject: 'security' },
    ]);
  });

  test('of owners is found empty where the entitlement has none', async () => {
    const files = { 'policies.cedar': permit('p', 'owners'), 'catalog.yml': catalog({ owners: [] }) };
    expect(await found('stage-empty', files)).toMatchObject([{ file: 'catalog.yml', subject: 'owners' }]);
  });

  test('with fewer people than its quorum is found', async () => {
    const [finding] = await found('stage-too-small', withSecurity('3 of security', [SAM, KIM]));
    expect(finding).toMatchObject({ severity: 'error', subject: 'security' });
    expect(finding?.explanation).toContain('needs 3 there, and 2 can be found');
  });

  test('whose people an earlier stage needs is found', async () => {
    const files = {
      'policies.cedar': permit('p', 'owners, security'),
      'directory.yml': directory({ security: { members: ['dan@corp.example'] } }),
    };
    expect(await subjects('stage-too-small', files)).toEqual(['security']);
  });

  test('with only the requester is found, and one more person is enough', async () => {
    const one = await found('stage-only-requester', withSecurity('security', [SAM]));
    expect(one).toMatchObject([{ severity: 'warning', subject: 'security' }]);
    expect(one[0]?.explanation).toContain(SAM);
    const { findings } = await lintOf(withSecurity('security', [SAM, KIM]));
    const others = ['stage-unused', 'stage-without-approvers'];
    expect(findings.filter(({ code }) => code.startsWith('stage-') && !others.includes(code))).toEqual([]);
  });

  test('too small once the requester is taken out is found', async () => {
    const [finding] = await found('stage-short-of-people', withSecurity('2 of security', [SAM, KIM]));
    expect(finding).toMatchObject({ severity: 'warning', subject: 'security' });
  });

  test('too small once the manager who agreed before is taken out is found', async () => {
    const managed = { [ANA]: { manager: SAM } };
    expect(
      await subjects('stage-short-of-people', withSecurity('manager, 2 of security', [SAM, KIM], managed)),
    ).toEqual(['security']);
    const enough = withSecurity('manager, 2 of security', [SAM, KIM, LEE], managed);
    expect(await subjects('stage-short-of-people', enough)).toEqual([]);
  });

  test('is judged for one whom a policy names by what they may ask for, and for no other', async () => {
    const named = (email: string) => ({
      ...withSecurity('security', [SAM]),
      'policies.cedar': permit('p', 'security', '', `principal == Jit::User::"${email}"`),
    });
    expect(await subjects('stage-only-requester', named(SAM))).toEqual(['security']);
    expect(await subjects('stage-only-requester', named(ANA))).toEqual([]);
  });

  test('of people who can never ask is not', async () => {
    const files = {
      ...withSecurity('2 of security', [SAM, KIM]),
      'directory.yml': directory({ security: { members: [SAM, KIM] }, engineers: { members: [ANA] } }),
    };
    expect(await subjects('stage-short-of-people', files)).toEqual([]);
  });
});

describe('a Slack user group', () => {
  const files = {
    'policies.cedar': permit('p', '2 of security', '', engineers),
    'directory.yml': directory({ security: { usergroup: 'S0SEC' } }),
  };

  test('that fills a stage is said to be unknown, with what is needed', async () => {
    const [note] = await found('members-unknown', files);
    expect(note).toMatchObject({ severity: 'note', subject: 'security' });
    expect(note?.remedy).toContain('S0SEC');
  });

  test('is checked once its members are given', async () => {
    const { findings } = await lintOf(files, { members: { S0SEC: ['Sam@corp.example'] } });
    expect(findings.map(({ code }) => code)).not.toContain('members-unknown');
    expect(findings.filter(({ code }) => code === 'stage-too-small').map(({ subject }) => subject)).toEqual([
      'security',
    ]);
  });

  test.each([
    ['is not JSON', 'x', /not JSON/],
    ['is a list', '[]', /at its top/],
    ['holds what is no e-mail', { S0SEC: ['sam'] }, /S0SEC.*sam/],
    ['names another user group', { S0OTHER: [SAM] }, /S0OTHER/],
  ])('whose file of members %s is refused', async (_, members, why) => {
    await expect(lintOf(files, { members })).rejects.toThrow(why);
  });
});

describe('somebody whose manager has to agree', () => {
  const chain = { 'policies.cedar': permit('p', 'manager', '', engineers) };

  test('and who has none is found where their groups are known', async () => {
    const files = {
      ...chain,
      'directory.yml': directory({ security: { members: [SAM] } }, { [KIM]: { manager: SAM } }),
    };
    const members = { S0ENG: [ANA, KIM] };
    expect(await subjects('requester-without-manager', files, { members })).toEqual([ANA]);
    expect(await subjects('requester-without-manager', files)).toEqual([]);
  });

  test('and who is their own is found', async () => {
    const files = {
      ...chain,
      'directory.yml': directory({ security: { members: [SAM] } }, { [ANA]: { manager: ANA } }),
    };
    expect(await subjects('requester-without-manager', files, { members: { S0ENG: [ANA] } })).toEqual([ANA]);
  });
});
