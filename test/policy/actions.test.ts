/** @project long */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cedar } from '../../src/policy/cedar/cedar.js';
import { actionsOf } from '../../src/policy/read/cedar/actions.js';
import { policyReader } from '../../src/policy/read/cedar/forms.js';
import { POLICIES } from '../support/policy.js';

const schema = readFileSync(join(POLICIES, 'schema.cedarschema'), 'utf8');

const WHO = ['principal in Jit::Group::"a"', 'principal in Jit::Group::"b"'];
const HOW = [
  'action',
  ...['request', 'audit', 'request", Jit::Action::"revoke'].map((id) => `action in [Jit::Action::"${id}"]`),
];
const WHAT = [
  'resource',
  'resource is Jit::Request',
  'resource is Jit::Entitlement',
  'resource in Jit::Environment::"a"',
];
const WHEN = [
  '',
  'when { false }',
  'when { resource is Jit::Request }',
  'unless { resource is Jit::Entitlement }',
  'when { action == Jit::Action::"request" }',
  'when { action == Jit::Action::"audit" }',
  'when { "a" == "a" }',
  'when { "a" == "b" }',
  'when { Jit::Group::"a" == Jit::Group::"a" }',
  'when { Jit::Group::"a" == Jit::Group::"b" }',
  'when { Jit::Group::"a" == Jit::User::"a" }',
  'when { resource has risk && resource.risk == "low" }',
  'when { resource.hasTag("a") && resource.getTag("a") == "b" }',
  'when { resource.hasTag("a") && resource.getTag("b") == "b" }',
  'when { context has duration && context.duration < duration("1h") }',
  'when { context has duration && context.duration < duration("nonsense") }',
  'when { false && principal.email like "a*" }',
  'when { ["a", "b"].contains("a") && resource.risk == "a" }',
  'when { context has now && context.now.offset(duration("1h")) < context.now }',
  'when { context has now && context.now.offset(duration("-")) < context.now }',
  'when { {a: "a"}.a == "b" }',
  'when { {id: "b"}.id == "b" }',
];
const POLICIES_OF_EACH_FORM = WHO.flatMap((who) =>
  HOW.flatMap((how) =>
    WHAT.flatMap((what) => WHEN.map((when) => `permit (${who}, ${how}, ${what}) ${when};`)),
  ),
);

test('what is remembered of policies of one form is what Cedar says of each', () => {
  const actions = actionsOf(schema);
  const reader = policyReader();
  const wrong: string[] = [];
  const seen = { true: 0, false: 0 };
  for (const text of POLICIES_OF_EACH_FORM) {
    const read = reader(text);
    const envs = cedar.getValidRequestEnvsPolicy(text, schema);
    const said = envs.type === 'success' && envs.actions.includes('Jit::Action::"request"');
    seen[`${said}`] += 1;
    if (!('json' in read) || actions(read.json, text, read.form).has('request') !== said) wrong.push(text);
  }
  expect(wrong).toEqual([]);
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(100);
});
