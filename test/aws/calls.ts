import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { buttonsOf } from '../../src/sandbox/slack/index.js';
import type { Deployed } from '../support/aws/deployed.js';
import { eventually } from '../support/aws/acts.js';
import { withoutSchedule } from '../support/aws/deployment.js';
import { typed } from '../support/aws/handbook.js';
import { SCHEDULED } from '../support/lambda/events.js';

/** How often the stream's function was called. */
const INVOCATIONS = `aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name Invocations \
  --dimensions Name=FunctionName,Value=jit-prod-stream --statistics Sum --period 86400 \
  --start-time "$(date -u -d '-1 day' +%FT%TZ)" --end-time "$(date -u -d '+1 day' +%FT%TZ)" \
  --query 'sum(Datapoints[].Sum)' --output text`;

type Counts = Record<string, number>;
const sum = (counts: Counts): number => Object.values(counts).reduce((all, count) => all + count, 0);
/** Three looks at the sixteen partitions of what is due, and a few items. */
const FEW = 60;
/** In milliseconds: the stream is looked at four times a second, and the functions are warm. */
const QUIET = 3_000;

/** What one request costs in calls of AWS: docs/aws.md works its prices out from this. */
export function calls(deployment: () => Deployed): void {
  const it = () => deployment();

  let goOn: () => Promise<unknown>;
  beforeAll(async () => {
    goOn = await withoutSchedule(it());
  });
  afterAll(() => goOn());

  /**
   * The calls that this makes, by name, until nothing more comes: nobody else calls anything meanwhile.
   * @param wanted a call that is among them; how long it takes until it comes, nobody knows
   */
  async function callsOf(act: () => Promise<unknown>, wanted?: string): Promise<Counts> {
    const calls = () => [
      ...it()
        .emulator.log()
        .matchAll(/localemu\.request\.aws +: AWS (\w+\.\w+) =>/g),
    ];
    const before = calls().length;
    await act();
    let come: string[] = [];
    let last = Date.now();
    await eventually(`quiet after ${wanted ?? 'it'}`, () => {
      const now = calls().slice(before);
      if (now.length > come.length) last = Date.now();
      come = now.map(([, name = '']) => name);
      return Date.now() - last > QUIET && (wanted === undefined || come.includes(wanted));
    });
    const counts: Counts = {};
    for (const name of come) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  async function asked(): Promise<unknown> {
    const person = it().slack.as('U0ANA');
    await person.command('/jit');
    await person.choose(it().slack.views('U0ANA').at(-1)!, 'entitlement', 'samples');
    const values = { entitlement: 'samples', duration: '1h', justification: 'counting the calls' };
    return person.submit(it().slack.views('U0ANA').at(-1)!.id, values);
  }

  test('a sweep that finds nothing due asks for little, and for nothing of IAM or STS', async () => {
    const sweep = () => it().invoke('sweep', SCHEDULED);
    let idle = await callsOf(sweep);
    // The stream may still catch up with what came before, and its calls count, too: some sweep is alone.
    for (let more = 0; more < 8 && sum(idle) >= FEW; more++) idle = await callsOf(sweep);
    const request = await callsOf(asked, 'iam.PutUserPolicy');
    // On requests that are over there is none left.
    const { value: id } = await eventually('its button', () =>
      it()
        .slack.dms('U0ANA')
        .flatMap(buttonsOf)
        .find(({ actionId }) => actionId === 'revoke'),
    );
    const end = await callsOf(async () => {
      await it().slack.as('U0ANA').command(`/jit revoke ${id}`);
    }, 'iam.DeleteUserPolicy');
    process.stdout.write(
      `calls of AWS: ${JSON.stringify({ 'a sweep': idle, asking: request, ending: end })}\n`,
    );
    expect(Object.keys(idle).filter((name) => /^(?:iam|sts)\./.test(name))).toEqual([]);
    expect(sum(idle)).toBeLessThan(FEW);
    expect(request['iam.PutUserPolicy']).toBe(1);
    expect(end['iam.DeleteUserPolicy']).toBe(1);
  });

  test('a ledger of a person or of jit wakes nobody, and a lease that is gone wakes the engine', async () => {
    const { dynamodb } = it().root;
    const put = (pk: string, sk: string) =>
      dynamodb.send(new PutItemCommand({ TableName: 'jit-prod', Item: { pk: { S: pk }, sk: { S: sk } } }));
    const woken = async () => Number(await typed(INVOCATIONS, { env: it().exported }));
    const before = await woken();
    expect(before).toBeGreaterThan(0);
    // More than one batch of ten holds: whoever is woken by them is woken more than once.
    for (let n = 0; n < 10; n++)
      for (const kind of ['PERSON', 'JIT']) await put(`${kind}#tried/${n}`, 'HEAD');
    await put('LEASE#tried', 'LEASE');
    const Key = { pk: { S: 'LEASE#tried' }, sk: { S: 'LEASE' } };
    await dynamodb.send(new DeleteItemCommand({ TableName: 'jit-prod', Key }));
    await eventually('the engine is woken', async () => (await woken()) > before);
    expect(await woken()).toBe(before + 1);
  });
}
