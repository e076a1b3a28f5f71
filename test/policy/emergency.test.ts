import {
  load,
  loadedAt,
  folder,
  problemsOf,
  POLICIES,
  removeFolders,
  schemaText,
  FILES,
  FROM,
} from '../support/policy.js';
import { whoCan } from '../../src/policy/questions/access/who-can.js';
import { settingChanges } from '../../src/policy/diff/settings.js';
import { runCaseFiles } from '../../src/policy/cases/run.js';

afterAll(removeFolders);

const RULES = 'emergency: { channel: C0INCIDENTS, tell: security, review: { by: security, within: 3d } }\n';
const DIRECTORY = `${FILES['directory.yml']}${RULES}`;
const on = (action: string) => `principal, action == Jit::Action::"${action}", resource`;
const BASE = `@id("base") @chain("manager") permit (${on('request')}) unless { context.emergency };`;
const QUICK = `@id("quick") @chain("auto") permit (${on('request')}) when { context.emergency };`;
const policies = (...texts: string[]) => ({
  'policies.cedar': texts.join('\n'),
  'directory.yml': DIRECTORY,
});
const ana = { email: 'ana@corp.example', groups: ['engineers'] };
const sam = { email: 'sam@corp.example', groups: ['security'] };
const ask = { who: ana, entitlement: 'logs', duration: 3_600_000, at: FROM };
const request = { id: 'r1', requester: ana, entitlement: 'logs', duration: 3_600_000, approvedBy: [] };
const review = { who: sam, request: { ...request, emergency: true as const }, at: FROM };

describe('context.emergency', () => {
  test('is true only where it is asked so, and directory.yml provides for it', async () => {
    const { pdp } = await load(policies(BASE, QUICK));
    expect(pdp.request(ask)).toMatchObject({ outcome: 'needs-approval', policies: ['base'] });
    expect(pdp.request({ ...ask, emergency: true })).toMatchObject({ outcome: 'auto', policies: ['quick'] });
    const plain = await load({ ...policies(BASE, QUICK), 'directory.yml': FILES['directory.yml'] });
    expect(plain.pdp.request({ ...ask, emergency: true })).toMatchObject({ policies: ['base'] });
  });

  test('is read by these permits, as the bundle says', async () => {
    const forbid = `@id("no") forbid (${on('request')}) unless { context.emergency };`;
    const bundle = await load(
      policies(BASE, QUICK, forbid, `@id("x") @chain("auto") permit (${on('request')});`),
    );
    expect(bundle.emergencyPermits).toEqual(['base', 'quick']);
  });

  test('a policy on a request that is one reads it there, and nothing where it is none', async () => {
    const only = `@id("r") permit (${on('revoke')}) when { resource has emergency && resource.emergency };`;
    const { pdp } = await load(policies(only));
    expect(pdp.may('revoke', review).outcome).toBe('allowed');
    expect(pdp.may('revoke', { ...review, request }).outcome).toBe('denied');
  });

  test('the tools tell one from the other: who-can, a law, and a case', async () => {
    const loaded = await loadedAt(await folder(policies(BASE, QUICK)));
    const rows = whoCan(loaded.parts, loaded.bundle.pdp, 'logs', FROM).rows;
    expect(rows.map(({ chain, given }) => [chain.length, given])).toEqual(
      expect.arrayContaining([
        [1, undefined],
        [0, 'in an emergency'],
      ]),
    );
    const texts = new Map([
      [
        'cases/a.yml',
        `- { name: nobody at once, never: { chain: { fewerThan: 1 person } } }
- { name: nobody at once but in an emergency, never: { emergency: false, chain: { fewerThan: 1 person } } }
- { name: at once, requester: { email: ana@corp.example }, request: { entitlement: logs, duration: 1h, emergency: true }, expect: { outcome: auto } }
`,
      ],
    ]);
    const results = await runCaseFiles({ texts, problems: [] }, loaded, { from: FROM });
    expect(results.map(({ passed }) => passed)).toEqual([false, true, true]);
    expect(results[0]?.actual).toMatch(/in an emergency/);
  });
});

describe('review', () => {
  test('invariant 4: a permit that names no action does not count, a forbid always does', async () => {
    const broad = '@id("all") @chain("auto") permit (principal, action, resource);';
    const named = `@id("named") permit (${on('review')});`;
    const listed =
      '@id("listed") permit (principal, action in [Jit::Action::"audit", Jit::Action::"review"], resource);';
    const never = '@id("never") forbid (principal, action, resource) when { principal is Jit::User };';
    const verdict = async (...texts: string[]) => (await load(policies(...texts))).pdp.may('review', review);
    expect(await verdict(broad)).toMatchObject({ outcome: 'denied', policies: [] });
    expect(await verdict(broad, named)).toMatchObject({ outcome: 'allowed', policies: ['named'] });
    expect(await verdict(listed)).toMatchObject({ outcome: 'allowed', policies: ['listed'] });
    expect(await verdict(named, never)).toMatchObject({ outcome: 'denied', policies: ['never'] });
  });

  test('invariant 4: a group that is not known denies it, and is named', async () => {
    const { pdp } = await load(
      policies(
        `@id("r") permit (principal in Jit::Group::"dba", action == Jit::Action::"review", resource);`,
      ),
    );
    const lost = { name: 'dba', why: 'Slack does not answer', lasting: false };
    const who = { ...sam, unknownGroups: [lost] };
    expect(pdp.may('review', { ...review, who })).toMatchObject({ outcome: 'denied', unknownGroups: [lost] });
  });

  test('in the default policies it is security’s', async () => {
    const { pdp } = (await loadedAt(POLICIES)).bundle;
    const about = { ...review, request: { ...review.request, entitlement: 'orders-logs' } };
    expect(pdp.may('review', about)).toMatchObject({ outcome: 'allowed', policies: ['security-reviews'] });
    expect(pdp.may('review', { ...about, who: ana })).toMatchObject({ outcome: 'denied' });
  });
});

describe('a schema from before there were emergencies', () => {
  const OLD = schemaText()
    .replace('revoke, audit, review', 'revoke, audit')
    .replace(', emergency?: Bool };', ' };');

  test('goes on as before', async () => {
    expect(OLD).not.toBe(schemaText());
    const { pdp } = await load({
      'schema.cedarschema': OLD,
      'policies.cedar': `@id("r") permit (${on('revoke')});`,
    });
    expect(pdp.may('revoke', review)).toMatchObject({ outcome: 'allowed' });
    expect(pdp.may('review', review)).toMatchObject({ outcome: 'denied' });
  });

  test('is refused with emergency: in directory.yml', async () => {
    expect(await problemsOf({ 'schema.cedarschema': OLD, 'directory.yml': DIRECTORY })).toEqual([
      'schema.cedarschema: knows of no emergencies, of which directory.yml speaks; copy the one of the default policy folder',
    ]);
  });
});

describe('emergency: in directory.yml', () => {
  const written = (text: string) => problemsOf({ 'directory.yml': `${FILES['directory.yml']}${text}` });

  test.each([
    ['emergency: yes', /emergency: .*mapping/],
    ['emergency: { channel: C0X, review: { by: security, within: 3d } }', /emergency\.tell: is missing/],
    [
      'emergency: { channel: "#x", tell: security, review: { by: security, within: 3d } }',
      /emergency\.channel/,
    ],
    [
      'emergency: { channel: C0X, tell: secuirty, review: { by: security, within: 3d } }',
      /did you mean "security"/,
    ],
    [
      'emergency: { channel: C0X, tell: security, review: { by: nobody, within: 3d } }',
      /emergency\.review\.by/,
    ],
    [
      'emergency: { channel: C0X, tell: security, review: { by: security, within: 9d } }',
      /emergency\.review\.within/,
    ],
    ['emergency: { channel: C0X, tell: security, review: { by: security, within: 3d }, x: 1 }', /x/],
  ])('%s', async (text, problem) => {
    const problems = await written(`${text}\n`);
    expect(problems.join('\n')).toMatch(problem);
    expect(problems).toHaveLength(1);
  });

  test('a change of it is one of settings', async () => {
    const [{ directory: one }, { directory: other }] = await Promise.all([
      load(),
      load({ 'directory.yml': DIRECTORY }),
    ]);
    expect(settingChanges(one, other)).toEqual([
      {
        about: 'emergencies',
        says: 'none → told to C0INCIDENTS, reviewed by security within 3d, then security is told',
      },
    ]);
    expect(settingChanges(other, other)).toEqual([]);
  });
});
