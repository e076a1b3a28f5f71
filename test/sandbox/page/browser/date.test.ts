import { dateText, dayOf } from '../../../../src/sandbox/page/browser/slack/text/date.js';

const BERLIN = { now: Date.UTC(2026, 10, 20, 14, 30), zone: 'Europe/Berlin' };
const at = (iso: string) => Date.parse(iso) / 1000;
const FRIDAY = at('2026-11-20T09:05:07Z');

test.each([
  ['{date_num}', '2026-11-20'],
  ['{date}', 'November 20th, 2026'],
  ['{date_short}', 'Nov 20, 2026'],
  ['{date_long}', 'Friday, November 20th, 2026'],
  ['{date_pretty} at {time}', 'today at 10:05'],
  ['{date_short_pretty} {time_secs}', 'today 10:05:07'],
  ['{ago}', '5 hours ago'],
  ['{unknown} {constructor}', '{unknown} {constructor}'],
  ['no token', 'no token'],
])('%s is drawn in the reader’s zone', (format, expected) => {
  expect(dateText(format, FRIDAY, BERLIN)).toBe(expected);
});

test.each([
  ['2026-11-19T22:59:59Z', 'yesterday'],
  ['2026-11-19T23:00:00Z', 'today'],
  ['2026-11-20T22:59:59Z', 'today'],
  ['2026-11-20T23:00:00Z', 'tomorrow'],
  ['2026-11-18T12:00:00Z', 'Nov 18, 2026'],
  ['2026-11-22T12:00:00Z', 'Nov 22, 2026'],
])('%s is %s where midnight is an hour early', (iso, expected) => {
  expect(dateText('{date_short_pretty}', at(iso), BERLIN)).toBe(expected);
});

test('another zone has another day', () => {
  const late = Date.UTC(2026, 10, 20, 23, 30);
  expect(dayOf(late, { now: late, zone: 'Asia/Tokyo' })).toBe('2026-11-21');
  expect(dayOf(late, { now: late, zone: 'America/New_York' })).toBe('2026-11-20');
});

test.each([
  ['2026-11-01', '1st'],
  ['2026-11-02', '2nd'],
  ['2026-11-03', '3rd'],
  ['2026-11-11', '11th'],
  ['2026-11-13', '13th'],
  ['2026-11-22', '22nd'],
])('%s is the %s', (day, expected) => {
  expect(dateText('{date}', at(`${day}T12:00:00Z`), BERLIN)).toBe(`November ${expected}, 2026`);
});

test('midnight is 00:00', () => {
  expect(dateText('{time}', at('2026-11-19T23:00:00Z'), BERLIN)).toBe('00:00');
});

test.each([NaN, Infinity, 1e20, 0.5])('%d is no instant: the fallback stands', (seconds) => {
  expect(dateText('{date}', seconds, BERLIN)).toBeUndefined();
});

test.each([
  [30, 'in 30 seconds'],
  [-90, '1 minute ago'],
  [0, 'in 0 seconds'],
  [-3 * 86_400, '3 days ago'],
])('%d seconds from now is %s', (seconds, expected) => {
  expect(dateText('{ago}', BERLIN.now / 1000 + seconds, BERLIN)).toBe(expected);
});
