import { leaseFrom } from '../../../src/domain/lease.js';
import type { Event } from '../../../src/domain/request/event.js';
import { given } from '../../support/given.js';
import {
  HOUR,
  active,
  approval,
  approved,
  attempted,
  closed,
  complete,
  ending,
  lease,
  min,
  pending,
  provisioned,
} from '../../support/requests.js';

const tick = (at: number) => ({ type: 'Tick' as const, at });
const warned: Event = { type: 'EndAnnounced', at: min(55), by: 'jit' };

test('a pending request lapses at its instant and not before', () => {
  given(pending('manager'))
    .when(tick(min(480) - 1))
    .thenNothing();
  given(pending('manager'))
    .when(tick(min(480)))
    .then([{ type: 'RequestLapsed', at: min(480), by: 'jit' }]);
});

test.each([
  ['active', active],
  ['active and warned', [...active, warned]],
])('invariant 1: %s access ends at the end of its lease and not before', (_, history) => {
  given(history)
    .when(tick(lease.endsAt))
    .then([{ type: 'RevocationStarted', at: lease.endsAt, by: 'jit', cause: 'expired' }]);
  given([...history, warned])
    .when(tick(lease.endsAt - 1))
    .thenNothing();
});

test('invariant 1: access that could not be made before its end has failed, and is revoked all the same', () => {
  given(approved)
    .when(tick(lease.endsAt - 1))
    .thenNothing();
  given(approved)
    .when(tick(lease.endsAt))
    .then([
      {
        type: 'RevocationStarted',
        at: lease.endsAt,
        by: 'jit',
        cause: 'failed',
        reason: { code: 'aws', error: 'TooLate', hint: expect.stringContaining('Ask again') },
      },
    ]);
});

test('the end is announced once, when it is near, and only while there is access', () => {
  given(active)
    .when(tick(min(55) - 1))
    .thenNothing();
  given(active)
    .when(tick(min(55)))
    .then([warned]);
  given([...active, warned])
    .when(tick(min(56)))
    .thenNothing();
  given(approved)
    .when(tick(min(56)))
    .thenNothing();
});

test('a lease that is too short for a warning ends without one', () => {
  const short = [
    ...complete,
    { ...approval, lease: leaseFrom(min(5), HOUR, 2 * HOUR) } as Event,
    attempted,
    provisioned,
  ];
  given(short)
    .when(tick(min(64)))
    .thenNothing();
});

test('the clock means nothing to what is ending or closed', () => {
  given(ending)
    .when(tick(min(9999)))
    .thenNothing();
  given(closed)
    .when(tick(min(9999)))
    .thenNothing();
});
