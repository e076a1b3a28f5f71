import { wakeOf } from '../../src/store/changes.js';
import {
  endKey,
  eventKey,
  factKey,
  grantKey,
  headKey,
  leaseKey,
  ledgerKey,
  lockKey,
  noteKey,
  seenKey,
  shardKey,
  type Key,
} from '../../src/store/dynamodb/keys.js';

const record = (eventName: string, { pk, sk }: Key, more: object = {}) => ({
  eventName,
  ...more,
  dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
});
const KINDS = ['INSERT', 'MODIFY', 'REMOVE'];

describe('what wakes the engine', () => {
  test('a new or changed head does', () => {
    const wake = { requestId: '01JD', kind: 'head' };
    expect(wakeOf(record('INSERT', headKey('01JD')))).toEqual(wake);
    expect(wakeOf(record('MODIFY', headKey('01JD')))).toEqual(wake);
  });

  test('an order to end does, and one that was written over', () => {
    const wake = { requestId: '01JD', kind: 'end' };
    expect(wakeOf(record('INSERT', endKey('01JD')))).toEqual(wake);
    expect(wakeOf(record('MODIFY', endKey('01JD')))).toEqual(wake);
    expect(wakeOf(record('REMOVE', endKey('01JD')))).toBeUndefined();
  });

  test('a lease that is gone does, whoever removed it', () => {
    const wake = { requestId: '01JD', kind: 'lease-removed' };
    const byTtl = { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } };
    expect(wakeOf(record('REMOVE', leaseKey('01JD'), byTtl))).toEqual(wake);
    expect(wakeOf(record('REMOVE', leaseKey('01JD')))).toEqual(wake);
  });

  test('nothing else does: no lease that begins, and none of the other items', () => {
    expect(wakeOf(record('INSERT', leaseKey('x')))).toBeUndefined();
    expect(wakeOf(record('MODIFY', leaseKey('x')))).toBeUndefined();
    expect(wakeOf(record('REMOVE', headKey('x')))).toBeUndefined();
    const ledgers = [
      ledgerKey('PERSON#slack/T0/U0'),
      ledgerKey('JIT#lockdowns'),
      factKey('JIT#lockdowns', 1),
    ];
    const others = [
      ...ledgers,
      eventKey('x', 1),
      grantKey('x'),
      seenKey('x'),
      noteKey('x'),
      lockKey('x'),
      shardKey('x'),
    ];
    for (const key of others) {
      expect(KINDS.map((kind) => wakeOf(record(kind, key)))).toEqual([undefined, undefined, undefined]);
    }
  });

  test('a record without keys wakes nobody', () => {
    expect(wakeOf({})).toBeUndefined();
    expect(wakeOf({ eventName: 'INSERT', dynamodb: {} })).toBeUndefined();
  });
});
