/** @project outside */
import { evaluator } from '../support/deploy/values.js';
import { packaged, readTemplate, type JsonMap, type Template } from '../support/deploy/template.js';

const TARGET = readTemplate('docs/target-role.yml');
const GIVEN = { JitRoleArns: 'arn:aws-us-gov:iam::999900001111:role/jit-bot/jit-prod-stream' };
const GOV = { 'AWS::Partition': 'aws-us-gov', ...GIVEN };

const templates: [string, () => Template][] = [
  ['serverless.yml', () => packaged().template],
  ['docs/target-role.yml', () => TARGET],
];

test.each(templates)('%s names no partition of AWS: each account has its own', (_, read) => {
  const { Parameters = {}, Resources, Outputs } = read();
  const defaults = Object.values(Parameters).map((one) => one.Default);
  const text = JSON.stringify([defaults, Resources, Outputs]);
  expect(text).toContain('arn:${AWS::Partition}:');
  expect(text.match(/arn:aws[a-z-]*:[^"]*/g)).toBeNull();
});

test('a target role reads logs by the managed policies of its own partition, or has those that are given', () => {
  const { Properties } = TARGET.Resources['TargetRole']!;
  const policies = (more: object) =>
    (evaluator(TARGET, { ...GOV, ...more })(Properties) as JsonMap)['ManagedPolicyArns'];
  expect(policies({})).toEqual([
    'arn:aws-us-gov:iam::aws:policy/CloudWatchLogsReadOnlyAccess',
    'arn:aws-us-gov:iam::aws:policy/CloudWatchReadOnlyAccess',
  ]);
  const own = ['arn:aws-us-gov:iam::aws:policy/X', 'arn:aws-us-gov:iam::999900001111:policy/Y'];
  expect(policies({ ManagedPolicyArns: own.join(',') })).toEqual(own);
});

test('the functions may assume roles of their own partition', () => {
  const { template } = packaged();
  const { Properties } = template.Resources['StreamRole']!;
  const text = JSON.stringify(evaluator(template, { 'AWS::Partition': 'aws-cn' })(Properties));
  expect(text).toContain('"arn:aws-cn:iam::*:role/jit/*"');
});
