import { cedar } from '../../src/policy/cedar/cedar.js';
import { loadFolder } from '../../src/policy/load.js';
import { createPdp } from '../../src/policy/pdp.js';
import { groupsIn } from '../../src/policy/read/cedar/reads.js';
import type { Who } from '../../src/ports/policy.js';
import { ask, lost, on, PLAIN, someone, stagesOf, subsets } from '../support/lost-groups.js';
import { FRIDAY, HOUR } from '../support/units.js';
import { folder, kinds, load, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

describe('a policy that reads a group that cannot be looked up', () => {
  test('invariant 4: permits nothing, and the denial names policy, group and why', async () => {
    const { pdp } = await load();
    expect(pdp.request(ask(someone('ana@corp.example', [], ['engineers'])))).toMatchObject({
      outcome: 'denied',
      policies: [],
      errors: [
        'policy "low-at-once" counts as no: it reads who is in engineers, and the Slack group S0ENGINEERS (engineers) cannot be looked up: Slack has no such group, or it is disabled',
      ],
      unknownGroups: [lost('engineers')],
    });
  });

  test.each([
    ['its scope', `forbid (principal in Jit::Group::"dba", action == Jit::Action::"request", resource);`],
    ['its scope, of a type', `forbid (principal is Jit::User in Jit::Group::"dba", action, resource);`],
    ['a condition', `forbid (${on}) when { principal in Jit::Group::"dba" };`],
    ['a set', `forbid (${on}) when { principal in [Jit::Group::"security", Jit::Group::"dba"] };`],
    ['an exception', `forbid (${on}) unless { principal in Jit::Group::"dba" };`],
    ['a negation', `forbid (${on}) when { !(principal in Jit::Group::"dba") };`],
    ['the owners', `forbid (${on}) when { principal in resource.owners };`],
    [
      'what only Cedar can tell',
      `forbid (${on}) when { principal in (if context.hour < 3 then Jit::Group::"security" else Jit::Group::"security") };`,
    ],
  ])('invariant 4: forbids everybody where it reads it by %s', async (_, text) => {
    const { pdp } = await load({ 'policies.cedar': `${PLAIN}\n@id("no") @advice("Ask the dba.") ${text}` });
    expect(pdp.request(ask(someone('ana@corp.example', [], ['dba'])))).toMatchObject({
      outcome: 'denied',
      policies: ['no'],
      advice: [],
      unknownGroups: [lost('dba')],
    });
    // And is as it was for a group that it does not read.
    const other = text.includes('if context.hour') ? [] : ['engineers'];
    expect(pdp.request(ask(someone('ana@corp.example', [], other)))).toEqual(
      pdp.request(ask(someone('ana@corp.example', []))),
    );
  });

  test('invariant 16: forbids no more than what its other clauses let it, as far as they are known', async () => {
    const text = `@id("no") forbid (principal in Jit::Group::"dba", action == Jit::Action::"request", resource)
      when { resource.risk == "high" };`;
    const { pdp } = await load({ 'policies.cedar': `${PLAIN}\n${text}` });
    expect(pdp.request(ask(someone('ana@corp.example', [], ['dba'])))).toEqual(
      pdp.request(ask(someone('ana@corp.example', []))),
    );
  });

  test('invariant 4: a clause that relies on one that cannot be known is not asked by itself', async () => {
    const text = `@id("no") forbid (${on}) when { context has ticket && principal in Jit::Group::"dba" }
      when { context.ticket == "OPS-1" };`;
    const { pdp } = await load({ 'policies.cedar': `${PLAIN}\n${text}` });
    expect(pdp.request(ask(someone('ana@corp.example', [], ['dba'])))).toMatchObject({
      outcome: 'denied',
      policies: ['no'],
      unknownGroups: [lost('dba')],
    });
  });

  test('a permit that cannot be known permits nothing, but the stages that it would add stay', async () => {
    const wary = `@id("wary") @chain("security") permit (principal in Jit::Group::"dba", action == Jit::Action::"request", resource);`;
    const { pdp } = await load({ 'policies.cedar': `${PLAIN}\n${wary}` });
    const stages = (who: Who) => stagesOf(pdp.request(ask(who))).map(({ name }) => name);
    expect(stages(someone('ana@corp.example', []))).toEqual(['manager']);
    expect(stages(someone('ana@corp.example', ['dba']))).toEqual(['manager', 'security']);
    expect(stages(someone('ana@corp.example', [], ['dba']))).toEqual(['manager', 'security']);
  });

  test('a denial that holds in any case is told as that', async () => {
    const sure = `@id("sure") @advice("Never.") forbid (${on}) when { resource.risk == "low" };`;
    const no = `@id("no") forbid (principal in Jit::Group::"dba", action == Jit::Action::"request", resource);`;
    const { pdp } = await load({ 'policies.cedar': [PLAIN, sure, no].join('\n') });
    const decision = pdp.request(ask(someone('ana@corp.example', [], ['dba'])));
    expect(decision).toMatchObject({ outcome: 'denied', policies: ['sure'], advice: ['Never.'], errors: [] });
    expect(decision).not.toHaveProperty('unknownGroups');
  });

  test('invariant 4: of a policy that was never read, every group is taken to be read', async () => {
    const loaded = await loadFolder(await folder({ 'policies.cedar': PLAIN }), { kinds });
    if ('problems' in loaded) throw new Error('does not load');
    const policies = loaded.parts.policies.map((policy) => {
      const { groups, ...unread } = policy;
      expect(groups).toEqual({ names: new Set(), owners: false });
      return unread;
    });
    const pdp = createPdp({ ...loaded.parts, policies });
    expect(pdp.request(ask(someone('ana@corp.example', []))).outcome).toBe('needs-approval');
    expect(pdp.request(ask(someone('ana@corp.example', [], ['dba']))).outcome).toBe('denied');
  });

  test('more sets of lost groups than are remembered are answered all the same', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `team-${n}`);
    const directory = `channel: C0ACCESS
groups:
  dba: { members: [dan@corp.example] }
${names.map((name, n) => `  ${name}: { usergroup: S0TEAM${n} }`).join('\n')}
stages: { manager: { manager: true } }
`;
    const text = names.map(
      (name) => `@id("no-${name}") forbid (principal in Jit::Group::"${name}", action, resource);`,
    );
    const files = { 'directory.yml': directory, 'policies.cedar': [PLAIN, ...text].join('\n') };
    const { pdp } = await load(files);
    for (const set of subsets(names)) {
      const { outcome } = pdp.request(ask(someone('ana@corp.example', [], set)));
      expect({ set, outcome }).toEqual({ set, outcome: set.length === 0 ? 'needs-approval' : 'denied' });
    }
  });
});

describe('which groups a policy reads', () => {
  const readBy = (text: string) => {
    const parsed = cedar.policyToJson(text);
    if (parsed.type !== 'success') throw new Error(text);
    const { principal, action, resource, conditions } = parsed.json;
    const read = groupsIn(
      [principal, action, resource],
      conditions.map(({ body }) => body),
    );
    return read === 'all' ? 'all' : [...read.names, ...(read.owners ? ['(owners)'] : [])].sort();
  };
  const when = (body: string) => `permit (principal, action, resource) when { ${body} };`;
  const A = 'Jit::Group::"a"';
  const B = 'Jit::Group::"b"';

  test.each([
    ['permit (principal, action, resource);', []],
    [`permit (principal in ${A}, action, resource);`, ['a']],
    [`permit (principal is Jit::User in ${A}, action, resource);`, ['a']],
    ['permit (principal == Jit::User::"ana@corp.example", action, resource);', []],
    ['permit (principal, action, resource in Jit::Environment::"a");', []],
    [when(`principal in [${A}, ${B}]`), ['a', 'b']],
    [when(`principal is Jit::User in ${A}`), ['a']],
    [when(`resource.requester in ${A}`), ['a']],
    [when(`resource.owners.contains(${A})`), ['a']],
    [when(`resource.owners.containsAny([${A}, ${B}])`), ['a', 'b']],
    [when('principal in resource.owners'), ['(owners)']],
    [when('principal in resource.entitlement.owners'), ['(owners)']],
    [when('principal in context.group'), []],
    [when('principal is Jit::User in context.group'), []],
    [when(`if context.x then principal in ${A} else !(principal in ${B})`), ['a', 'b']],
    [when(`{ a: principal in ${A} }.a || [principal in ${B}].contains(true)`), ['a', 'b']],
    [when('resource in Jit::Environment::"production" && action in [Jit::Action::"request"]'), []],
    [when('context.x like "a*" && context has a.b && ip("10.0.0.1").isInRange(ip("10.0.0.0/8"))'), []],
    [
      when('context.n + -1 * 2 <= 3 && [].isEmpty() && resource.hasTag("t") && resource.getTag("t") != "u"'),
      [],
    ],
    [when(`principal in (if true then ${A} else ${B})`), 'all'],
    [when(`principal in [if true then ${A} else ${B}]`), 'all'],
    [when('principal in resource.requester'), 'all'],
    [when('principal in context.group.other'), 'all'],
    [when('principal in principal'), 'all'],
    [when('principal in { owners: resource }.owners'), 'all'],
    [when(`ip(if principal in context.x then "10.0.0.1" else "10.0.0.2").isIpv4()`), 'all'],
  ])('%s: %j', (text, expected) => {
    expect(readBy(text)).toEqual(expected);
  });

  test.each([
    [{ among: { left: { Var: 'principal' }, right: { Var: 'context' } } }],
    [{ Unknown: { name: 'x' } }],
    [{ in: { left: { Var: 'principal' } } }],
    [{ in: [] }],
    [{ 'if-then-else': [] }],
    [{ Var: 'principal', Value: 1 }],
    [{}],
    [null],
  ])('what nobody knows how to read reads them all: %j', (expression) => {
    expect(groupsIn([], [expression])).toBe('all');
    expect(groupsIn([], [{ '!': { arg: { '&&': { left: expression ?? {}, right: {} } } } }])).toBe('all');
  });
});

test('a slot that a template fills reads them all', () => {
  expect(groupsIn([{ op: 'in', slot: '?principal' }], [])).toBe('all');
});

test('invariant 2: a forbid on taking back that reads a lost group takes nobody to be in it', async () => {
  const { pdp } = await load({
    'policies.cedar': `@id("all") permit (principal, action == Jit::Action::"revoke", resource);
      @id("not-dba") forbid (principal in Jit::Group::"dba", action == Jit::Action::"revoke", resource);`,
  });
  const requester = someone('ana@corp.example', [], ['dba', 'engineers']);
  const request = { id: 'R1', requester, entitlement: 'logs', duration: HOUR, approvedBy: [] };
  const may = (who: Who, action: 'revoke' | 'audit' = 'revoke') =>
    pdp.may(action, { who, request, at: FRIDAY });
  expect(may(someone('dan@corp.example', ['dba'])).outcome).toBe('denied');
  expect(may(someone('dan@corp.example', [], ['dba'])).outcome).toBe('allowed');
  const refused = may(someone('dan@corp.example', [], ['dba']), 'audit');
  expect(refused).toMatchObject({ outcome: 'denied', policies: [] });
});
