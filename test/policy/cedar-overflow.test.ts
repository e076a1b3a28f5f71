import { decide, guarded, cedar } from '../../src/policy/cedar/cedar.js';
import { runCases } from '../../src/policy/cases/run.js';
import { loadFolder } from '../../src/policy/load.js';
import {
  folder,
  FROM,
  kinds,
  load,
  loadedAt,
  POLICIES,
  problemsOf,
  removeFolders,
} from '../support/policy.js';
import { tries } from '../support/tries.js';

// The tests of this file run in order: the last one spoils Cedar for the whole process, as in production.
afterAll(removeFolders);

const permitWhen = (condition: string) =>
  `@id("x")\n@chain("auto")\npermit (principal, action == Jit::Action::"request", resource) when { ${condition} };`;
const nested = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`;

test('what is just within the limits loads and decides, also when Cedar has run hot', async () => {
  const record = `${'{a: '.repeat(28)}1${'}'.repeat(28)}`;
  const texts = [
    nested(29),
    `${record} == ${record}`,
    `${'if context.emergency then true else '.repeat(55)}true`,
    `context.now${'.offset(duration("1h"))'.repeat(52)} != context.now`,
    Array.from({ length: 55 }, (_, n) => `context.hour != ${n + 30}`).join(' && '),
    `${'('.repeat(28)}${'if true then true else '.repeat(27)}${'true && '.repeat(27)}true${')'.repeat(28)}`,
    `"${'('.repeat(500)}" != "" // ${'('.repeat(500)}\n`,
  ];
  for (let round = 0; round < tries(3, 8); round++) {
    for (const text of texts) {
      const bundle = await load({ 'more.cedar': permitWhen(text) });
      const who = { email: 'ana@corp.example', groups: ['engineers'] };
      expect(bundle.pdp.request({ who, entitlement: 'logs', duration: 60_000, at: 0 })).toMatchObject({
        outcome: 'auto',
      });
    }
  }
});

test.each([
  [nested(100), 'nests brackets 101 deep, and Cedar can take 30'],
  [`${'if true then true else '.repeat(900)}true`, 'holds 900 operators, and Cedar can take 200'],
  [Array(3000).fill('context.hour > 3').join(' || '), 'holds 5999 operators, and Cedar can take 200'],
  [`${'if true then true else '.repeat(199)}true`, 'chains 201 operators, and Cedar can take 60'],
  [Array(99).fill('context.hour > 3').join(' || '), 'chains 102 operators, and Cedar can take 60'],
])('what would overflow Cedar is refused before Cedar can trap', async (condition, why) => {
  expect(await problemsOf({ 'more.cedar': permitWhen(condition) })).toEqual([
    `more.cedar:1: this policy ${why}; split it up, or use sets`,
  ]);
});

test('a schema that nests too deep is refused before Cedar sees it', async () => {
  const text = `namespace Jit { entity User { a: ${'Set<'.repeat(5000)}Long${'>'.repeat(5000)} }; }`;
  expect(await problemsOf({ 'schema.cedarschema': text })).toEqual([
    'schema.cedarschema: nests brackets 5002 deep, and Cedar can take 30; write it flatter',
  ]);
});

test('invariant 4: after a trap everything is denied, by every bundle, with an error that says so', async () => {
  const loaded = await loadedAt(POLICIES);
  expect((await runCases(POLICIES, loaded, { from: FROM })).every(({ passed }) => passed)).toBe(true);

  expect(() => guarded(() => cedar.policyToJson(permitWhen(nested(500))))).toThrow(/^Cedar has trapped/);

  const trapped = expect.stringMatching(/^Cedar has trapped \(R.*Error: .*; restart the process$/);
  const who = { email: 'ana@corp.example', groups: ['engineers'] };
  const request = { id: 'r', requester: who, entitlement: 'logs', duration: 1000, approvedBy: [] };
  const { pdp } = loaded.bundle;
  const asked = { who, entitlement: 'sandbox-power-user', duration: 3_600_000, at: 0 };
  const about = { who, request: { ...request, entitlement: 'sandbox-power-user' }, at: 0 };
  for (const answer of [
    pdp.request(asked),
    pdp.approve({ ...about, stage: 'security', member: true }),
    pdp.may('audit', about),
  ]) {
    expect(answer).toMatchObject({ outcome: 'denied', policies: [], errors: [trapped] });
  }
  expect(() => decide({ schema: '', policies: {} }, {} as never)).toThrow(/^Cedar has trapped/);
  expect(await loadFolder(await folder(), { kinds })).toEqual({
    problems: [{ file: expect.any(String), message: expect.stringContaining('Cedar has trapped') }],
  });
});
