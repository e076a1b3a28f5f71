import { catalog, found, lintOf, permit, removeFolders, subjects } from '../../support/lint.js';

afterAll(removeFolders);

const base = {
  channel: 'C0ACCESS',
  groups: { dba: { members: ['dan@corp.example'] } },
  stages: { owners: { owners: true } },
};
const directory = (more: object) => JSON.stringify({ ...base, ...more });
const owners = { 'policies.cedar': permit('p', 'owners') };

describe('a person', () => {
  const identity = { iamUser: '{email}', domains: ['corp.example'] };

  test('of another domain is found, as a member, a manager or an entry', async () => {
    const files = {
      ...owners,
      'directory.yml': directory({
        identity,
        groups: { dba: { members: ['dan@corp.exmaple'] } },
        people: { 'ana@corp.example': { manager: 'bob@other.example' }, 'eve@third.example': {} },
      }),
    };
    const findings = await found('person-outside-domains', files);
    expect(findings.map(({ subject }) => subject).toSorted()).toEqual([
      'bob@other.example',
      'dan@corp.exmaple',
      'eve@third.example',
    ]);
  });

  test('of a domain of ours is not', async () => {
    expect(
      await subjects('person-outside-domains', { ...owners, 'directory.yml': directory({ identity }) }),
    ).toEqual([]);
  });

  test('who manages and stands nowhere else is found where all members are known', async () => {
    const people = {
      'ana@corp.example': { manager: 'bob@corp.example' },
      'eve@corp.example': { manager: 'dan@corp.example' },
    };
    expect(await subjects('manager-unknown', { ...owners, 'directory.yml': directory({ people }) })).toEqual([
      'bob@corp.example',
    ]);
    const groups = { ...base.groups, all: { usergroup: 'S0ALL' } };
    expect(
      await subjects('manager-unknown', { ...owners, 'directory.yml': directory({ people, groups }) }),
    ).toEqual([]);
  });
});

test('groups that nothing uses are found, and those that a policy, an owner, a stage or an escalation uses are not', async () => {
  const names = ['idle', 'policy', 'staged', 'escalated', 'stand-ins', 'last'];
  const groups = {
    ...base.groups,
    ...Object.fromEntries(names.map((name) => [name, { usergroup: `S0${name}` }])),
  };
  const escalate = { after: '1h', to: 'escalated' };
  const stages = { ...base.stages, other: { group: 'staged', escalate, delegates: 'stand-ins' } };
  const fallback = { group: 'last', channel: 'C0LAST' };
  const policies = permit('p', 'owners', 'when { principal in Jit::Group::"policy" }');
  const files = { 'directory.yml': directory({ groups, stages, fallback }), 'policies.cedar': policies };
  expect(await subjects('group-unused', files)).toEqual(['idle']);
  expect(await subjects('stage-unused', files)).toEqual(['other']);
});

describe('names', () => {
  const two = (other: object) => {
    const [one] = (JSON.parse(catalog()) as { entitlements: object[] }).entitlements;
    return {
      ...owners,
      'catalog.yml': JSON.stringify({
        entitlements: [one, { ...one, id: 'other', name: 'Other', ...other }],
      }),
    };
  };

  test.each([
    ['names that differ in case', { name: 'LOGS' }],
    ['ids that differ by a hyphen', { id: 'lo-gs' }],
    ['environments that differ in case', { environment: 'Staging' }],
  ])('%s are found', async (_, other) => {
    expect(await found('confusing-names', two(other))).toHaveLength(1);
  });

  test('groups that differ in case, and a stage that is called like another group, are found', async () => {
    const groups = { ...base.groups, Dba: { members: ['eve@corp.example'] } };
    expect(await subjects('confusing-names', { ...owners, 'directory.yml': directory({ groups }) })).toEqual([
      'group Dba',
    ]);
    const stages = { owners: { owners: true }, dba: { owners: true } };
    expect(await subjects('confusing-names', { ...owners, 'directory.yml': directory({ stages }) })).toEqual([
      'dba',
    ]);
  });

  test('a stage that is called like its own group, and names that differ, are fine', async () => {
    const stages = { owners: { owners: true }, dba: { group: 'dba' } };
    const { findings } = await lintOf({ ...two({}), 'directory.yml': directory({ stages }) });
    expect(findings.map(({ code }) => code)).not.toContain('confusing-names');
  });
});
