import { namesADate, typedUntil } from '../../../src/slack/acts/away/until.js';
import { HOUR, T0 } from '../../support/requests.js';

const DAY = 24 * HOUR;
const read = (text: string, zone = 'UTC') => typedUntil(text.split(' ').filter(Boolean), T0, zone);

test.each([
  ['3d', T0 + 3 * DAY],
  ['3 days', T0 + 3 * DAY],
  ['for 3 days', T0 + 3 * DAY],
  ['For `3d`', T0 + 3 * DAY],
  ['2w', T0 + 14 * DAY],
  ['1 week', T0 + 7 * DAY],
  ['36h', T0 + 36 * HOUR],
  ['until 2026-12-05 18:30', Date.UTC(2026, 11, 5, 18, 30)],
  ['2026-12-05T18:30', Date.UTC(2026, 11, 5, 18, 30)],
  ['till 2026-12-05', Date.UTC(2026, 11, 5, 23, 59)],
])('"%s" says when', (text, until) => {
  expect(read(text)).toEqual({ until, rest: [] });
});

test('a date is meant in the person’s own time zone, also on the day on which clocks change', () => {
  expect(read('until 2026-12-05 18:30', 'Europe/Berlin').until).toBe(Date.UTC(2026, 11, 5, 17, 30));
  expect(read('until 2026-12-05 18:30', 'America/New_York').until).toBe(Date.UTC(2026, 11, 5, 23, 30));
  expect(read('until 2026-10-25', 'Europe/Berlin').until).toBe(Date.UTC(2026, 9, 25, 22, 59));
});

test.each([
  '',
  '@bob',
  'until',
  'until Friday',
  '2026-02-31',
  '2026-13-01',
  '2026-12-05 25:00',
  'tomorrow',
  '0d',
])('"%s" says no time, and is left as it was typed', (text) => {
  expect(read(text)).toEqual({ rest: text.split(' ').filter(Boolean) });
});

test('what follows a time is left over', () => {
  expect(read('3d @bob please')).toEqual({ until: T0 + 3 * DAY, rest: ['@bob', 'please'] });
  expect(read('until 2026-12-05 at noon')).toMatchObject({ rest: ['at', 'noon'] });
});

test('only a date takes the person’s time zone', () => {
  expect(namesADate(['until', '2026-12-05'])).toBe(true);
  expect(namesADate(['3d', '@bob'])).toBe(false);
});
