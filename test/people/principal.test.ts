import { principalOf } from '../../src/people/principal.js';
import { config, set } from '../support/directory.js';

const byEmail = { type: 'user' as const, template: '{email}', domains: ['corp.example'] };
const byRole = { type: 'role' as const, template: 'jit/{local}', domains: ['Corp.example'] };

describe('a sentence says why there is no principal', () => {
  test.each([
    ['nothing maps the person', config(), 'ana@corp.example', 'does not say which IAM user or role'],
    ['the domain is not ours', config({ identity: byEmail }), 'ana@evil.example', 'not in a domain'],
    [
      'the domain only ends like ours',
      config({ identity: byEmail }),
      'ana@notcorp.example',
      'not in a domain',
    ],
    [
      'our domain stands before another',
      config({ identity: byEmail }),
      'ana@corp.example@evil.example',
      'not in a domain',
    ],
    ['there is no address', config({ identity: byEmail }), '@corp.example', 'not in a domain'],
    ['IAM does not allow a letter', config({ identity: byEmail }), "o'neil@corp.example", 'does not allow'],
    ['the address holds a path', config({ identity: byRole }), 'admin/bob@corp.example', 'does not allow'],
    [
      'the name is too long',
      config({ identity: byEmail }),
      `${'x'.repeat(60)}@corp.example`,
      'does not allow',
    ],
    [
      'the template is the same for all',
      config({ identity: { ...byRole, template: '{local}/Shared' } }),
      'ana@corp.example',
      'give everybody the same',
    ],
    [
      'two domains could share one name',
      config({ identity: { ...byRole, domains: ['corp.example', 'corp.test'] } }),
      'ana@corp.example',
      'several domains',
    ],
    [
      'an ARN stands for a name',
      config({ people: { 'ana@corp.example': { iamRole: 'arn:aws:iam::1:role/jit/Ana' } } }),
      'ana@corp.example',
      'is an ARN',
    ],
    [
      'the entry is empty',
      config({ people: { 'ana@corp.example': { iamUser: '' } }, identity: byEmail }),
      'ana@corp.example',
      'does not allow',
    ],
    [
      'the entry ends with a line',
      config({ people: { 'ana@corp.example': { iamUser: 'ana\n' } } }),
      'ana@corp.example',
      'does not allow',
    ],
    [
      'the role is Identity Center’s',
      config({
        people: { 'ana@corp.example': { iamRole: 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1' } },
      }),
      'ana@corp.example',
      'Identity Center',
    ],
    [
      'it is so in any case',
      config({ people: { 'ana@corp.example': { iamRole: 'awsreservedsso_Admin_1' } } }),
      'ana@corp.example',
      'Identity Center',
    ],
  ])('%s', (_, settings, email, sentence) => {
    expect(principalOf(email, settings)).toEqual(expect.stringContaining(sentence));
  });

  test('another entry has the same user, or the same role in whatever case or path', () => {
    const people = {
      'ana@corp.example': { iamUser: 'ana', iamRole: 'jit/Ops' },
      'bob@corp.example': { iamUser: 'ANA' },
      'cem@corp.example': { iamRole: 'other/ops' },
      'dan@corp.example': { iamRole: 'jit/Ops' },
    };
    for (const email of Object.keys(people))
      expect([email, typeof principalOf(email, config({ people }))]).toEqual([email, 'string']);
    expect(principalOf('bob@corp.example', config({ people }))).toContain("ana@corp.example's");
  });

  test('another entry has what the template would make', () => {
    const settings = config({ identity: byRole, people: { 'bob@corp.example': { iamRole: 'Ana' } } });
    expect(principalOf('ana@corp.example', settings)).toContain("bob@corp.example's");
  });
});

test('the entry under people goes first, a user before a role, a role by its name', () => {
  const people = {
    'Ana@corp.example': { iamUser: 'ana.lopez' },
    'bob@corp.example': { iamRole: '/jit/deep/Bob' },
    'cem@corp.example': { manager: 'ana@corp.example' },
  };
  const settings = config({ people, identity: byEmail });
  expect(principalOf('ana@corp.example', settings)).toEqual({ type: 'user', name: 'ana.lopez' });
  expect(principalOf('bob@corp.example', settings)).toEqual({ type: 'role', name: 'Bob' });
  expect(principalOf('cem@corp.example', settings)).toEqual({ type: 'user', name: 'cem@corp.example' });
});

test('the template makes a name from the address, and a user and a role may share one', () => {
  const people = { 'bob@corp.example': { iamUser: 'ana' } };
  expect(principalOf('ana@corp.example', config({ identity: byRole, people }))).toEqual({
    type: 'role',
    name: 'ana',
  });
  expect(set(config({ identity: byEmail })).directory.principal('Ana@corp.example')).toEqual({
    type: 'user',
    name: 'ana@corp.example',
  });
});
