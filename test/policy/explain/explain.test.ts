import * as fc from 'fast-check';
import { requestCall } from '../../../src/policy/cedar/authorization-calls.js';
import { loadFolder } from '../../../src/policy/load.js';
import { leavesOf } from '../../../src/policy/questions/evaluate-clauses.js';
import type { ExplainedQuestion } from '../../../src/policy/explain/question.js';
import { explain } from '../../../src/policy/explain/explain.js';
import { explanation } from '../../../src/policy/explain/explanation.js';
import { ask, jsonOf, textOf } from '../../../src/policy/questions/probe.js';
import { folder, kinds, POLICIES, removeFolders } from '../../support/policy.js';
import { tries } from '../../support/tries.js';

afterAll(removeFolders);

async function open(dir: string) {
  const loaded = await loadFolder(dir, { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { parts, bundle } = loaded;
  const { pdp } = bundle;
  return { parts, pdp, explain: (question: ExplainedQuestion) => explain(parts, pdp, question) };
}

const FRIDAY = Date.UTC(2026, 10, 20, 10);
const ana = (over: Partial<ExplainedQuestion> = {}): ExplainedQuestion => ({
  who: { email: 'ana@corp.example', groups: ['engineers'] },
  entitlement: 'logs',
  duration: 3_600_000,
  at: FRIDAY,
  ...over,
});
const when = (condition: string) => ({
  'policies.cedar': `@id("p") @chain("auto") permit (principal, action == Jit::Action::"request", resource) ${condition};\n`,
});
const clausesOf = async (condition: string, over: Partial<ExplainedQuestion> = {}) => {
  const { explain: why } = await open(await folder(when(condition)));
  return why(ana(over)).policies[0]!.clauses.map(({ kind, text, was }) => [kind, text, was]);
};

describe('why a policy did not hold', () => {
  test('the operands of && that were false, and not those that were true', async () => {
    expect(
      await clausesOf('when { context.hour < 18 && resource.risk == "high" && context.weekday == 7 }'),
    ).toEqual([
      ['when', 'resource.risk == "high"', false],
      ['when', 'context.weekday == 7', false],
    ]);
  });

  test('every operand of || where all were false', async () => {
    expect(await clausesOf('when { resource.risk == "high" || !(context.hour < 18) }')).toEqual([
      ['when', 'resource.risk == "high"', false],
      ['when', 'context.hour < 18', true],
    ]);
  });

  test('of an unless, the operand of || that was true', async () => {
    expect(await clausesOf('unless { context.hour >= 18 || resource.risk == "low" }')).toEqual([
      ['unless', 'resource.risk == "low"', true],
    ]);
  });

  test('what stands guarded behind a false operand of && is not blamed, though by itself it errs', async () => {
    expect(await clausesOf('when { context has ticket && context.ticket like "SEC-*" }')).toEqual([
      ['when', 'context has ticket', false],
    ]);
  });

  test('of two conditions, the one that failed', async () => {
    expect(await clausesOf('when { context.hour < 18 } unless { context.weekday == 5 }')).toEqual([
      ['unless', 'context.weekday == 5', true],
    ]);
  });

  test('invariant 4: a clause that cannot be evaluated says so, and the request is denied', async () => {
    const files = when('when { context.hour * 1000000000 * 1000000000 > 1 }');
    const { parts, explain: why } = await open(await folder(files));
    const explained = why(ana());
    expect(explained.decision).toMatchObject({ outcome: 'denied', policies: [] });
    const text = explanation(explained, parts).join('\n');
    expect(text).toContain('could not be evaluated (');
    expect(text).toContain('hour is 10');
    expect(text).not.toContain('Would permit it');
  });

  test('a number that JavaScript cannot hold is not put to Cedar as another', async () => {
    expect(await clausesOf('when { context.weekday == 5 && context.hour == 9007199254740993 }')).toEqual([
      ['when', 'one of its clauses', { error: expect.stringContaining('2^53') }],
    ]);
  });

  test('an entitlement that is not in the catalog is denied, and no policy is blamed', async () => {
    const { explain: why } = await open(await folder());
    expect(why(ana({ entitlement: 'other' }))).toMatchObject({
      decision: { outcome: 'denied', errors: [expect.stringContaining('not in the catalog')] },
      policies: [],
    });
  });
});

describe('what would change the answer', () => {
  test('fewer people are a gain, and more are none', async () => {
    const files = {
      'policies.cedar': `@id("day") @chain("owners, 2 of security")
permit (principal, action == Jit::Action::"request", resource) unless { context.hour == 20 || context.hour == 22 };
@id("night") @chain("owners") permit (principal, action == Jit::Action::"request", resource) when { context.hour == 20 };
@id("late") @chain("owners, manager, 2 of security") permit (principal, action == Jit::Action::"request", resource) when { context.hour == 22 };
`,
    };
    const { explain: why } = await open(await folder(files));
    const { changes } = why(ana());
    expect(changes).toEqual([
      {
        gain: 'shorter',
        answer: 'needs owners',
        from: Date.UTC(2026, 10, 20, 20),
        until: Date.UTC(2026, 10, 20, 21),
      },
    ]);
  });

  test('a ticket of any form is found, and the smallest combination that helps', async () => {
    const directory = `channel: C0ACCESS
justification: { ticket: { pattern: "quux-[a-z]{9}" } }
groups: { engineers: { usergroup: S0ENG }, dba: { members: [] }, security: { members: [] } }
stages: { security: { group: security } }
`;
    const { parts, explain: why } = await open(
      await folder({
        ...when('when { context has ticket && context.weekday > 5 && context.duration < duration("2h") }'),
        'directory.yml': directory,
      }),
    );
    const explained = why({ ...ana(), duration: 4 * 3_600_000 });
    expect(explained.changes).toEqual([
      {
        gain: 'automatic',
        answer: 'granted at once',
        duration: 3_600_000,
        ticket: 'quux-aaaaaaaaa',
        anyTicket: true,
        from: Date.UTC(2026, 10, 21),
        until: Date.UTC(2026, 10, 23),
      },
    ]);
    expect(explanation(explained, parts).join('\n')).toContain(
      'with a ticket, asked for 1h, from Sat 21 Nov 2026, 00:00 until Mon 23 Nov 2026, 00:00: automatic',
    );
  });

  test('nothing is better than what is granted at once', async () => {
    const { parts, explain: why } = await open(await folder());
    const explained = why(ana());
    expect(explained.changes).toEqual([]);
    expect(explanation(explained, parts).join('\n')).not.toContain('Would change');
  });
});

describe('the default folder', () => {
  test('every clause is told in the words of its policy', async () => {
    const { parts } = await open(POLICIES);
    const squeezed = (text: string) => text.replaceAll(/\s+/g, ' ');
    const leaves = parts.policies.flatMap(({ text }) =>
      jsonOf(text).conditions.flatMap(({ body }) =>
        leavesOf(body).map((leaf) => ({ policy: squeezed(text), leaf: textOf(leaf) })),
      ),
    );
    expect(leaves.length).toBeGreaterThan(10);
    for (const { policy, leaf } of leaves) expect(policy).toContain(leaf);
  });

  test('what is explained never contradicts what is decided, whoever asks for whatever whenever', async () => {
    const { parts, pdp, explain: why } = await open(POLICIES);
    const question = fc.record({
      who: fc.record({
        email: fc.constant('ana@corp.example'),
        groups: fc.subarray(Object.keys(parts.directory.groups)),
      }),
      entitlement: fc.constantFrom(...parts.entitlements.keys()),
      duration: fc.constantFrom(1_800_000, 3_600_000, 28_800_000),
      at: fc.integer({ min: FRIDAY, max: FRIDAY + 7 * 86_400_000 }),
      ticket: fc.constant('OPS-1'),
    });
    fc.assert(
      fc.property(question, fc.boolean(), ({ ticket, ...bare }, withTicket) => {
        const asked = withTicket ? { ...bare, ticket } : bare;
        const { decision, policies, changes } = why(asked);
        expect(decision).toEqual(pdp.request(asked));
        const ids = (how: string) => policies.filter((one) => one.how === how).map(({ policy }) => policy);
        expect(ids('decided').sort()).toEqual(decision.policies);
        expect(decision.outcome === 'denied' ? [] : ids('overruled')).toEqual([]);
        const unclear = policies.filter(
          ({ how, effect, clauses }) =>
            (how === 'failed' && clauses.length === 0) || (how === 'away' && effect === 'forbid'),
        );
        expect(unclear).toEqual([]);
        for (const change of changes) {
          const { duration = asked.duration, from: at = asked.at } = change;
          const then = pdp.request({
            ...asked,
            at,
            duration,
            ...(change.ticket !== undefined && { ticket }),
            ...(change.emergency && { emergency: true }),
          });
          expect(then.outcome).not.toBe('denied');
        }
      }),
      { numRuns: tries(8, 25) },
    );
  });

  test('one set of probes asked under two schemas is parsed for each', async () => {
    const { parts } = await open(POLICIES);
    const probes = [{ when: { Value: true } }];
    const { who, duration, at } = ana();
    const call = requestCall({ who, duration, at, entitlement: 'orders-logs' }, parts);
    expect(ask(parts.schema, call, probes)).toEqual([true]);
    expect(() => ask('namespace Jit { entity User; }', call, probes)).toThrow(/./);
    expect(ask(parts.schema, call, probes)).toEqual([true]);
  });
});
