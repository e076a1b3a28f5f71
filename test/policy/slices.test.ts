/** @project long */
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '../../src/policy/cedar/entities.js';
import { cedar, decide, type Compiled } from '../../src/policy/cedar/cedar.js';
import type { Policy } from '../../src/policy/policy.js';
import { createPdp } from '../../src/policy/pdp.js';
import { parsed } from '../../src/policy/cedar/parse-cache.js';
import { scopeOf, slicesOf } from '../../src/policy/cedar/slices.js';
import type { Bundle } from '../../src/ports/policy.js';
import { load, POLICIES, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

/** Laxer than the bot's own, so that all that Cedar can be asked comes up: everything may be in everything. */
const TYPES = 'User, Request, Entitlement, Account, Environment, Group';
const SCHEMA = `namespace Jit {
  entity Group, Environment, Account in [${TYPES}];
  entity User in [${TYPES}] { email: String };
  entity Entitlement, Request in [${TYPES}] { risk: String };
  action everything;
  action reading in [everything];
  action request, approve in [everything] appliesTo { principal: [User, Group], resource: [Entitlement, Request], context: { hour: Long } };
  action audit in [reading] appliesTo { principal: [User, Group], resource: [Entitlement, Request], context: { hour: Long } };
}`;

const uid = (type: string, id: string) => ({ type: `Jit::${type}`, id });
const among =
  (...types: string[]) =>
  (...ids: string[]) =>
    fc.constantFrom(...types.flatMap((type) => ids.map((id) => uid(type, id))));
const principals = among('User', 'Group')('a', 'b', 'a b', '"');
const resources = among('Entitlement', 'Request', 'Environment', 'Account')('a', 'b');
const actions = fc.constantFrom('request', 'approve', 'audit', 'reading', 'everything');

const shown = ({ type, id }: { type: string; id: string }) => `${type}::${JSON.stringify(id)}`;
const scoped = (variable: string, entities: typeof principals) =>
  fc.oneof(
    fc.constant(variable),
    entities.map((entity) => `${variable} == ${shown(entity)}`),
    { weight: 2, arbitrary: entities.map((entity) => `${variable} in ${shown(entity)}`) },
    entities.map(({ type }) => `${variable} is ${type}`),
    fc.tuple(entities, entities).map(([{ type }, over]) => `${variable} is ${type} in ${shown(over)}`),
  );
const action = (name: string) => `Jit::Action::"${name}"`;
const scopedActions = fc.oneof(
  fc.constant('action'),
  { weight: 2, arbitrary: actions.map((name) => `action == ${action(name)}`) },
  actions.map((name) => `action in ${action(name)}`),
  fc.array(actions, { maxLength: 2 }).map((names) => `action in [${names.map(action).join()}]`),
);
const conditions = fc.constantFrom(
  '',
  'when { resource.risk == "low" }',
  'unless { context.hour == 3 }',
  // These err: always, where the entity is absent, and for one kind of principal.
  'when { context.hour * 9223372036854775807 > 0 }',
  'unless { resource.risk like "l*" }',
  'when { principal.email == "a" } // without an end of line',
);
const text = fc
  .tuple(
    fc.constantFrom('permit', 'permit', 'permit', 'forbid'),
    scoped('principal', principals),
    scopedActions,
    scoped('resource', resources),
    conditions,
  )
  .map(([effect, who, how, what, when]) => `${effect} (${who}, ${how}, ${what}) ${endOf(when)}`);

/** A policy may end in a comment, and the next one must not become part of it. */
const endOf = (when: string) => (when.includes('//') ? when.replace('//', '; //') : `${when};`);

const parents = (of: typeof principals) => fc.uniqueArray(of, { maxLength: 3, selector: shown });
const call: fc.Arbitrary<Call> = fc
  .record({
    principal: principals,
    action: fc.constantFrom('request', 'approve', 'audit'),
    resource: fc.oneof({ weight: 8, arbitrary: among('Entitlement', 'Request')('a', 'b') }, resources),
    hour: fc.constantFrom(3, 4),
    circles: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    given: fc.uniqueArray(
      fc.oneof(
        fc.record({ uid: principals, parents: parents(principals) }),
        fc.record({ uid: resources, parents: parents(resources) }),
      ),
      { maxLength: 8, selector: (entity) => shown(entity.uid) },
    ),
  })
  .map(({ hour, given, circles, ...asked }) => ({
    ...asked,
    action: uid('Action', asked.action),
    context: { hour },
    entities: given.map((entity) => ({
      ...entity,
      attrs: attributes(entity.uid),
      // Mostly without circles, to which Cedar says nothing but that they are circles.
      parents: entity.parents.filter((parent) => circles || rank(parent) > rank(entity.uid)),
    })),
  }));
const rank = ({ type, id }: { type: string; id: string }) => `${TYPES.indexOf(type.slice(5)) + 10} ${id}`;
const attributes = ({ type, id }: { type: string; id: string }) =>
  ({ 'Jit::User': { email: id }, 'Jit::Entitlement': { risk: 'low' }, 'Jit::Request': { risk: 'high' } })[
    type
  ] ?? {};

const sorted = <T>(list: T[], key: (item: T) => string) =>
  [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(key);
function plain(answer: cedar.AuthorizationAnswer) {
  // Of several faults of the entities Cedar names any.
  if (answer.type !== 'success') return { decision: 'failure' as const };
  const { decision, diagnostics } = answer.response;
  return {
    decision,
    reason: sorted(diagnostics.reason, (id) => id),
    errors: sorted(
      diagnostics.errors,
      ({ policyId, error }) => `${policyId}: ${error.message} ${error.help}`,
    ),
  };
}

function scopeOfText(policy: string) {
  const read = cedar.policyToJson(policy);
  if (read.type !== 'success') throw new Error(`${policy}: ${read.errors[0]?.message}`);
  return scopeOf(read.json);
}
function sliced(texts: Record<string, string>): Compiled {
  const policies = Object.entries(texts).map(([id, policy]) => ({ id, scope: scopeOfText(policy) }));
  return { schema: SCHEMA, policies: texts, slice: slicesOf(policies) };
}
const named = (texts: string[]) =>
  Object.fromEntries(texts.map((policy, n) => [`p${texts.length - n}`, policy]));

describe('a slice of the policies', () => {
  test('invariant 4: decides as plain Cedar does on all of them: the same yes or no, the same policies, the same errors', () => {
    const seen = { failure: 0, allow: 0, deny: 0, erred: 0, smaller: 0 };
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 14 }),
        fc.array(call, { minLength: 1, maxLength: 4 }),
        (texts, calls) => {
          const staticPolicies = named(texts);
          const compiled = sliced(staticPolicies);
          for (const asked of calls) {
            const whole = plain(
              cedar.isAuthorized({
                ...asked,
                policies: { staticPolicies },
                schema: SCHEMA,
                validateRequest: true,
              }),
            );
            expect(plain(decide(compiled, asked))).toEqual(whole);
            seen[whole.decision] += 1;
            seen.erred += Number((whole.errors ?? []).length > 0);
            seen.smaller += Number(compiled.slice!(asked).ids().length < texts.length);
          }
        },
      ),
      { numRuns: 400, seed: 6 },
    );
    // The property says something: each kind of answer came up.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20);
  });

  test('holds what names the person, their groups and what is above, and nothing that names others', () => {
    const on = (who: string, how: string, what: string) => `permit (${who}, ${how}, ${what});`;
    const request = `action == ${action('request')}`;
    const { slice } = sliced({
      user: on('principal == Jit::User::"ana"', request, 'resource'),
      group: on('principal in Jit::Group::"dba"', request, 'resource in Jit::Environment::"production"'),
      above: on('principal is Jit::User in Jit::Group::"staff"', 'action', 'resource'),
      namesake: on('principal in Jit::Group::"ana"', request, 'resource in Jit::Account::"production"'),
      other: on('principal in Jit::Group::"sales"', request, 'resource'),
      elsewhere: on('principal', request, 'resource in Jit::Environment::"staging"'),
      vote: on('principal', `action == ${action('approve')}`, 'resource'),
      grouped: on('principal', `action in [${action('approve')}]`, 'resource is Jit::Entitlement'),
    });
    const found = slice!({
      principal: uid('User', 'ana'),
      action: uid('Action', 'request'),
      resource: uid('Entitlement', 'logs'),
      context: {},
      entities: [
        { uid: uid('User', 'ana'), attrs: {}, parents: [uid('Group', 'dba')] },
        { uid: uid('Group', 'dba'), attrs: {}, parents: [uid('Group', 'staff')] },
        { uid: uid('Entitlement', 'logs'), attrs: {}, parents: [uid('Environment', 'production')] },
      ],
    });
    // After `in` may stand a group of actions: Cedar has to look.
    expect(found.ids().sort()).toEqual(['above', 'group', 'grouped', 'user']);
  });

  test('invariant 4: two slices have one key only if they hold the same policies', () => {
    const groups = Array.from({ length: 120 }, (_, n) => `g${n}`);
    const { slice } = sliced(
      Object.fromEntries(
        groups.map((name) => [name, `permit (principal in Jit::Group::"${name}", action, resource);`]),
      ),
    );
    const of = (names: string[]) =>
      slice!({
        principal: uid('User', 'ana'),
        action: uid('Action', 'request'),
        resource: uid('Entitlement', 'logs'),
        context: {},
        entities: [{ uid: uid('User', 'ana'), attrs: {}, parents: names.map((name) => uid('Group', name)) }],
      });
    expect(of(['g1', 'g2']).key).toBe(of(['g2', 'g1', 'g2', 'gone']).key);
    expect(of(['g1', 'g2']).key).not.toBe(of(['g12']).key);
    const some = fc.uniqueArray(fc.constantFrom(...groups), { maxLength: 4 });
    fc.assert(
      fc.property(some, some, (these, those) => {
        expect(of(these).ids().sort()).toEqual([...these].sort());
        expect(of(these).key === of(those).key).toBe([...these].sort().join() === [...those].sort().join());
      }),
    );
  });

  test.each([
    { op: 'resembles', entity: uid('Group', 'a') },
    { op: '==', slot: '?principal' },
    { op: 'in', slot: '?principal' },
    { op: 'is', entity_type: 'Jit::User', in: { slot: '?principal' } },
  ])('invariant 4: a scope of a form that is not known, %j, is put to every question', (constraint) => {
    const json = { effect: 'forbid', principal: constraint, resource: constraint, action: constraint };
    expect(scopeOf({ ...json, conditions: [] } as never)).toEqual({});
  });
});

describe('the policy decision point', () => {
  const friday = Date.UTC(2026, 10, 20, 10);
  const ana = { email: 'ana@corp.example', groups: ['engineers'] };
  const request = { id: 'r1', requester: ana, entitlement: 'logs', duration: 60_000, approvedBy: [] };
  let facts: Bundle;
  let schema: string;
  beforeAll(async () => {
    facts = await load();
    schema = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
  });
  const forbid: Policy = {
    id: 'never',
    effect: 'forbid',
    text: 'forbid (principal, action, resource in Jit::Environment::"staging");',
  };
  const permit: Policy = {
    id: 'yes',
    effect: 'permit',
    chain: [],
    text: `permit (principal, action, resource);`,
  };
  const withScope = (policy: Policy): Policy => ({ ...policy, scope: scopeOfText(policy.text) });
  const pdpOf = (...policies: Policy[]) => createPdp({ ...facts, schema, policies });
  const ask = { who: ana, entitlement: 'logs', duration: 60_000, at: friday };

  test('invariant 4: where the scope of one policy is not known, each policy is put to each question', () => {
    // A scope that is not the text's stands for whatever could be wrong with one.
    const elsewhere = { ...forbid, scope: { resource: 'Jit::Environment production' } };
    expect(pdpOf(withScope(permit), elsewhere).request(ask)).toMatchObject({ policies: ['yes'] });
    expect(pdpOf(permit, elsewhere).request(ask)).toMatchObject({ outcome: 'denied', policies: ['never'] });
    expect(pdpOf(withScope(permit), withScope(forbid)).request(ask)).toMatchObject({ policies: ['never'] });
  });

  test('invariant 4: a text of two policies, of which nobody looked at the second, denies', () => {
    const two = { ...forbid, text: `${forbid.text} ${permit.text}` };
    expect(pdpOf(permit, two).request(ask)).toMatchObject({ outcome: 'denied', policies: [] });
  });

  test('policies that are read from a folder are sliced for each kind of question', async () => {
    const { pdp } = await load({
      'policies.cedar': [
        '@id("ask") @chain("auto") permit (principal in Jit::Group::"engineers", action == Jit::Action::"request", resource in Jit::Account::"444455556666");',
        '@id("vote") permit (principal, action == Jit::Action::"approve", resource) when { principal in context.group };',
        '@id("members") permit (principal in Jit::Group::"security", action in [Jit::Action::"revoke", Jit::Action::"audit"], resource);',
        '@id("mine") forbid (principal == Jit::User::"ana@corp.example", action == Jit::Action::"audit", resource is Jit::Request);',
      ].join('\n'),
    });
    const sam = { email: 'sam@corp.example', groups: ['security'] };
    expect(pdp.request(ask)).toMatchObject({ outcome: 'auto', policies: ['ask'] });
    expect(pdp.request({ ...ask, who: sam })).toMatchObject({ outcome: 'denied', policies: [], errors: [] });
    const vote = { who: sam, request, stage: 'security', member: true, at: friday };
    expect(pdp.approve(vote)).toMatchObject({ outcome: 'allowed', policies: ['vote'] });
    expect(pdp.may('revoke', vote)).toMatchObject({ outcome: 'allowed', policies: ['members'] });
    expect(pdp.may('audit', { ...vote, who: { ...ana, groups: ['security'] } })).toMatchObject({
      outcome: 'denied',
      policies: ['mine'],
    });
  });

  test('bundles that take turns never see policies of one another, and Cedar holds no more than it should', () => {
    const bundles = [0, 1, 2].map((bundle) =>
      pdpOf(
        ...Array.from({ length: 9000 }, (_, n) => withScopeOf(permit, { ...permit, id: `${bundle}-${n}` })),
      ),
    );
    for (const [number, pdp] of [...bundles.entries(), ...bundles.entries()]) {
      const { policies } = pdp.request(ask);
      expect(policies).toHaveLength(9000);
      expect(policies.every((id) => id.startsWith(`${number}-`))).toBe(true);
    }
    const user = uid('User', ana.email);
    const asked = { principal: user, action: uid('Action', 'request'), resource: uid('Entitlement', 'logs') };
    const full = Array.from({ length: 2000 }, (_, n) =>
      cedar.statefulIsAuthorized({
        ...asked,
        context: {},
        entities: [],
        preparsedPolicySetId: `jit-${n}`,
      }),
    ).filter((answer) => answer.type === 'success' && answer.response.decision === 'allow');
    expect(full).toHaveLength(2);
  });

  const withScopeOf = (like: Policy, policy: Policy): Policy => ({
    ...policy,
    scope: scopeOfText(like.text),
  });
});

function attempt(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('what Cedar holds by name', () => {
  const setUp = (limit: number) => {
    const content = new Map<string, string>();
    const nameOf = parsed('x', limit, (name) => {
      content.delete(name);
    });
    const hold = (key: string, size = 1) =>
      nameOf(key, () => ({
        size,
        parse(name) {
          if (key.startsWith('bad')) throw new Error(key);
          content.set(name, key);
        },
      }));
    return { content, hold };
  };

  test('stays within its limit, whatever is asked for, and a name holds what it was asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'bad'), size: fc.nat(6) })),
        (asked) => {
          const { content, hold } = setUp(8);
          const sizes = new Map<string, number>();
          for (const { key, size } of asked) {
            sizes.set(key, [...content.values()].includes(key) ? sizes.get(key)! : size);
            expect(key === 'bad' ? attempt(() => hold(key, size)) : content.get(hold(key, size))).toBe(key);
            const held = [...content.values()].map((one) => sizes.get(one)!);
            expect(held.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(8);
          }
        },
      ),
    );
  });

  test('gives up first what nobody has asked for the longest, and uses its name again', () => {
    const { hold } = setUp(2);
    expect([hold('a'), hold('b'), hold('a'), hold('c')]).toEqual(['x-0', 'x-1', 'x-0', 'x-1']);
    expect([hold('a'), hold('b')]).toEqual(['x-0', 'x-1']);
  });

  test('is a thing larger than the limit, alone', () => {
    const { content, hold } = setUp(2);
    hold('a');
    hold('b');
    hold('large', 5);
    expect([...content.values()]).toEqual(['large']);
    hold('a');
    expect([...content.values()]).toEqual(['a']);
  });
});
