/** @project outside */
import { packaged, packageStack, type JsonMap } from '../support/deploy/template.js';
import { evaluator } from '../support/deploy/values.js';

describe('the parameters', () => {
  test.each([
    ['no workspace', {}, undefined, /SLACK_TEAM_ID[\s\S]*not found/],
    ['no region', { teamId: 'T01' }, [], /provider\.region[\s\S]*not found/],
    [
      'a region that does not exist',
      { teamId: 'T01' },
      ['--region', 'eu-nowhere-1'],
      /provider\.region.*eu-west-1/,
    ],
    [
      'a size that is no number',
      { teamId: 'T01', slackMemory: 'large' },
      undefined,
      /slack\.memorySize.*integer/,
    ],
    [
      'a retention that CloudWatch does not have',
      { teamId: 'T01', logRetention: '91' },
      undefined,
      /logRetentionInDays/,
    ],
  ])('%s is refused, with the reason', (_, given, options, reason) => {
    const result = packageStack(given, options);
    expect('refused' in result && result.refused).toMatch(reason);
  });

  test('another stage has other names throughout, and its own secrets', () => {
    const result = packageStack({ teamId: 'T01' }, ['--region', 'eu-west-1', '--stage', 'dev']);
    if ('refused' in result) throw new Error(result.refused);
    const text = JSON.stringify(result.template.Resources).replaceAll(/serverless\/jit\/[^"]+/g, '');
    expect(text).toContain('/jit/dev/slack-bot-token');
    expect(text).not.toContain('prod');
  });

  test('names, sizes, limits and further roles can be given', () => {
    const { template: own } = packaged({
      name: 'access',
      table: 'requests',
      slackMemory: '512',
      engineMemory: '256',
      logRetention: '30',
      slackConcurrency: '20',
      botTokenParameter: '/slack/token',
      roleArns: 'arn:aws:iam::*:role/jit/*,arn:aws:iam::111122223333:role/legacy/Admin',
    });
    const given = (id: string) => evaluator(own)(own.Resources[id]?.Properties ?? {}) as JsonMap;
    expect(given('SlackLambdaFunction')).toMatchObject({
      FunctionName: 'access-slack',
      MemorySize: 512,
      ReservedConcurrentExecutions: 20,
    });
    expect(given('StreamLambdaFunction')).toMatchObject({
      MemorySize: 256,
      Environment: { Variables: { JIT_TABLE: 'requests' } },
    });
    expect(given('SlackLogGroup')).toMatchObject({ RetentionInDays: 30 });
    const policies = JSON.stringify(given('StreamRole')['Policies']);
    expect(policies).toContain('parameter/slack/token');
    expect(policies).toContain('"arn:aws:iam::*:role/jit/*","arn:aws:iam::111122223333:role/legacy/Admin"');
  });

  test('by default the policies are those that are packed; a bucket and a key can be given', () => {
    const variables = (given: Record<string, string>) => {
      const { template } = packaged(given);
      const { Environment } = evaluator(template)(
        template.Resources['SweepLambdaFunction']!.Properties,
      ) as JsonMap;
      return (Environment as JsonMap)['Variables'] as JsonMap;
    };
    expect(variables({})).not.toHaveProperty('JIT_POLICY_S3');
    expect(variables({ policyBucket: 'corp-jit', policyKey: 'access/live.json' })).toMatchObject({
      JIT_POLICY_S3: 's3://corp-jit/access/live.json',
      JIT_POLICY_DIR: '/var/task/dist/lambda/sweep/policies',
    });
  });

  test('by default no function knows a key for PagerDuty; each can be told where one is', () => {
    const told = (given: Record<string, string>) => {
      const { template: made } = packaged(given);
      return ['Slack', 'Stream', 'Sweep'].map((name) => {
        const { Environment } = evaluator(made)(
          made.Resources[`${name}LambdaFunction`]!.Properties,
        ) as JsonMap;
        return ((Environment as JsonMap)['Variables'] as JsonMap)['PAGERDUTY_TOKEN_PARAMETER'];
      });
    };
    const key = '/jit/prod/pagerduty';
    expect(told({})).toEqual([undefined, undefined, undefined]);
    expect(told({ pagerDutyTokenParameter: key })).toEqual([key, key, key]);
  });

  test('by default no concurrency is set apart, which an account may not have to give', () => {
    const { SlackLambdaFunction } = packaged().template.Resources;
    expect(SlackLambdaFunction?.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});
