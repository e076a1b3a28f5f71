import * as fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/domain/duration.js';
import { leaseFrom } from '../../src/domain/lease.js';
import { HOUR, MINUTE, T0 } from '../support/requests.js';
import { tries } from '../support/tries.js';

describe('a duration', () => {
  test.each([
    '',
    '0m',
    '59s',
    '1',
    'h',
    '1.5h',
    '-1h',
    '1H',
    '1h ',
    ' 1h',
    '1 h',
    '1h1h',
    '30m1h',
    '7d1m',
    '8d',
    '10081m',
    '99999999m',
    'PT1H',
    '１h',
  ])('is not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    ['1m', MINUTE],
    ['15m', 15 * MINUTE],
    ['1h30m', 90 * MINUTE],
    ['90m', 90 * MINUTE],
    ['8h', 8 * HOUR],
    ['2d', 48 * HOUR],
    ['7d', 168 * HOUR],
    ['10080m', 168 * HOUR],
    ['1d2h3m', 26 * HOUR + 3 * MINUTE],
  ])('is %j', (text, duration) => {
    expect(parseDuration(text)).toBe(duration);
  });

  test('is read back as it is written, from a minute to seven days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * 24 * 60 }), (minutes) => {
        expect(parseDuration(formatDuration(minutes * MINUTE))).toBe(minutes * MINUTE);
      }),
      { seed: 1, numRuns: tries(200, 2000) },
    );
    expect(formatDuration(90 * MINUTE)).toBe('1h30m');
    expect(formatDuration(0)).toBe('0m');
  });
});

describe('a lease', () => {
  test('invariant 1: ends on a whole second, less than a second early and never late', () => {
    fc.assert(
      fc.property(fc.nat({ max: HOUR }), fc.integer({ min: MINUTE, max: 168 * HOUR }), (ms, duration) => {
        const { startsAt, endsAt } = leaseFrom(T0 + ms, duration, 0);
        expect(startsAt).toBe(T0 + ms);
        expect(endsAt % 1000).toBe(0);
        expect(startsAt + duration - endsAt).toBeGreaterThanOrEqual(0);
        expect(startsAt + duration - endsAt).toBeLessThan(1000);
      }),
      { seed: 1, numRuns: tries(100, 1000) },
    );
  });

  test('warns before its end', () => {
    expect(leaseFrom(T0, HOUR, 10 * MINUTE)).toStrictEqual({
      startsAt: T0,
      endsAt: T0 + HOUR,
      warnAt: T0 + 50 * MINUTE,
    });
  });

  test.each([0, HOUR, 2 * HOUR])('does not warn %d ms before the end of an hour', (warnBefore) => {
    expect(leaseFrom(T0, HOUR, warnBefore)).toStrictEqual({ startsAt: T0, endsAt: T0 + HOUR });
  });
});
