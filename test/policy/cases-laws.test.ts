import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readWritten } from '../../src/policy/cases/read.js';
import { runCases, type CaseResult } from '../../src/policy/cases/run.js';
import { lookAt } from '../../src/policy/live/examine-source.js';
import { folderSource } from '../../src/policy/live/source.js';
import type { Loaded } from '../../src/policy/load.js';
import { FILES, folder, FROM, kinds, loadedAt, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

type Files = Parameters<typeof folder>[0];

async function run(law: string, files: Files = {}): Promise<CaseResult> {
  const dir = await folder({ ...files, 'cases/a.yml': `- name: a law\n  never: ${law}\n` });
  const [result, ...more] = await runCases(dir, await loadedAt(dir), { from: FROM });
  expect(more).toEqual([]);
  return result!;
}

const isOf = ({ law }: CaseResult) => law?.is;
const policies = (...all: string[]) => ({ 'policies.cedar': all.join('\n') });
const permit = (id: string, chain: string, rest = '', who = 'principal') =>
  `@id("${id}") @chain("${chain}") permit (${who}, action == Jit::Action::"request", resource) ${rest};`;
const forbid = (id: string, rest: string) =>
  `@id("${id}") forbid (principal, action == Jit::Action::"request", resource) ${rest};`;

describe('a law', () => {
  test('that no request breaks passes, and covers no policy', async () => {
    const result = await run(
      '{ chain: { fewerThan: 2 people } }',
      policies(permit('p', 'manager, security')),
    );
    expect(result).toMatchObject({ passed: true, policies: [], law: { is: 'proven' } });
  });

  test('that a request breaks names it, with the decision point’s own answer', async () => {
    const result = await run('{ chain: { fewerThan: 2 people } }', policies(permit('p', 'security')));
    expect(result).toMatchObject({
      file: 'cases/a.yml',
      line: 1,
      passed: false,
      actual: `somebody@corp.example (no group) for logs, 1h, at ${new Date(FROM).toISOString()}: needs-approval | chain: security | policies: p`,
    });
  });

  test.each([
    ['auto', '{ outcome: auto }', 'broken'],
    ['manager', '{ outcome: auto }', 'proven'],
    ['auto', '{ outcome: needs-approval }', 'proven'],
    ['manager', '{ outcome: needs-approval }', 'broken'],
    ['auto', '{ environment: staging }', 'broken'],
    ['auto', '{ chain: { fewerThan: 1 person } }', 'broken'],
    ['manager', '{ chain: { fewerThan: 1 person } }', 'proven'],
    ['2 of security', '{ chain: { fewerThan: 2 people } }', 'proven'],
    ['2 of security', '{ chain: { fewerThan: 3 people } }', 'broken'],
    ['manager, 2 of security', '{ chain: { fewerThan: 3 people } }', 'proven'],
    ['auto', '{ chain: { without: security } }', 'broken'],
    ['security', '{ chain: { without: security } }', 'proven'],
    ['security', '{ chain: { without: 2 of security } }', 'broken'],
    ['2 of security', '{ chain: { without: 2 of security } }', 'proven'],
    ['manager', '{ chain: { fewerThan: 2 people, without: manager } }', 'proven'],
    ['manager', '{ chain: { fewerThan: 2 people, without: security } }', 'broken'],
    ['auto', '{ requester: { groups: [dba] } }', 'broken'],
    ['auto', '{ requester: { notIn: [dba] } }', 'broken'],
    ['auto', '{ duration: { over: 1h } }', 'broken'],
    ['auto', '{ duration: { over: 4h } }', 'proven'],
    ['auto', '{ ticket: true }', 'broken'],
    ['auto', '{ ticket: false }', 'broken'],
  ])('where the chain is %s: %s is %s', async (chain, law, is) => {
    expect(isOf(await run(law, policies(permit('p', chain))))).toBe(is);
  });

  test('about who is in groups speaks of them whatever else they are in', async () => {
    const two = policies(
      permit('p', 'auto', '', 'principal in Jit::Group::"engineers"'),
      forbid('f', 'when { principal in Jit::Group::"dba" }'),
    );
    expect(isOf(await run('{ requester: { groups: [dba] } }', two))).toBe('proven');
    expect(isOf(await run('{ requester: { groups: [engineers] } }', two))).toBe('broken');
    expect(isOf(await run('{ requester: { notIn: [engineers] } }', two))).toBe('proven');
    expect(isOf(await run('{ requester: { groups: [security] } }', two))).toBe('broken');
  });

  test('about a group with members takes nobody else for one of them', async () => {
    const named = policies(permit('p', 'auto', '', 'principal == Jit::User::"sam@corp.example"'));
    expect(isOf(await run('{ requester: { notIn: [security] } }', named))).toBe('proven');
    expect(isOf(await run('{ requester: { notIn: [dba] } }', named))).toBe('broken');
  });

  test('takes a group by its name, whatever that is', async () => {
    const directory = FILES['directory.yml'].replace(
      'groups:\n',
      `groups:\n  'odd "name"\\': { usergroup: S0ODD }\n`,
    );
    const odd = policies(permit('p', 'auto', 'unless { principal in Jit::Group::"odd \\"name\\"\\\\" }'));
    const never = (how: string) =>
      run(`{ requester: { ${how}: ['odd "name"\\'] } }`, { 'directory.yml': directory, ...odd });
    expect(isOf(await never('groups'))).toBe('proven');
    expect(isOf(await never('notIn'))).toBe('broken');
  });

  test('holds although no ticket is asked for by policy, where the form wants one', async () => {
    const wanted = {
      'directory.yml': `${FILES['directory.yml']}justification: { ticket: { pattern: '[A-Z]+-[0-9]+', required: true } }\n`,
    };
    const open = policies(permit('p', 'auto'));
    expect(isOf(await run('{ ticket: false }', { ...open, ...wanted }))).toBe('proven');
    expect(isOf(await run('{ outcome: auto }', { ...open, ...wanted }))).toBe('broken');
  });

  test('about business hours and on-call goes by what directory.yml says', async () => {
    const directory = `${FILES['directory.yml']}businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18, holidays: ['2026-12-25'] }\nonCall: { ical: 'https://cal.example/rota.ics' }\n`;
    const files = (...all: string[]) => ({
      'directory.yml': directory,
      ...policies(permit('p', 'auto'), ...all),
    });
    const outside = forbid('f', 'unless { context has businessHours && context.businessHours }');
    const off = forbid('g', 'unless { context has onCall && context.onCall }');
    expect(isOf(await run('{ businessHours: false }', files()))).toBe('broken');
    expect(isOf(await run('{ businessHours: false }', files(outside)))).toBe('proven');
    expect(isOf(await run('{ businessHours: true }', files(outside)))).toBe('broken');
    expect(isOf(await run('{ onCall: false }', files()))).toBe('broken');
    expect(isOf(await run('{ onCall: false }', files(off)))).toBe('proven');
    expect(isOf(await run('{ onCall: true }', files(off)))).toBe('broken');
    const hours = forbid('h', 'unless { context.hour >= 8 && context.hour < 18 && context.weekday <= 5 }');
    expect(await run('{ businessHours: false }', files(hours))).toMatchObject({
      actual: expect.stringContaining('at 2026-12-25T08:00:00.000Z'),
    });
  });

  test('speaks of what is to come alone', async () => {
    const until = policies(permit('p', 'auto', 'when { context.now < datetime("2026-11-20T10:00:00Z") }'));
    expect(isOf(await run('{ outcome: auto }', until))).toBe('proven');
  });

  test('that depends on what is not understood is not proven, and says which policy that is', async () => {
    const odd = 'when { context.hour < context.now.toTime().toHours() }';
    // Where a question confirms it all the same, that is enough.
    expect(isOf(await run('{ ticket: false }', policies(permit('p', 'auto'), forbid('f', odd))))).toBe(
      'broken',
    );
    const never = policies(
      permit('p', 'auto', 'when { context.hour > 12 && context.now.toTime().toHours() > context.hour * 3 }'),
    );
    expect(await run('{ outcome: auto }', never)).toMatchObject({
      passed: false,
      expected: 'no such request',
      actual: 'not proven: not understood: what p (policies.cedar:1) reads',
      law: { is: 'not proven' },
    });
    // It does not depend on that by which of two ways it is so.
    const both = policies(
      permit('p', 'manager', odd),
      permit('q', 'security', odd.replace('when', 'unless')),
    );
    expect(isOf(await run('{ chain: { fewerThan: 1 person } }', both))).toBe('proven');
  });
});

describe('a law that would hold whatever the policies say', () => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await loadedAt(POLICIES);
  });

  const read = (text: string) =>
    readWritten({ texts: new Map([['cases/a.yml', text]]), problems: [] }, loaded).map((one) =>
      one.is === 'unreadable' ? `${one.at.line}:${one.at.column}: ${one.why}` : one.is,
    );
  const law = (never: string, more = '') => `- name: a law\n${more}  never: ${never}\n`;

  test.each([
    [
      '{ environment: prodution }',
      '2:12: never.environment: unknown environment "prodution"; did you mean "production"?',
    ],
    [
      '{ environment: [production, prodution] }',
      '2:38: never.environment: unknown environment "prodution"; did you mean "production"?',
    ],
    ['{ environment: [] }', '2:12: never.environment: is an empty list; write a list of environments'],
    ['{ environment: }', '2:12: never.environment: is missing; write an environment of catalog.yml'],
    [
      '{ entitlement: order-logs }',
      '2:12: never.entitlement: unknown entitlement "order-logs"; did you mean "orders-logs"?',
    ],
    [
      "{ account: '111122223334' }",
      '2:12: never.account: unknown account "111122223334"; did you mean "111122223333"?',
    ],
    [
      '{ account: 111122223333 }',
      '2:12: never.account: 111122223333 is not right; write the 12 digits of an AWS account, in quotes',
    ],
    ['{ risk: hihg }', '2:12: never.risk: "hihg" is not right; write low, medium or high'],
    ['{ tags: { taem: payments } }', '2:20: never.tags.taem: unknown tag "taem"; the tags are team'],
    [
      '{ tags: { team: paymens } }',
      '2:20: never.tags.team: unknown value "paymens"; did you mean "payments"?',
    ],
    [
      '{ tags: {} }',
      '2:12: never.tags: says nothing; write tags with their values, such as { team: payments }',
    ],
    [
      '{ requester: { groups: [enginers] } }',
      '2:34: never.requester.groups: unknown group "enginers"; did you mean "engineers"?',
    ],
    ['{ requester: { notIn: [] } }', '2:25: never.requester.notIn: is an empty list; write a list of groups'],
    [
      '{ requester: { groups: [dba], notIn: [dba] } }',
      '2:40: never.requester.notIn: nobody is in dba and not in it, so the law would always hold',
    ],
    [
      '{ requester: {} }',
      '2:12: never.requester: says nothing; write groups: or notIn:, each with a list of groups',
    ],
    [
      '{ duration: 4h }',
      '2:12: never.duration: "4h" is not right; write over: with a duration, such as { over: 4h }',
    ],
    [
      '{ duration: { over: 4 hours } }',
      '2:24: never.duration.over: "4 hours" is not a duration; write a duration from 1m to 7d, such as 1h30m',
    ],
    ['{ ticket: none }', '2:12: never.ticket: "none" is not right; write true or false'],
    [
      '{ businessHours: false }',
      '2:12: never.businessHours: directory.yml has no businessHours:, so nothing is known of it; write it there',
    ],
    [
      '{ onCall: false }',
      '2:12: never.onCall: directory.yml has no onCall:, so nothing is known of it; write it there',
    ],
    ['{ outcome: denied }', '2:12: never.outcome: "denied" is not right; write auto or needs-approval'],
    [
      '{ chain: { fewerThan: two } }',
      '2:21: never.chain.fewerThan: "two" is not right; write a number of people, such as 2 people',
    ],
    [
      '{ chain: { fewerThan: 0 people } }',
      '2:21: never.chain.fewerThan: "0 people" is not right; write a number of people, such as 2 people',
    ],
    [
      '{ chain: { fewerThan: 2 } }',
      '2:21: never.chain.fewerThan: 2 is not right; write a number of people, such as 2 people',
    ],
    [
      '{ chain: { fewerThan: 2 stages } }',
      '2:21: never.chain.fewerThan: "2 stages" is not right; write a number of people, such as 2 people',
    ],
    [
      '{ chain: { without: secuity } }',
      '2:21: never.chain.without: unknown stage "secuity"; did you mean "security"?',
    ],
    [
      '{ chain: { without: [security] } }',
      '2:21: never.chain.without: ["security"] is not right; write a stage, such as security or 2 of security',
    ],
    [
      '{ chain: { without: "manager, security" } }',
      '2:21: never.chain.without: "manager, security" is not right; write a stage, such as security or 2 of security',
    ],
    [
      '{ chain: { fewer: 2 people } }',
      '2:21: never.chain: unknown key "fewer"; the keys are fewerThan, without',
    ],
    [
      '{ outcome: needs-approval, chain: { fewerThan: 1 person } }',
      '2:46: never.chain.fewerThan: what needs approval is approved by one person at least, so this would always hold',
    ],
    ['{ enviroment: production }', '2:12: never: unknown key "enviroment"; did you mean "environment"?'],
    [
      '{}',
      '2:3: never: says nothing; write what must never be, such as { environment: production, outcome: auto }',
    ],
    [
      'production',
      '2:3: never: "production" is not right; write what must never be, such as { environment: production, outcome: auto }',
    ],
    [
      '{ environment: sandbox, risk: high }',
      '2:3: never: no entitlement of catalog.yml is all of this, so the law would always hold',
    ],
  ])('is refused: %s', (never, problem) => {
    expect(read(law(never))).toEqual([problem]);
  });

  test.each([
    [
      '  expect: { outcome: denied }\n',
      '2:3: expect: does not belong to a law; what stands under never: is what must not be',
    ],
    [
      '  request: { entitlement: orders-logs, duration: 1h }\n',
      '2:3: request: stands beside never:; a case asks one question and a law speaks of all, so write two of them',
    ],
    ['  at: 2026-11-20T10:00:00Z\n', '2:3: unknown key "at"; the keys are name, never'],
  ])('has nothing of a case beside it: %s', (more, problem) => {
    expect(read(law('{ environment: production }', more))).toEqual([problem]);
  });

  test('is none of these', () => {
    const right = law('{ environment: [production, staging], risk: high, requester: { notIn: [on-call] } }');
    expect(read(right)).toEqual(['law']);
  });
});

describe('a running jit', () => {
  const look = async (files: Files, cases = true) =>
    lookAt(folderSource(await folder(files), { apart: 0 }), { kinds }, { cases, at: FROM });

  test('does not take policies that break their own law, nor of which a law is not proven', async () => {
    const law = { 'cases/a.yml': '- name: never at once\n  never: { outcome: auto }\n' };
    expect(await look({ ...law, ...policies(permit('p', 'auto')) })).toMatchObject({
      problems: [
        {
          file: 'cases/a.yml',
          line: 1,
          message: expect.stringMatching(/^the law "never at once" is broken: somebody@corp.example/),
        },
      ],
    });
    const odd = 'when { context.hour > 12 && context.now.toTime().toHours() > context.hour * 3 }';
    expect(await look({ ...law, ...policies(permit('p', 'auto', odd)) })).toMatchObject({
      problems: [
        { message: 'the law "never at once" is not proven: not understood: what p (policies.cedar:1) reads' },
      ],
    });
    expect(await look({ ...law, ...policies(permit('p', 'manager')) })).toHaveProperty('bundle');
    expect(await look({ ...law, ...policies(permit('p', 'auto')) }, false)).toHaveProperty('bundle');
  });

  test('starts without what proves laws, where there is none', () => {
    const reached = new Set<string>();
    const walk = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      const text = readFileSync(file, 'utf8').replace(/^import type [^;]*;/gm, '');
      for (const [, name] of text.matchAll(/\bfrom '(\.[^']+)\.js'/g))
        walk(resolve(dirname(file), `${name}.ts`));
    };
    walk(join(__dirname, '../../src/policy/live/examine-source.ts'));
    const inPolicy = [...reached].map((file) => file.replace(/.*\/src\/policy\//, ''));
    expect(inPolicy).toContain('cases/laws/shape.ts');
    expect(inPolicy.filter((file) => file.startsWith('questions/'))).toEqual([]);
    expect(inPolicy).not.toContain('cases/laws/prove.ts');
  });
});
