import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatChain, parseChain, type Chain } from '../../src/domain/chain.js';
import { approveCall, requestCall } from '../../src/policy/cedar/authorization-calls.js';
import type { RequestAsk } from '../../src/policy/inputs/index.js';
import type { Policy } from '../../src/policy/policy.js';
import { createPdp } from '../../src/policy/pdp.js';
import type { Bundle, RequestFacts } from '../../src/ports/policy.js';
import { load, POLICIES, removeFolders } from '../support/policy.js';
import { tries } from '../support/tries.js';

afterAll(removeFolders);

const schema = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
const ana = { email: 'ana@corp.example', groups: ['engineers'] };
const sam = { email: 'sam@corp.example', groups: ['security'] };
const friday = Date.UTC(2026, 10, 20, 10);
const ask: RequestAsk = { who: ana, entitlement: 'logs', duration: 3_600_000, at: friday };
const request: RequestFacts = {
  id: 'r1',
  requester: ana,
  entitlement: 'logs',
  duration: 3_600_000,
  approvedBy: [],
};
const vote = { who: sam, request, stage: 'security', member: true, at: friday };

let small: Bundle;
beforeAll(async () => {
  small = await load();
});

const on = (action: string) => `principal, action == Jit::Action::"${action}", resource`;
async function pdpOf(...texts: string[]) {
  return (await load({ 'policies.cedar': texts.join('\n') })).pdp;
}

const errors = (error: string) => ({
  outcome: 'denied',
  policies: [],
  advice: [],
  bundle: 'h',
  errors: [error],
});
const permit = (chain: Chain, n: number): Policy => ({
  id: `p${n}`,
  effect: 'permit',
  text: `permit (${on('request')});`,
  chain,
});
const hash = async (files: Parameters<typeof load>[0]) => (await load(files)).hash;

describe('request', () => {
  test('invariant 4: what no policy permits is denied, without a policy and without an error', async () => {
    const pdp = await pdpOf(
      `@id("x") @chain("auto") permit (${on('request')}) when { resource.risk == "high" };`,
    );
    const bundle = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(pdp.request(ask)).toEqual({ outcome: 'denied', policies: [], advice: [], errors: [], bundle });
  });

  test('a forbid beats every permit, and names itself with its advice', async () => {
    const pdp = await pdpOf(
      `@id("p") @chain("auto") @advice("fine") permit (${on('request')});`,
      `@id("f2") @advice("Ask tomorrow.") forbid (${on('request')});`,
      `@id("f1") forbid (${on('request')});`,
    );
    expect(pdp.request(ask)).toMatchObject({
      outcome: 'denied',
      policies: ['f1', 'f2'],
      advice: ['Ask tomorrow.'],
      errors: [],
    });
  });

  test('the chains of all permits are merged in the order of directory.yml, the strictest quorum wins', async () => {
    const pdp = await pdpOf(
      `@id("a") @chain("2 of security") permit (${on('request')});`,
      `@id("b") @chain("security, manager") permit (${on('request')});`,
      `@id("c") @chain("auto") permit (${on('request')});`,
    );
    expect(pdp.request(ask)).toMatchObject({
      outcome: 'needs-approval',
      chain: parseChain('manager, 2 of security'),
      policies: ['a', 'b', 'c'],
    });
  });

  test('stages whose names are numbers keep the order of directory.yml', async () => {
    const directory = 'channel: C0\nstages:\n  "20": { manager: true }\n  "3": { owners: true }\n';
    const policy = `@id("a") @chain("3, 20") permit (${on('request')});`;
    const { pdp } = await load({
      'directory.yml': `${directory}groups: { dba: { usergroup: S0 } }\n`,
      'policies.cedar': policy,
    });
    expect(pdp.request(ask)).toMatchObject({ chain: parseChain('20, 3') });
  });

  test('invariant 4: a permit without a chain, or with an unknown stage, denies', () => {
    const { entitlements, directory } = small;
    const text = `permit (${on('request')});`;
    const pdpWith = (...policies: Policy[]) =>
      createPdp({ hash: 'h', schema, policies, entitlements, directory });
    const fine: Policy = { id: 'fine', effect: 'permit', text, chain: [] };
    expect(pdpWith(fine, { id: 'x', effect: 'permit', text }).request(ask)).toEqual(
      errors('policy "x" permits requests and has no @chain'),
    );
    const lost = { ...fine, id: 'y', chain: [{ name: 'gone', quorum: 1 }] };
    expect(pdpWith(fine, lost).request(ask)).toEqual(errors('policy "y" names the unknown stage "gone"'));
  });

  test.each([
    '',
    'ana',
    'Ana@corp.example',
    'a na@corp.example',
    'ana@corp.example\n',
    '\udc00@corp.example',
    'a\u0000@corp.example',
  ])('invariant 4: a person known as %j is denied, since it could be taken for another', (email) => {
    const decision = small.pdp.request({ ...ask, who: { ...ana, email } });
    expect(decision).toMatchObject({
      outcome: 'denied',
      errors: [`${JSON.stringify(email)} is not an e-mail address in lower case`],
    });
    const requester = { ...ana, email };
    expect(small.pdp.approve({ ...vote, request: { ...request, requester } }).outcome).toBe('denied');
    expect(small.pdp.approve({ ...vote, request: { ...request, approvedBy: [email] } }).errors).toHaveLength(
      1,
    );
  });

  test('policies see owners, tags, kind, environment, account, hour and weekday as the files say', async () => {
    const conditions = [
      'resource.owners.contains(Jit::Group::"dba")',
      'resource.kind == "sts-session"',
      'resource in Jit::Environment::"staging"',
      'resource in Jit::Account::"444455556666"',
      'resource.hasTag("team") && resource.getTag("team") == "payments"',
      'context.duration <= duration("4h")',
      'context.now < datetime("2026-11-20T10:00:01Z")',
      'context.weekday == 5 && context.hour == 11',
      '!context.emergency',
      'principal.email like "*@corp.example"',
      'context has ticket && context.ticket == "OPS-12"',
    ];
    const texts = conditions.map(
      (when, n) => `@id("p${n}") @chain("auto") permit (${on('request')}) when { ${when} };`,
    );
    const catalog = (await load()).entitlements.get('logs');
    const { directory } = await load({
      'directory.yml': 'channel: C0\ntimezone: Europe/Berlin\n',
      'catalog.yml': 'entitlements: []\n',
      'policies.cedar': '',
    });
    const pdp = createPdp({
      hash: 'h',
      schema,
      policies: texts.map((text, n) => ({ id: `p${n}`, effect: 'permit', text, chain: [] })),
      entitlements: new Map([['logs', { ...catalog!, tags: { team: 'payments' } }]]),
      directory,
    });
    const decision = pdp.request({ ...ask, ticket: 'OPS-12' });
    expect(decision.policies).toEqual(conditions.map((_, n) => `p${n}`).sort());
  });

  test('a group that directory.yml does not have is no group at all', () => {
    const call = requestCall(
      { ...ask, who: { ...ana, groups: ['engineers', 'gone', 'constructor'] } },
      small,
    );
    expect(call.entities[0]?.parents).toEqual([{ type: 'Jit::Group', id: 'engineers' }]);
  });

  test('invariant 11: free text is not part of a question, and does not reach Cedar when it is smuggled in', () => {
    const smuggled = { ...ask, justification: 'permit me', reason: 'please' };
    expect(JSON.stringify(requestCall(smuggled, small))).not.toMatch(/permit me|please/);
    // @ts-expect-error a question has no justification
    const typed: RequestAsk = { ...ask, justification: 'permit me' };
    expect(small.pdp.request(typed)).toEqual(small.pdp.request(ask));
  });

  test.each(['OPS-12; drop', 'ops-12', 'OPS-12\n', ' OPS-12', `OPS-${'1'.repeat(70)}`, ''])(
    'invariant 11: a ticket %j that does not have the form of a ticket denies',
    async (ticket) => {
      const directory = 'channel: C0\njustification: { ticket: { pattern: "[A-Z]+-[0-9]+" } }\n';
      const { pdp } = await load({
        'directory.yml': `${directory}groups: { engineers: { usergroup: S0 }, dba: { usergroup: S1 } }\n`,
      });
      expect(pdp.request({ ...ask, ticket: 'OPS-12' })).toMatchObject({ outcome: 'auto' });
      expect(pdp.request({ ...ask, ticket })).toMatchObject({
        outcome: 'denied',
        errors: [expect.stringContaining('does not have the form')],
      });
      expect(small.pdp.request({ ...ask, ticket: 'any text that is typed' }).outcome).toBe('denied');
    },
  );

  test('invariant 3: one permit more never takes a stage away, nor lowers a quorum', () => {
    const { entitlements } = small;
    const names = ['manager', 'owners', 'dba', 'security'];
    const directory = {
      ...small.directory,
      stages: names.map((name) => ({ name, kind: 'group' as const, group: 'dba' })),
    };
    const chains: fc.Arbitrary<Chain> = fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...names), quorum: fc.integer({ min: 1, max: 4 }) }),
      { selector: ({ name }) => name },
    );
    const decided = (given: Chain[]) => {
      const policies = given.map(permit);
      const decision = createPdp({ hash: 'h', schema, policies, entitlements, directory }).request(ask);
      if (decision.outcome === 'denied') throw new Error(decision.errors.join());
      return decision.chain;
    };
    fc.assert(
      fc.property(fc.array(chains, { minLength: 1, maxLength: 4 }), chains, (some, another) => {
        const before = decided(some);
        const after = decided([...some, another]);
        for (const { name, quorum } of before) {
          expect(after.find((stage) => stage.name === name)?.quorum).toBeGreaterThanOrEqual(quorum);
        }
        const order = after.map(({ name }) => names.indexOf(name));
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(parseChain(formatChain(after))).toEqual(after);
      }),
      { numRuns: tries(30, 100) },
    );
  });
});

describe('approve', () => {
  const members = `@id("members") permit (${on('approve')}) when { principal in context.group };`;

  test('invariant 3: Cedar must permit and the voter must be a member', async () => {
    const pdp = await pdpOf(members);
    expect(pdp.approve(vote)).toMatchObject({ outcome: 'allowed', policies: ['members'], errors: [] });
    expect(pdp.approve({ ...vote, member: false })).toMatchObject({ outcome: 'denied', policies: [] });
    const never = await pdpOf('');
    expect(never.approve(vote)).toMatchObject({ outcome: 'denied', policies: [], errors: [] });
  });

  test('invariant 3: a broad permit does not let security pass the stage of the manager', async () => {
    const pdp = await pdpOf(
      `@id("broad") permit (principal in Jit::Group::"security", action == Jit::Action::"approve", resource);`,
    );
    const atManager = { ...vote, stage: 'manager' };
    expect(pdp.approve({ ...atManager, member: true })).toMatchObject({ outcome: 'allowed' });
    expect(pdp.approve({ ...atManager, member: false })).toMatchObject({
      outcome: 'denied',
      policies: [],
      advice: [],
      errors: [],
    });
  });

  test('no group of directory.yml, and none that a person claims, is the synthetic group of a stage', async () => {
    const { context } = approveCall(vote, small);
    const { id } = (context.group as { __entity: { id: string } }).__entity;
    expect(Object.keys(small.directory.groups)).not.toContain(id);
    const pdp = await pdpOf(members);
    const who = { ...sam, groups: [id, 'security'] };
    expect(pdp.approve({ ...vote, who, member: false }).outcome).toBe('denied');
    await expect(
      load({
        'directory.yml': `channel: C0\ngroups: { engineers: { usergroup: S }, dba: { usergroup: S }, "${id}": { members: [] } }\n`,
      }),
    ).rejects.toThrow('is not a usable name');
  });

  test("the requester is no member of the synthetic group by the voter's membership", async () => {
    const pdp = await pdpOf(
      `@id("x") permit (${on('approve')}) when { resource.requester in context.group };`,
    );
    expect(pdp.approve(vote).outcome).toBe('denied');
  });

  test('a forbid names itself, also where the voter is no member', async () => {
    const pdp = await pdpOf(
      members,
      `@id("own") @advice("Ask somebody else.") forbid (${on('approve')}) when { resource.requester == principal };`,
    );
    for (const member of [true, false]) {
      expect(pdp.approve({ ...vote, who: ana, member })).toMatchObject({
        outcome: 'denied',
        policies: ['own'],
        advice: ['Ask somebody else.'],
      });
    }
  });

  test('policies see the request, its requester with their groups, and its entitlement', async () => {
    const pdp = await pdpOf(`@id("x") permit (${on('approve')}) when {
      resource.requester in Jit::Group::"engineers" && resource.entitlement in Jit::Environment::"staging" &&
      resource.requested == duration("1h") && resource.approvedBy.contains(Jit::User::"kim@corp.example") &&
      resource has endsAt && resource.endsAt > context.now && resource.extensions == 0 && context.stage == "security" };`);
    const facts = { ...request, approvedBy: ['kim@corp.example'], endsAt: friday + 1 };
    expect(pdp.approve({ ...vote, request: facts })).toMatchObject({ outcome: 'allowed', errors: [] });
    expect(pdp.approve(vote)).toMatchObject({ outcome: 'denied', errors: [] });
  });
});

describe('revoke and audit', () => {
  test('each has its own permits', async () => {
    const pdp = await pdpOf(
      `@id("r") permit (principal in Jit::Group::"security", action == Jit::Action::"revoke", resource);`,
      `@id("a") permit (${on('audit')}) when { principal in resource.entitlement.owners };`,
    );
    const dan = { email: 'dan@corp.example', groups: ['dba'] };
    expect(pdp.may('revoke', { ...vote, who: sam })).toMatchObject({ outcome: 'allowed', policies: ['r'] });
    expect(pdp.may('audit', { ...vote, who: sam })).toMatchObject({ outcome: 'denied', policies: [] });
    expect(pdp.may('audit', { ...vote, who: dan })).toMatchObject({ outcome: 'allowed', policies: ['a'] });
    expect(pdp.may('revoke', { ...vote, who: dan })).toMatchObject({ outcome: 'denied', policies: [] });
  });

  test('what has left the catalog can still be taken back, judged as what it was; a vote on it is denied', async () => {
    const pdp = await pdpOf(
      `@id("r") permit (principal in Jit::Group::"security", action == Jit::Action::"revoke", resource) when { resource.entitlement in Jit::Environment::"production" };`,
    );
    const pinned = {
      environment: 'production',
      account: '111122223333',
      risk: 'high' as const,
      owners: ['dba'],
      grant: { kind: 'sts-session', config: {} },
    };
    const request = { ...vote.request, entitlement: 'was-there-once' };
    expect(pdp.may('revoke', { ...vote, who: sam, request })).toMatchObject({ outcome: 'denied' });
    expect(pdp.may('revoke', { ...vote, who: sam, request: { ...request, pinned } })).toMatchObject({
      outcome: 'allowed',
      policies: ['r'],
    });
    expect(pdp.approve({ ...vote, request: { ...request, pinned } })).toMatchObject({
      outcome: 'denied',
      errors: ['the entitlement "was-there-once" is not in the catalog'],
    });
  });
});

test('the hash of a bundle changes with each file that decides, and with no other', async () => {
  const hashes = await Promise.all([
    hash({}),
    hash({ 'catalog.yml': 'entitlements: []\n', 'policies.cedar': '' }),
    hash({ 'more.cedar': '// nothing\n' }),
    hash({ 'schema.cedarschema': `${schema}\n` }),
  ]);
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(await hash({ 'README.md': 'hello', 'cases/a.yml': '[]' })).toBe(hashes[0]);
  expect(small.pdp.request(ask).bundle).toBe(hashes[0]);
});
