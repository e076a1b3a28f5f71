import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestCall } from '../../src/policy/cedar/authorization-calls.js';
import { decide, type Compiled } from '../../src/policy/cedar/cedar.js';
import type { Policy } from '../../src/policy/policy.js';
import { createPdp } from '../../src/policy/pdp.js';
import { splitPolicies } from '../../src/policy/read/cedar/scan.js';
import type { Pdp } from '../../src/ports/policy.js';
import { load, POLICIES, removeFolders } from '../support/policy.js';

/** What Cedar really does, and what becomes of it here: "unknown means no". */

const schema = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');
const permit: Policy = {
  id: 'low',
  effect: 'permit',
  chain: [],
  text: 'permit (principal, action == Jit::Action::"request", resource);',
};
afterAll(removeFolders);

const ana = { email: 'ana@corp.example', groups: ['engineers'] };
const ask = { who: ana, entitlement: 'logs', duration: 3_600_000, at: Date.UTC(2026, 10, 20, 10) };

async function pdpWith(policies: Policy[], override: { schema?: string } = {}): Promise<Pdp> {
  const { entitlements, directory } = await load();
  return createPdp({ hash: 'h', schema, policies, entitlements, directory, ...override });
}
const forbidding = (condition: string): Policy => ({
  id: 'guard',
  effect: 'forbid',
  text: `forbid (principal, action == Jit::Action::"request", resource) when { ${condition} };`,
});
const idsOf = (texts: string[]) => texts.map((part) => /@id\("(\d+)"\)/.exec(part)?.[1]);
const denied = (error: unknown) => ({
  outcome: 'denied',
  policies: [],
  advice: [],
  bundle: 'h',
  errors: [error],
});

test('invariant 4: a forbid that errs is skipped by Cedar, and denies here', async () => {
  const broken = forbidding('context.hour * 9223372036854775807 > 0');
  const facts = await load();
  const compiled = { schema, policies: { low: permit.text, guard: broken.text } };
  expect(decide(compiled, requestCall(ask, facts))).toMatchObject({
    type: 'success',
    response: { decision: 'allow', diagnostics: { reason: ['low'], errors: [{ policyId: 'guard' }] } },
  });
  const pdp = await pdpWith([permit, broken]);
  expect(pdp.request(ask)).toEqual(denied(expect.stringContaining('policy "guard":')));
});

test('invariant 4: a permit that errs denies as well', async () => {
  const broken: Policy = {
    ...permit,
    id: 'b',
    text: permit.text.replace(';', ' when { context.hour * 9223372036854775807 > 0 };'),
  };
  const pdp = await pdpWith([permit, broken]);
  expect(pdp.request(ask)).toEqual(denied(expect.stringContaining('policy "b":')));
});

test('invariant 4: Cedar decides about a resource that it was not given; here the question is refused', async () => {
  const facts = await load();
  const call = requestCall(ask, facts);
  const guard = forbidding('resource.risk == "low"').text;
  const answer = decide(
    { schema, policies: { low: permit.text, guard } },
    { ...call, entities: call.entities.slice(0, 1) },
  );
  expect(answer).toMatchObject({ type: 'success', response: { decision: 'allow' } });
  const pdp = await pdpWith([permit, forbidding('resource.risk == "low"')]);
  expect(pdp.request({ ...ask, entitlement: 'gone' })).toEqual(
    denied('the entitlement "gone" is not in the catalog'),
  );
  const request = { id: 'r', requester: ana, entitlement: 'gone', duration: 1000, approvedBy: [] };
  const about = { who: ana, request, at: ask.at };
  expect(pdp.approve({ ...about, stage: 'security', member: true })).toEqual(
    denied('the entitlement "gone" is not in the catalog'),
  );
  expect(pdp.may('revoke', about)).toEqual(denied('the entitlement "gone" is not in the catalog'));
});

test('invariant 4: without the name of a schema Cedar works on without one; here the name is always given', async () => {
  const facts = await load();
  const call = requestCall(ask, facts);
  const nonsense = { ...call, context: { ...call.context, justification: 'anything' } };
  cedar.preparsePolicySet('bare', { staticPolicies: { low: permit.text } });
  expect(cedar.statefulIsAuthorized({ ...nonsense, preparsedPolicySetId: 'bare' })).toMatchObject({
    type: 'success',
    response: { decision: 'allow' },
  });
  expect(decide({ schema, policies: { low: permit.text } }, nonsense)).toMatchObject({
    type: 'failure',
    errors: [{ message: expect.stringContaining('`justification` should not exist') }],
  });
});

test('invariant 4: a schema that Cedar cannot read denies', async () => {
  const pdp = await pdpWith([permit], { schema: 'namespace {' });
  expect(pdp.request(ask)).toEqual(denied(expect.stringContaining('unexpected token')));
});

test('invariant 4: a policy that Cedar cannot read denies, though the others could be read', async () => {
  const pdp = await pdpWith([permit, { ...permit, id: 'b', text: 'permit (' }]);
  expect(pdp.request(ask)).toMatchObject({
    outcome: 'denied',
    errors: [expect.stringContaining('unexpected')],
  });
});

test('Cedar calls the policies of one text policy0, policy1 …; here their @id is their id', async () => {
  const text =
    '@id("a") permit (principal, action, resource); @id("b") forbid (principal, action, resource);';
  cedar.preparsePolicySet('text', { staticPolicies: text });
  const facts = await load();
  const call = { ...requestCall(ask, facts), preparsedPolicySetId: 'text' };
  expect(cedar.statefulIsAuthorized(call)).toMatchObject({
    response: { diagnostics: { reason: ['policy1'] } },
  });
  const pdp = await pdpWith([
    permit,
    { id: '__proto__', effect: 'forbid', text: splitPolicies(text)[1]!.text },
  ]);
  expect(pdp.request(ask)).toMatchObject({ outcome: 'denied', policies: ['__proto__'], errors: [] });
});

test('Cedar takes a list of one policy and refuses one of two; here policies are given by id', async () => {
  const list = [permit.text, permit.text];
  expect(cedar.checkParsePolicySet({ staticPolicies: list.slice(1) })).toEqual({ type: 'success' });
  expect(cedar.checkParsePolicySet({ staticPolicies: list })).toMatchObject({ type: 'failure' });
  const pdp = await pdpWith([permit, { ...permit, id: 'other' }]);
  expect(pdp.request(ask)).toMatchObject({ outcome: 'auto', policies: ['low', 'other'] });
});

test('Cedar sorts the policies of a text as words; here they stay in the order of the file', () => {
  const text = Array.from({ length: 12 }, (_, n) => `@id("${n}") permit (principal, action, resource);`).join(
    '\n',
  );
  const parts = cedar.policySetTextToParts(text);
  expect(parts.type === 'success' && idsOf(parts.policies).slice(0, 4)).toEqual(['0', '1', '10', '11']);
  expect(idsOf(splitPolicies(text).map((piece) => piece.text))).toEqual(
    Array.from({ length: 12 }, (_, n) => `${n}`),
  );
});

test('Cedar names the satisfied permits in no order; here they are sorted', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `p${n}`);
  const pdp = await pdpWith(ids.map((id) => ({ ...permit, id, advice: id })));
  const sorted = [...ids].sort();
  expect(pdp.request(ask)).toMatchObject({ policies: sorted, advice: sorted });
});

test('Cedar reads no offset with a colon and no ISO period; here instants and durations go in its own form', async () => {
  const { context } = requestCall(ask, await load());
  expect(context).toEqual({
    duration: { __extn: { fn: 'duration', arg: '3600000ms' } },
    now: { __extn: { fn: 'datetime', arg: '2026-11-20T10:00:00.000Z' } },
    weekday: 5,
    hour: 10,
    emergency: false,
  });
  const compiled: Compiled = { schema, policies: { low: permit.text } };
  const call = requestCall(ask, await load());
  for (const wrong of [{ now: '2026-11-20T10:00:00+01:00' }, { duration: 'PT1H' }]) {
    expect(decide(compiled, { ...call, context: { ...context, ...wrong } })).toMatchObject({
      type: 'failure',
    });
  }
});

test.each([NaN, Infinity, 1.5, -1, 0])('invariant 4: a duration of %p denies', async (duration) => {
  const pdp = await pdpWith([permit]);
  expect(pdp.request({ ...ask, duration })).toEqual(denied('the duration is not a length of time'));
});

test.each([NaN, Infinity, 9e15])('invariant 4: a time of %p denies', async (at) => {
  const pdp = await pdpWith([permit]);
  expect(pdp.request({ ...ask, at })).toEqual(denied('the time is not an instant'));
});

test('invariant 4: a lone surrogate makes Cedar throw; here it denies, and the next question is answered', async () => {
  const call = requestCall(ask, await load());
  const compiled: Compiled = { schema, policies: { low: permit.text } };
  const torn = { ...call, context: { ...call.context, ticket: '\ud83d' } };
  expect(() => decide(compiled, torn)).toThrow('hex escape');
  const pdp = await pdpWith([permit]);
  expect(pdp.request({ ...ask, ticket: '\ud83d' })).toMatchObject({ outcome: 'denied', policies: [] });
  expect(pdp.request({ ...ask, who: { ...ana, email: '\ud83d@corp.example' } })).toEqual(
    denied('"\\ud83d@corp.example" is not an e-mail address in lower case'),
  );
  expect(pdp.request(ask)).toMatchObject({ outcome: 'auto' });
});

test('Cedar keeps parsed policies by name for ever; here any number of bundles take turns and never mix', async () => {
  const pdps = await Promise.all(
    Array.from({ length: 9 }, (_, n) => pdpWith([{ ...permit, id: `of-${n}` }])),
  );
  for (let round = 0; round < 3; round++) {
    for (const [n, pdp] of pdps.entries()) expect(pdp.request(ask)).toMatchObject({ policies: [`of-${n}`] });
  }
});

test('validate is a success even with errors; the folder does not load', async () => {
  const text =
    'forbid (principal, action == Jit::Action::"request", resource) when { resource.rsk == "low" };';
  expect(cedar.validate({ schema, policies: { staticPolicies: { x: text } } })).toMatchObject({
    type: 'success',
    validationErrors: [{ policyId: 'x' }],
  });
  await expect(load({ 'more.cedar': `@id("x") ${text}` })).rejects.toThrow('did you mean `risk`?');
});
