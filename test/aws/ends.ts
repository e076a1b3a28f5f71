import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { mayRead, mayType, type Deployed } from '../support/aws/deployed.js';
import {
  ask,
  become,
  buttonless,
  closed,
  eventually,
  revoke,
  session,
  type Ended,
} from '../support/aws/acts.js';
import { withoutSchedule } from '../support/aws/deployment.js';
import { OWN } from '../support/aws/emulator.js';
import { jit } from '../support/cli.js';
import { SCHEDULED } from '../support/lambda/events.js';

/** TTL's removal of a lease, as AWS documents the record: "Time to Live and DynamoDB Streams". LocalEmu removes nothing. */
const removed = (id: string) => ({
  Records: [
    {
      eventID: '1',
      eventName: 'REMOVE',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
        Keys: { pk: { S: `LEASE#${id}` }, sk: { S: 'LEASE' } },
        SequenceNumber: '4421584500000000017450439092',
        SizeBytes: 59,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: `arn:aws:dynamodb:eu-west-1:${OWN}:table/jit-prod/stream/2026-11-20T10:00:00.000`,
    },
  ],
});

/** With one of the two ways to wake the engine, and with neither. @param ended what was ended before, and how */
export function ends(deployment: () => Deployed, ended: Ended): void {
  const it = () => deployment();
  const sweeps = (log: string) => log.split('\n').filter((line) => line.includes('"swept"')).length;
  const swept = () => sweeps(it().emulator.logOf('jit-prod-sweep'));

  let goOn: () => Promise<unknown>;
  async function stream(Enabled: boolean): Promise<void> {
    const { lambda } = it().root;
    const mapping = async () => {
      const given = { FunctionName: 'jit-prod-stream' };
      const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand(given));
      return EventSourceMappings[0]!;
    };
    const { UUID } = await mapping();
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    const wanted = Enabled ? 'Enabled' : 'Disabled';
    await eventually(`the stream is ${wanted}`, async () => (await mapping()).State === wanted);
  }

  test('the schedule sweeps by itself', async () => {
    await eventually('a sweep', () => swept() > it().invoked.filter((name) => name === 'sweep').length);
  });

  test('by the sweep alone access is given and taken away', async () => {
    goOn = await withoutSchedule(it());
    await stream(false);
    const id = await ask(it(), 'samples');
    expect((await it().store.head(id))!.state.status).toBe('pending');
    await it().invoke('sweep', SCHEDULED);
    await become(it(), id, 'active');
    expect(await mayRead(it(), 'samples')).toBe('may');
    await revoke(it(), 'U0ANA', id, 'done');
    expect(await mayRead(it(), 'samples')).toBe('may');
    await eventually('a sweep that takes it away', async () => {
      await it().invoke('sweep', SCHEDULED);
      return (await mayRead(it(), 'samples')) === 'AccessDenied';
    });
    ended.set(id, 'released');
  });

  test('invariant 1: by the stream alone access is given, and its end is AWS’s own; TTL’s removal of the lease closes it', async () => {
    await stream(true);
    const [samples, bench] = [await ask(it(), 'samples', '1m'), await ask(it(), 'bench', '1m')];
    await become(it(), samples, 'active');
    await become(it(), bench, 'active');
    const { window } = await session(it(), bench);
    const endOf = async (id: string) => (await it().store.grant(id))!.lease.endsAt;
    const last = Math.max(await endOf(samples), await endOf(bench));
    // Where the machine is so busy that the minute is over by now, there is nothing to see.
    if (Date.now() < (await endOf(samples)) - 2_000) expect(await mayRead(it(), 'samples')).toBe('may');

    // Nobody is woken from here on: neither sweep nor stream.
    await stream(false);
    await eventually('the minute is over', () => Date.now() > last + 1_000);
    expect(await mayRead(it(), 'samples')).toBe('AccessDenied');
    expect(await mayType(it(), window, 'aws logs describe-log-groups')).toBe('AccessDenied');
    for (const id of [samples, bench]) {
      expect((await it().store.head(id))!.state.status).toBe('active');
      await it().invoke('stream', removed(id));
      expect(await become(it(), id, 'closed')).toMatchObject({ outcome: 'expired' });
    }
  });

  // Half a minute after access was taken away it is looked at again, and only then the request closes.
  test('what was ended closes at a sweep, no message keeps a button for it, and every record is whole', async () => {
    for (const [id, outcome] of ended) {
      expect(await closed(it(), id)).toMatchObject({ outcome });
      expect(await buttonless(it(), id)).toBe(true);
    }
    await stream(true);
    await goOn();
    expect(await jit(it().store, 'audit', 'verify')).toEqual({
      code: 0,
      // App Home of two people was opened.
      out: expect.stringMatching(
        /^\d+ requests, 2 ledgers, \d+ records: every chain is whole, and every history is possible\.\n$/,
      ),
      err: '',
    });
  });
}
