import { isAtWork } from '../../../src/kit/hours/working.js';

const at = (iso: string) => Date.parse(iso);

test.each([
  ['2026-11-20T08:59:59Z', false],
  ['2026-11-20T09:00:00Z', true],
  ['2026-11-20T16:59:59Z', true],
  ['2026-11-20T17:00:00Z', false],
  // A Saturday.
  ['2026-11-21T12:00:00Z', false],
])('in London at %s: %s', (iso, expected) => {
  expect(isAtWork(at(iso), 'Europe/London')).toBe(expected);
});

test('midnight is the hour 0 of the new day', () => {
  const monday = { days: [1], from: 0, to: 1, holidays: [] };
  expect(isAtWork(at('2026-11-22T23:00:00Z'), 'Europe/Berlin', monday)).toBe(true);
  expect(isAtWork(at('2026-11-22T22:59:59Z'), 'Europe/Berlin', monday)).toBe(false);
});

test('a holiday is one by the calendar on their wall', () => {
  const hours = { days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24, holidays: ['2026-12-25'] };
  expect(isAtWork(at('2026-12-24T16:00:00Z'), 'Asia/Tokyo', hours)).toBe(false);
  expect(isAtWork(at('2026-12-24T16:00:00Z'), 'Europe/Berlin', hours)).toBe(true);
});

test.each(['', 'Mars/Olympus', '../etc', 'x'.repeat(1000)])(
  '%p is no time zone, so nothing is known',
  (zone) => {
    expect(isAtWork(at('2026-11-20T12:00:00Z'), zone)).toBeUndefined();
  },
);
