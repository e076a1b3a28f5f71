import * as fc from 'fast-check';
import type { Chain } from '../../src/domain/chain.js';
import type { UnknownGroup } from '../../src/domain/directory.js';
import type { RequestDecision, Verdict } from '../../src/domain/request/decision.js';
import { cedar } from '../../src/policy/cedar/cedar.js';
import { loadFolder } from '../../src/policy/load.js';
import { createPdp } from '../../src/policy/pdp.js';
import { groupsIn } from '../../src/policy/read/groups.js';
import type { Bundle, Who } from '../../src/ports/policy.js';
import { unknownGroup } from '../../src/people/snapshot.js';
import { bundleAt, folder, kinds, load, POLICIES, removeFolders } from '../support/policy.js';
import { tries } from '../support/tries.js';

afterAll(removeFolders);

const HOUR = 3_600_000;
const FRIDAY_11 = Date.UTC(2026, 10, 20, 10); // in Berlin
const SUNDAY = Date.UTC(2026, 10, 22, 10);

const lost = (name: string): UnknownGroup =>
  unknownGroup({ name: 'Slack' }, { name, id: `S0${name.toUpperCase()}`, lasting: true });
const someone = (email: string, groups: string[], unknown: string[] = []): Who => ({
  email,
  groups,
  ...(unknown.length > 0 && { unknownGroups: unknown.map(lost) }),
});
const covers = (chain: Chain, other: Chain) =>
  other.every(({ name, quorum }) => chain.some((stage) => stage.name === name && stage.quorum >= quorum));
const subsets = (names: string[]): string[][] =>
  names.reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]]);

const on = 'principal, action == Jit::Action::"request", resource';
const PLAIN = `@id("plain") @chain("manager") permit (${on});`;
const ask = (who: Who) => ({ who, entitlement: 'logs', duration: HOUR, at: FRIDAY_11 });

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

describe('the default bundle with each group lost in turn', () => {
  const GROUPS = ['engineers', 'contractors', 'on-call', 'dba', 'security'];
  /** The groups that policies for requests in an environment read. */
  const READ: Record<string, string[]> = {
    sandbox: ['engineers', 'contractors'],
    staging: ['engineers', 'contractors'],
    production: ['engineers', 'contractors', 'on-call'],
  };
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleAt(POLICIES);
  });

  /** Memberships of the other groups: none or one, and in CI two. */
  const worlds = (group: string) =>
    subsets(GROUPS.filter((name) => name !== group)).filter(({ length }) => length <= tries(1, 2));
  /** One of each kind that the policies can tell apart. */
  const things = () => [
    ...new Map([...bundle.entitlements.values()].map((one) => [one.environment + one.risk, one])).values(),
  ];
  const inAndOut = (email: string, groups: string[], group: string) => ({
    without: someone(email, groups, [group]),
    out: someone(email, groups),
    in: someone(email, [...groups, group]),
  });

  test.each(GROUPS)(
    'invariant 4: without %s nothing is given that is not given both to its members and to others',
    (group) => {
      const wrong: object[] = [];
      let denied = 0;
      for (const { id, environment, durations } of things())
        for (const groups of worlds(group))
          for (const duration of new Set([durations[0]!, durations.at(-1)!]))
            for (const at of [FRIDAY_11, SUNDAY])
              for (const ticket of [undefined, 'OPS-12']) {
                const who = inAndOut('ana@corp.example', groups, group);
                const rest = { entitlement: id, duration, at, ...(ticket && { ticket }) };
                const answer = bundle.pdp.request({ ...rest, who: who.without });
                const both = [who.out, who.in].map((one) => bundle.pdp.request({ ...rest, who: one }));
                if (answer.outcome === 'denied') denied++;
                const concerned = READ[environment]!.includes(group);
                const right = concerned ? isCareful(answer, both) : isSame(answer, both[0]!);
                if (!right) wrong.push({ ...rest, groups, answer, both });
              }
      expect(wrong).toEqual([]);
      expect(denied).toBeGreaterThan(0);
    },
    60_000,
  );

  test.each(GROUPS)(
    'invariants 2 and 4: without %s votes, revocations and readings',
    (group) => {
      const wrong: object[] = [];
      for (const { id, environment } of things())
        for (const groups of worlds(group))
          for (const isContractor of [false, true]) {
            const others = isContractor && group !== 'contractors' ? ['contractors'] : [];
            const voter = inAndOut('sam@corp.example', groups, group);
            const requester = inAndOut('ana@corp.example', others, group);
            const asking = { id: 'R1', entitlement: id, duration: HOUR, approvedBy: [] };
            const about = (who: Who, of: Who) => ({
              who,
              request: { ...asking, requester: of },
              at: FRIDAY_11,
            });
            const unknown = about(voter.without, requester.without);
            const all = [voter.out, voter.in].flatMap((who) =>
              [requester.out, requester.in].map((of) => about(who, of)),
            );
            const compare = (judge: (ask: typeof unknown) => Verdict, right: typeof isCareful) => {
              const verdict = judge(unknown);
              if (!right(verdict, all.map(judge))) wrong.push({ id, groups, others, verdict });
            };
            const concerned = group === 'contractors' && environment === 'production';
            for (const member of [true, false])
              compare(
                (ask) => bundle.pdp.approve({ ...ask, stage: 'owners', member }),
                concerned ? isCareful : (verdict, [known]) => isSame(verdict, known!),
              );
            compare((ask) => bundle.pdp.may('audit', ask), isCareful);
            // To end access, nobody is in a group that is not known, and that is all.
            compare(
              (ask) => bundle.pdp.may('revoke', ask),
              (verdict, [outside]) =>
                verdict.outcome === outside!.outcome && verdict.policies.join() === outside!.policies.join(),
            );
          }
      expect(wrong).toEqual([]);
    },
    60_000,
  );
});

type Answer = RequestDecision | Verdict;
const isSame = (answer: Answer, known: Answer) => JSON.stringify(answer) === JSON.stringify(known);

/** No more is given than in any of the worlds; and a no that is none in one of them says which groups are not known. */
function isCareful(answer: Answer, worlds: Answer[]): boolean {
  const given = worlds.filter(({ outcome }) => outcome !== 'denied');
  if (answer.outcome === 'denied') return given.length === 0 || (answer.unknownGroups ?? []).length > 0;
  return given.length === worlds.length && worlds.every((world) => covers(stagesOf(answer), stagesOf(world)));
}
const stagesOf = (answer: Answer): Chain => ('chain' in answer ? answer.chain : []);

test('invariant 2: a forbid on taking back that reads a lost group takes nobody to be in it', async () => {
  const { pdp } = await load({
    'policies.cedar': `@id("all") permit (principal, action == Jit::Action::"revoke", resource);
      @id("not-dba") forbid (principal in Jit::Group::"dba", action == Jit::Action::"revoke", resource);`,
  });
  const requester = someone('ana@corp.example', [], ['dba', 'engineers']);
  const request = { id: 'R1', requester, entitlement: 'logs', duration: HOUR, approvedBy: [] };
  const may = (who: Who, action: 'revoke' | 'audit' = 'revoke') =>
    pdp.may(action, { who, request, at: FRIDAY_11 });
  expect(may(someone('dan@corp.example', ['dba'])).outcome).toBe('denied');
  expect(may(someone('dan@corp.example', [], ['dba'])).outcome).toBe('allowed');
  const refused = may(someone('dan@corp.example', [], ['dba']), 'audit');
  expect(refused).toMatchObject({ outcome: 'denied', policies: [] });
});

/** Of all the ways to read a group. */
const MIXED = [
  PLAIN,
  `@id("eng") @chain("security") permit (principal in Jit::Group::"engineers", action == Jit::Action::"request", resource);`,
  `@id("dba-auto") @chain("auto") permit (principal is Jit::User in Jit::Group::"dba", action, resource);`,
  `@id("owners") @chain("owners") permit (${on}) when { principal in resource.owners };`,
  `@id("either") @chain("manager") permit (${on}) when { principal in [Jit::Group::"dba", Jit::Group::"security"] };`,
  `@id("but") @chain("2 of security") permit (${on}) unless { principal in Jit::Group::"dba" && context.hour > 9 };`,
  `@id("two") @chain("owners") permit (${on}) when { resource.risk == "low" } when { principal in Jit::Group::"security" } unless { context.weekday > 5 };`,
  `@id("no-dba") forbid (principal in Jit::Group::"dba", action, resource) when { context.now > datetime("2026-11-21") };`,
  `@id("no-unless") forbid (principal, action, resource) unless { principal in Jit::Group::"engineers" || context.now < datetime("2026-11-21") };`,
  `@id("no-same") forbid (${on}) when { (principal in Jit::Group::"dba") == (principal in Jit::Group::"security") } when { context has ticket };`,
  `@id("no-if") forbid (${on}) when { if principal in Jit::Group::"engineers" then context.hour > 11 else context has ticket };`,
  `@id("vote") permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };`,
  `@id("vote-dba") permit (principal in Jit::Group::"dba", action in [Jit::Action::"approve", Jit::Action::"audit"], resource);`,
  `@id("no-vote") forbid (principal, action == Jit::Action::"approve", resource) when { resource.requester in Jit::Group::"dba" };`,
  `@id("read") permit (principal, action == Jit::Action::"audit", resource) when { principal in resource.entitlement.owners };`,
  `@id("no-read") forbid (principal, action == Jit::Action::"audit", resource) when { resource.requester in resource.entitlement.owners };`,
  `@id("end") permit (principal, action == Jit::Action::"revoke", resource) unless { principal in Jit::Group::"dba" };`,
];

test('invariant 4: whoever is in a lost group or not, nothing is given that would not be given by knowing it', async () => {
  const loaded = await loadFolder(await folder({ 'policies.cedar': MIXED.join('\n') }), { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { parts } = loaded;
  const GROUPS = ['engineers', 'dba', 'security'];
  const split = fc
    .tuple(fc.subarray(GROUPS), fc.subarray(GROUPS))
    .map(([isIn, unknown]) => ({ isIn: isIn.filter((name) => !unknown.includes(name)), unknown }));
  const given = { request: 0, approve: 0, audit: 0 };

  fc.assert(
    fc.property(
      fc.subarray([...parts.policies]),
      fc.subarray(GROUPS),
      split,
      fc.constantFrom([], ['dba'], ['engineers', 'security']),
      fc.constantFrom(FRIDAY_11, FRIDAY_11 + 3 * HOUR, SUNDAY),
      fc.constantFrom(undefined, 'OPS-1'),
      fc.boolean(),
      (policies, owners, { isIn, unknown }, others, at, ticket, member) => {
        const logs = { ...parts.entitlements.get('logs')!, owners };
        const pdp = createPdp({ ...parts, policies, entitlements: new Map([['logs', logs]]) });
        const rest = others.filter((name) => !unknown.includes(name));
        const sam = (more: string[]) => someone('sam@corp.example', [...isIn, ...more]);
        const ana = (more: string[]) => someone('ana@corp.example', [...rest, ...more]);
        const sets = subsets(unknown);

        const asking = (who: Who) => pdp.request({ ...ask(who), at, ...(ticket && { ticket }) });
        const careful = asking(someone('sam@corp.example', isIn, unknown));
        const request = sets.map((more) => asking(sam(more)));
        if (unknown.length > 0 && careful.outcome !== 'denied') given.request++;
        if (!isCareful(careful, request)) return false;

        const verdicts = (judge: (who: Who, requester: Who) => Verdict) => ({
          careful: judge(
            someone('sam@corp.example', isIn, unknown),
            someone('ana@corp.example', rest, unknown),
          ),
          worlds: sets.flatMap((a) => sets.map((b) => judge(sam(a), ana(b)))),
        });
        const about = (who: Who, requester: Who) => ({
          who,
          request: { id: 'R1', requester, entitlement: 'logs', duration: HOUR, approvedBy: [] },
          at,
        });
        const judges: Record<'approve' | 'audit', (who: Who, requester: Who) => Verdict> = {
          approve: (...people) => pdp.approve({ ...about(...people), stage: 'owners', member }),
          audit: (...people) => pdp.may('audit', about(...people)),
        };
        for (const action of ['approve', 'audit'] as const) {
          const { careful: verdict, worlds } = verdicts(judges[action]);
          if (unknown.length > 0 && verdict.outcome === 'allowed') given[action]++;
          if (!isCareful(verdict, worlds)) return false;
        }
        const ending = verdicts((...people) => pdp.may('revoke', about(...people)));
        return ending.careful.outcome === ending.worlds[0]!.outcome;
      },
    ),
    { numRuns: tries(30, 100), seed: 16 },
  );
  expect(Math.min(...Object.values(given))).toBeGreaterThan(tries(0, 1));
});
