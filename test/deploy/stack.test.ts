/** @project outside */
import { wakeOf, type StreamRecord } from '../../src/store/changes.js';
import { TABLE } from '../../src/store/dynamodb/keys.js';
import { packaged, textOf, type Json, type JsonMap, type Resource } from '../support/deploy/template.js';
import { evaluator } from '../support/deploy/values.js';

const stack = packaged();
const { template, zips } = stack;
const { Resources } = template;
const evaluate = evaluator(template);

const properties = (id: string) => evaluate(Resources[id]?.Properties ?? {}) as JsonMap;
const ofType = (type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

describe('the functions', () => {
  test.each(['Slack', 'Stream', 'Sweep'])(
    '%s runs on arm64, on a current Node.js, with the policies beside it',
    (name) => {
      const lower = name.toLowerCase();
      expect(properties(`${name}LambdaFunction`)).toMatchObject({
        FunctionName: `jit-prod-${lower}`,
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: `dist/lambda/${lower}/index.handler`,
        Environment: { Variables: { JIT_POLICY_DIR: `/var/task/dist/lambda/${lower}/policies` } },
      });
      expect(zips[lower]).toEqual([
        `dist/lambda/${lower}/cedar_wasm_bg.wasm`,
        `dist/lambda/${lower}/index.js`,
        `dist/lambda/${lower}/policies/catalog.yml`,
      ]);
    },
  );

  test('there are three, and each, and the API, keeps its log for a limited time', () => {
    expect(ofType('AWS::Lambda::Function')).toHaveLength(3);
    const groups = ofType('AWS::Logs::LogGroup').map(([, group]) => group.Properties['RetentionInDays']);
    expect(groups).toEqual([90, 90, 90, 90]);
  });

  test('invariant 9: the environment names secrets and holds none; only the front hears of the signing secret', () => {
    const variables = (name: string) =>
      Object.keys(
        (properties(`${name}LambdaFunction`)['Environment'] as JsonMap)['Variables'] as JsonMap,
      ).sort();
    const shared = [
      'JIT_POLICY_DIR',
      'JIT_TABLE',
      'LOG_LEVEL',
      'SLACK_BOT_ID',
      'SLACK_BOT_TOKEN_PARAMETER',
      'SLACK_BOT_USER_ID',
      'SLACK_TEAM_ID',
    ];
    expect(variables('Slack')).toEqual([...shared, 'SLACK_SIGNING_SECRET_PARAMETER'].sort());
    expect(variables('Stream')).toEqual(shared);
    expect(variables('Sweep')).toEqual(shared);
  });

  test('invariant 9: the access log says who called and what was answered, and nothing of what was sent', () => {
    const { Format } = properties('HttpApiStage')['AccessLogSettings'] as JsonMap;
    const logged = [...textOf(Format).matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name!);
    expect(logged.sort()).toEqual([
      'identity.sourceIp',
      'requestId',
      'requestTimeEpoch',
      'responseLatency',
      'responseLength',
      'routeKey',
      'status',
    ]);
    expect(Object.keys(JSON.parse(textOf(Format)) as object)).toHaveLength(7);
  });

  test('the HTTP API answers POST /slack/events and nothing else, at a rate that strangers do not use up', () => {
    expect(ofType('AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties['RouteKey'])).toEqual([
      'POST /slack/events',
    ]);
    expect(properties('HttpApiStage')['DefaultRouteSettings']).toEqual({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    });
    expect(ofType('AWS::Lambda::Url')).toEqual([]);
  });

  test('only the API and the clock may call a function from outside', () => {
    const callers = ofType('AWS::Lambda::Permission').map(([, { Properties }]) =>
      textOf(Properties['Principal']),
    );
    expect(callers.sort()).toEqual(['apigateway.amazonaws.com', 'events.amazonaws.com']);
    for (const [, permission] of ofType('AWS::Lambda::Permission'))
      expect(permission.Properties).toHaveProperty('SourceArn');
  });

  test('the sweep comes every minute, and a sweep that fails is not tried again beside the next one', () => {
    expect(ofType('AWS::Events::Rule').map(([, rule]) => rule.Properties)).toMatchObject([
      { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' },
    ]);
    expect(properties('SweepLambdaEvConf')).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

describe('the stream', () => {
  const mapping = ofType('AWS::Lambda::EventSourceMapping').map(
    ([, one]) => evaluate(one.Properties) as JsonMap,
  )[0]!;
  const filters = (mapping['FilterCriteria'] as { Filters: { Pattern: string }[] }).Filters.map(
    ({ Pattern }) => JSON.parse(Pattern) as Json,
  );

  test('a record that cannot be handled is given up, alone and soon, and is kept', () => {
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 900,
      DestinationConfig: {
        OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:999900001111:jit-prod-dead-letters' },
      },
    });
    expect(properties('DeadLetters')).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
  });

  const keys = ['HEAD', 'END', 'EVENT#00000001', 'GRANT', 'LEASE', 'SEEN', 'NOTE', 'LOCK', 'SHARD'];
  const items: Record<'pk' | 'sk', string>[] = [
    ...keys.map((sk) => ({ pk: `${['HEAD', 'END'].includes(sk) ? 'REQUEST' : sk}#01`, sk })),
    { pk: 'PERSON#slack/T0CORP/U0ANA', sk: 'HEAD' },
    { pk: 'JIT#lockdowns', sk: 'HEAD' },
    { pk: 'PERSON#slack/T0CORP/U0ANA', sk: 'EVENT#00000001' },
  ];
  const records: (StreamRecord & { userIdentity?: object })[] = items.flatMap(({ pk, sk }) => {
    const dynamodb = { Keys: { pk: { S: pk }, sk: { S: sk } } };
    const removed = { eventName: 'REMOVE', dynamodb };
    const byTtl = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    return [
      { eventName: 'INSERT', dynamodb },
      { eventName: 'MODIFY', dynamodb },
      removed,
      { ...removed, userIdentity: byTtl },
    ];
  });

  test.each(records)(
    'lets through $eventName of $dynamodb.Keys.pk.S, $dynamodb.Keys.sk.S exactly where it wakes the engine',
    (record) => {
      expect(filters.some((filter) => passes(filter, record as Json))).toBe(wakeOf(record) !== undefined);
    },
  );

  test('lets a new HEAD through, an order to end, and the removal of a lease by whomever', () => {
    expect(records.filter((record) => filters.some((filter) => passes(filter, record as Json)))).toHaveLength(
      6,
    );
  });
});

/** As Lambda filters: of a list one value must be met, or begin so, of a map each member. */
function passes(filter: Json, value: Json | undefined): boolean {
  if (Array.isArray(filter)) return filter.some((one) => one === value || begins(one, value));
  if (typeof filter !== 'object' || filter === null) throw new Error('not a filter');
  return Object.entries(filter).every(([key, one]) => passes(one, (value as JsonMap | undefined)?.[key]));
}

function begins(rule: Json, value: Json | undefined): boolean {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return false;
  const { prefix, ...others } = rule;
  expect(others).toEqual({});
  return typeof value === 'string' && typeof prefix === 'string' && value.startsWith(prefix);
}

describe('the table', () => {
  test('is the one that the store expects', () => {
    expect(properties('Table')).toMatchObject(TABLE);
  });

  test('has a way back, cannot be deleted by mistake, and outlives the stack', () => {
    const {
      TableName: _,
      PointInTimeRecoverySpecification,
      DeletionProtectionEnabled,
      SSESpecification,
      ...rest
    } = properties('Table');
    expect(Object.keys(rest).sort()).toEqual(
      [...Object.keys(TABLE), 'Tags'].filter((key) => key in rest).sort(),
    );
    expect(PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    expect(DeletionProtectionEnabled).toBe(true);
    expect(SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    expect(Resources['Table']).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

test('the outputs are what Slack, the directory and target roles need to be told', () => {
  const said = Object.fromEntries(
    ['SlackRequestUrl', 'BoundaryArn', 'JitRoleArns', 'TableName'].map((name) => [
      name,
      evaluate(template.Outputs[name]?.Value ?? null),
    ]),
  );
  expect(said).toEqual({
    SlackRequestUrl: 'https://httpapi.execute-api.eu-west-1.amazonaws.com/slack/events',
    BoundaryArn: 'arn:aws:iam::999900001111:policy/jit-bot/jit-prod-boundary',
    JitRoleArns:
      'arn:aws:iam::999900001111:role/jit-bot/jit-prod-stream,arn:aws:iam::999900001111:role/jit-bot/jit-prod-sweep',
    TableName: 'jit-prod',
  });
});
