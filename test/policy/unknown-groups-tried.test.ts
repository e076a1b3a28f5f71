/** @project long */
import * as fc from 'fast-check';
import type { Chain } from '../../src/domain/chain.js';
import type { RequestDecision, Verdict } from '../../src/domain/request/decision.js';
import { loadFolder } from '../../src/policy/load.js';
import { createPdp } from '../../src/policy/pdp.js';
import type { Bundle, Who } from '../../src/ports/policy.js';
import { ask, on, PLAIN, someone, stagesOf, subsets } from '../support/lost-groups.js';
import { FRIDAY, HOUR } from '../support/units.js';
import { bundleAt, folder, kinds, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

const SUNDAY = Date.UTC(2026, 10, 22, 10);
const covers = (chain: Chain, other: Chain) =>
  other.every(({ name, quorum }) => chain.some((stage) => stage.name === name && stage.quorum >= quorum));

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

  /** Memberships of the other groups: none, one, or two. */
  const worlds = (group: string) =>
    subsets(GROUPS.filter((name) => name !== group)).filter(({ length }) => length <= 2);
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
            for (const at of [FRIDAY, SUNDAY])
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
  );

  test.each(GROUPS)('invariants 2 and 4: without %s votes, revocations and readings', (group) => {
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
            at: FRIDAY,
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
  });
});

type Answer = RequestDecision | Verdict;
const isSame = (answer: Answer, known: Answer) => JSON.stringify(answer) === JSON.stringify(known);

/** No more is given than in any of the worlds; and a no that is none in one of them says which groups are not known. */
function isCareful(answer: Answer, worlds: Answer[]): boolean {
  const given = worlds.filter(({ outcome }) => outcome !== 'denied');
  if (answer.outcome === 'denied') return given.length === 0 || (answer.unknownGroups ?? []).length > 0;
  return given.length === worlds.length && worlds.every((world) => covers(stagesOf(answer), stagesOf(world)));
}

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
      fc.constantFrom(FRIDAY, FRIDAY + 3 * HOUR, SUNDAY),
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
    { numRuns: 100, seed: 16 },
  );
  expect(Math.min(...Object.values(given))).toBeGreaterThan(1);
});
