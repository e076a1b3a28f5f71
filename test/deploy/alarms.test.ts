/** @project outside */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packaged, ROOT, textOf, type JsonMap, type Resource } from '../support/deploy/template.js';
import { evaluator } from '../support/deploy/values.js';

const { template } = packaged();
const { Resources } = template;
const evaluate = evaluator(template);

const properties = (id: string) => evaluate(Resources[id]?.Properties ?? {}) as JsonMap;
const ofType = (type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

describe('the alarms', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm').map(([, alarm]) => evaluate(alarm.Properties) as JsonMap);

  test('are these', () => {
    expect(alarms.map((alarm) => textOf(alarm['AlarmName']).replace('jit-prod-', '')).sort()).toEqual([
      'api-throttled',
      'cannot-start',
      'dead-letters',
      'errors',
      'fault',
      'heartbeat',
      'lag',
      'policies-refused',
      'policy-fault',
      'refused-signatures',
      'revocation-failed',
      'stream-age',
      'throttles',
    ]);
  });

  test('silence is an alarm where a heartbeat is waited for, and nowhere else', () => {
    const silent = alarms.filter((alarm) => alarm['TreatMissingData'] === 'breaching');
    expect(silent.map((alarm) => alarm['AlarmName'])).toEqual(['jit-prod-heartbeat']);
  });

  test('each number that is looked at is one that a filter makes of a log', () => {
    const made = ofType('AWS::Logs::MetricFilter').map(
      ([, filter]) => evaluate(filter.Properties['MetricTransformations'] ?? []) as JsonMap[],
    );
    const numbers = new Set(
      made.flat().map((one) => `${textOf(one['MetricNamespace'])} ${textOf(one['MetricName'])}`),
    );
    const wanted = alarms
      .filter((alarm) => alarm['Namespace'] === 'jit-prod')
      .map((alarm) => `jit-prod ${textOf(alarm['MetricName'])}`);
    expect([...numbers].sort()).toEqual([...new Set(wanted)].sort());
  });

  test('each log is searched for lines that the program really writes', () => {
    const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
      .join('\n');
    const patterns = ofType('AWS::Logs::MetricFilter').map(([, filter]) =>
      textOf(filter.Properties['FilterPattern']),
    );
    const lines = new Set(
      patterns.flatMap((pattern) => [...pattern.matchAll(/\$\.msg = "([^"]+)"/g)].map(([, line]) => line!)),
    );
    expect(lines.size).toBe(7);
    expect([...lines].filter((line) => !source.includes(`'${line}'`))).toEqual([]);
  });

  test('a request that the API refused for there being too many is found in its own log, by what it was answered', () => {
    const settings = properties('HttpApiStage')['AccessLogSettings'] as JsonMap;
    const line = (status: number) =>
      JSON.parse(
        textOf(settings['Format']).replace(/\$context\.([\w.]+)/g, (_, name: string) =>
          name === 'status' ? String(status) : `the ${name}`,
        ),
      ) as { status: string };
    const filter = properties('ApiThrottled');
    const [, wanted] = /^\{ \$\.status = "(\d+)" \}$/.exec(textOf(filter['FilterPattern'])) ?? [];
    expect(line(429).status).toBe(wanted);
    expect(line(401).status).not.toBe(wanted);
    expect(filter['LogGroupName']).toBe(properties('HttpApiLogGroup')['LogGroupName']);
    const group = properties('HttpApiLogGroup');
    expect(textOf(settings['DestinationArn'])).toContain(`log-group:${textOf(group['LogGroupName'])}`);
    expect(alarms).toContainEqual(
      expect.objectContaining({ MetricName: 'ApiThrottled', Namespace: 'jit-prod', Threshold: 1 }),
    );
  });

  test('go nowhere until a topic is given, and then there', () => {
    expect(alarms.filter((alarm) => 'AlarmActions' in alarm)).toEqual([]);
    const topic = 'arn:aws:sns:eu-west-1:999900001111:on-call';
    const { template: told } = packaged({ alarmTopic: topic });
    const heard = Object.values(told.Resources)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => (evaluator(told)(Properties) as JsonMap)['AlarmActions']);
    expect(heard).toHaveLength(13);
    expect(heard.every((actions) => JSON.stringify(actions) === JSON.stringify([topic]))).toBe(true);
  });

  test('stand on the dashboard, all of them', () => {
    const body = JSON.parse(
      textOf((evaluate(Resources['Dashboard']!.Properties) as JsonMap)['DashboardBody']),
    ) as {
      widgets: { properties: { alarms?: string[] } }[];
    };
    const shown = body.widgets.flatMap((widget) => widget.properties.alarms ?? []);
    expect(shown.map((arn) => arn.split(':').at(-1) ?? '').sort()).toEqual(
      alarms.map((alarm) => textOf(alarm['AlarmName'])).sort(),
    );
  });
});
