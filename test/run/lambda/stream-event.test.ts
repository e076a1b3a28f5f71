import { wokenBy } from '../../../src/run/lambda/stream.js';

/** As recorded from Lambda; the image is left out where it is not read. */
const record = (eventName: string, pk: string, sk: string, sequence: string, more: object = {}) => ({
  eventID: `e${sequence}`,
  eventName,
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-west-1',
  dynamodb: {
    ApproximateCreationDateTime: 1795168800,
    Keys: { pk: { S: pk }, sk: { S: sk } },
    SequenceNumber: sequence,
    SizeBytes: 512,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
  eventSourceARN: 'arn:aws:dynamodb:eu-west-1:999900001111:table/jit/stream/2026-11-20T10:00:00.000',
  ...more,
});
const TTL = { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };

describe('which requests a stream event wakes', () => {
  test('a new head, a changed one, an order to end, and a lease that TTL or a hand has removed', () => {
    const Records = [
      record('INSERT', 'REQUEST#a', 'HEAD', '100'),
      record('MODIFY', 'REQUEST#b', 'HEAD', '101'),
      record('REMOVE', 'LEASE#c', 'LEASE', '102', TTL),
      record('REMOVE', 'LEASE#d', 'LEASE', '103'),
      record('INSERT', 'REQUEST#e', 'END', '104'),
    ];
    expect(wokenBy({ Records })).toEqual({
      requests: [
        { id: 'a', first: '100' },
        { id: 'b', first: '101' },
        { id: 'c', first: '102' },
        { id: 'd', first: '103' },
        { id: 'e', first: '104' },
      ],
      unknown: 0,
    });
  });

  test('each once, at its first record', () => {
    const Records = [
      record('INSERT', 'REQUEST#a', 'HEAD', '100'),
      record('INSERT', 'REQUEST#b', 'HEAD', '101'),
      record('MODIFY', 'REQUEST#a', 'HEAD', '102'),
      record('REMOVE', 'LEASE#a', 'LEASE', '103'),
    ];
    expect(wokenBy({ Records }).requests).toEqual([
      { id: 'a', first: '100' },
      { id: 'b', first: '101' },
    ]);
  });

  test('everything else that is written wakes nobody, and is nothing unknown', () => {
    const Records = [
      record('INSERT', 'REQUEST#a', 'EVENT#00000001', '1'),
      record('INSERT', 'LEASE#a', 'LEASE', '2'),
      record('MODIFY', 'GRANT#a', 'GRANT', '3'),
      record('REMOVE', 'SEEN#x', 'SEEN', '4', TTL),
      record('MODIFY', 'NOTE#directory', 'NOTE', '5'),
    ];
    expect(wokenBy({ Records })).toEqual({ requests: [], unknown: 0 });
  });

  test('records of no shape that we know are counted, and hold up nobody', () => {
    const good = record('INSERT', 'REQUEST#a', 'HEAD', '7');
    const Records = [
      null,
      'record',
      {},
      { eventName: 'INSERT' },
      { eventName: 'INSERT', dynamodb: { Keys: { pk: { S: 5 } }, SequenceNumber: '1' } },
      { eventName: 'INSERT', dynamodb: { Keys: good.dynamodb.Keys } },
      { eventName: 'INSERT', dynamodb: { Keys: good.dynamodb.Keys, SequenceNumber: '' } },
      good,
    ];
    expect(wokenBy({ Records })).toEqual({ requests: [{ id: 'a', first: '7' }], unknown: 7 });
  });

  test.each([[undefined], [null], [{}], [{ Records: 'no' }], ['text']])('an event that is %p', (event) => {
    expect(wokenBy(event)).toEqual({ requests: [], unknown: 1 });
  });
});
