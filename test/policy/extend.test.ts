import { formatChain, parseChain, type Chain } from '../../src/domain/chain.js';
import type { RequestDecision } from '../../src/domain/request/decision.js';
import type { Pdp, RequestFacts } from '../../src/ports/policy.js';
import { load, problemsOf, removeFolders, schemaText } from '../support/policy.js';

afterAll(removeFolders);

const HOUR = 3_600_000;
const ana = { email: 'ana@corp.example', groups: ['engineers'] };
const sam = { email: 'sam@corp.example', groups: ['security'] };
const at = Date.UTC(2026, 10, 20, 10);
const request: RequestFacts = {
  id: 'r1',
  requester: ana,
  entitlement: 'logs',
  duration: HOUR,
  approvedBy: [],
  endsAt: at + HOUR,
  chain: parseChain('manager') as Chain,
};
const ask = { who: ana, request, by: HOUR, total: 2 * HOUR, at };
const on = (action: string) => `principal, action == Jit::Action::"${action}", resource`;
const pdpOf = async (...texts: string[]): Promise<Pdp> =>
  (await load({ 'policies.cedar': texts.join('\n') })).pdp;
const told = (answer: RequestDecision) =>
  answer.outcome === 'denied' ? answer : `${answer.outcome} ${formatChain(answer.chain)}`;

describe('extend', () => {
  test('invariant 4: what no policy permits is denied', async () => {
    const pdp = await pdpOf(`@id("r") @chain("auto") permit (${on('request')});`);
    expect(pdp.extend(ask)).toMatchObject({ outcome: 'denied', policies: [], errors: [] });
  });

  test.each([
    'principal, action, resource',
    'principal, action in [Jit::Action::"approve", Jit::Action::"audit"], resource',
  ])('a permit counts only where its scope names it: not (%s)', async (scope) => {
    const pdp = await pdpOf(
      scope.includes('in [')
        ? `@id("all") permit (${scope});`
        : `@id("all") @chain("auto") permit (${scope});`,
    );
    expect(pdp.extend(ask)).toMatchObject({ outcome: 'denied', policies: [] });
  });

  test('also among others, by name', async () => {
    const pdp = await pdpOf(
      `@id("own") permit (principal, action in [Jit::Action::"extend", Jit::Action::"audit"], resource);`,
    );
    expect(told(pdp.extend(ask))).toBe('needs-approval manager');
  });

  test('forbids always count, also those of every action', async () => {
    const pdp = await pdpOf(
      `@id("own") permit (${on('extend')});`,
      `@id("freeze") @advice("Not today.") forbid (principal, action, resource);`,
    );
    expect(pdp.extend(ask)).toMatchObject({
      outcome: 'denied',
      policies: ['freeze'],
      advice: ['Not today.'],
    });
  });

  test('without a chain of its own it has that of the request, and with one its own: auto is written out', async () => {
    const plain = `@id("own") permit (${on('extend')});`;
    expect(told((await pdpOf(plain)).extend(ask))).toBe('needs-approval manager');
    const auto = `@id("low") @chain("auto") permit (${on('extend')});`;
    expect(told((await pdpOf(plain, auto)).extend(ask))).toBe('auto auto');
    const strict = `@id("hi") @chain("2 of security") permit (${on('extend')});`;
    expect(told((await pdpOf(plain, auto, strict)).extend(ask))).toBe('needs-approval 2 of security');
  });

  test('invariant 4: the chain of a request that is not known is no empty one', async () => {
    const { chain: _, ...unknown } = request;
    const answer = (await pdpOf(`@id("own") permit (${on('extend')});`)).extend({ ...ask, request: unknown });
    expect(answer).toMatchObject({
      outcome: 'denied',
      errors: ['who had to agree to the request is not known'],
    });
  });

  test('policies see by how much, how long in all, how often before, and whose it is', async () => {
    const pdp = await pdpOf(
      `@id("own") permit (${on('extend')}) when {
        principal == resource.requester && context.by <= duration("1h") &&
        context has total && context.total <= duration("2h") &&
        resource.extensions < 2 && resource.requested == duration("1h") };`,
    );
    const outcome = (change: Partial<typeof ask>) => pdp.extend({ ...ask, ...change }).outcome;
    expect(outcome({})).toBe('needs-approval');
    expect(outcome({ by: 2 * HOUR })).toBe('denied');
    expect(outcome({ total: 3 * HOUR })).toBe('denied');
    expect(outcome({ who: sam })).toBe('denied');
    expect(outcome({ request: { ...request, extensions: 2 } })).toBe('denied');
  });

  test('a schema of before knows neither the whole time nor votes on extensions, and everything else is answered', async () => {
    const { pdp } = await load({
      'schema.cedarschema': schemaText()
        .replace(/,\s*total\?: duration/, '')
        .replace(/,(\s*\/\/[^\n]*)\n\s*extension\?: Bool/, '$1\n'),
      'policies.cedar': `@id("own") permit (${on('extend')}); @id("v") permit (${on('approve')});`,
    });
    expect(told(pdp.extend(ask))).toBe('needs-approval manager');
    const vote = { who: sam, request, stage: 'security', member: true, at, extension: true } as const;
    expect(pdp.approve(vote).outcome).toBe('allowed');
  });

  test('policies can tell a vote on an extension', async () => {
    const pdp = await pdpOf(
      `@id("v") permit (${on('approve')}) unless { context has extension && context.extension };`,
    );
    const vote = { who: sam, request, stage: 'security', member: true, at };
    expect(pdp.approve(vote).outcome).toBe('allowed');
    expect(pdp.approve({ ...vote, extension: true }).outcome).toBe('denied');
  });
});

describe('a folder', () => {
  const catalog = (extensions: string) =>
    `entitlements:\n  - { id: logs, name: Logs, environment: production, account: '111122223333', risk: low, durations: [1h, 4h], extensions: ${extensions}, sts-session: { roleArn: 'arn:aws:iam::111122223333:role/jit/Logs' } }\n`;

  test('says how often something may be extended, and how long it may be in all', async () => {
    const { entitlements } = await load({ 'catalog.yml': catalog('{ most: 2, total: 8h }') });
    expect(entitlements.get('logs')?.extensions).toEqual({ most: 2, total: 8 * HOUR });
  });

  test.each([
    ['{ most: 0, total: 8h }', 'write a whole number from 1 to 20'],
    ['{ most: 2 }', 'total: is missing; write a duration from 1m to 7d'],
    ['{ most: 2, total: 8d }', 'is longer than 7d'],
    ['{ most: 2, total: 1h }', 'total: is no longer than the shortest duration'],
    ['{ most: 2, total: 8h, each: 1h }', 'each'],
    ['yes', 'write how often and how long in all'],
  ])('refuses extensions: %s', async (written, message) => {
    const problems = await problemsOf({ 'catalog.yml': catalog(written) });
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toContain('extensions');
  });

  test('a chain for extensions is checked as one for requests', async () => {
    const problems = await problemsOf({
      'policies.cedar': `@id("own") @chain("nobody") permit (${on('extend')});`,
    });
    expect(problems).toEqual([expect.stringContaining('@chain')]);
  });
});
