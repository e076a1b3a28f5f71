import { nextInDay } from '../../../src/kit/hours/waking.js';

const at = (text: string): number => Date.parse(text);
const shown = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString().replace(':00.000Z', 'Z');

describe('a person’s day', () => {
  test.each<[string, string, string, string]>([
    ['at noon it is day', 'Europe/Berlin', '2026-11-20T11:00:00Z', '2026-11-20T11:00Z'],
    ['at eight sharp it is day', 'Europe/Berlin', '2026-11-20T07:00:00Z', '2026-11-20T07:00Z'],
    ['a minute before eight it is not', 'Europe/Berlin', '2026-11-20T06:59:00Z', '2026-11-20T07:00Z'],
    ['at eight in the evening it is over', 'Europe/Berlin', '2026-11-20T19:00:00Z', '2026-11-21T07:00Z'],
    ['at midnight it begins the same day', 'UTC', '2026-11-20T00:00:00Z', '2026-11-20T08:00Z'],
    ['it is theirs, and not ours', 'America/New_York', '2026-11-20T11:00:00Z', '2026-11-20T13:00Z'],
    ['where hours begin at three quarters', 'Asia/Kathmandu', '2026-11-20T20:00:00Z', '2026-11-21T02:15Z'],
    ['on the night on which clocks go forward', 'Europe/Berlin', '2026-03-28T23:30:00Z', '2026-03-29T06:00Z'],
    ['on the night on which they go back', 'Europe/Berlin', '2026-10-24T22:30:00Z', '2026-10-25T07:00Z'],
    ['on a Sunday as on any day', 'UTC', '2026-11-22T03:00:00Z', '2026-11-22T08:00Z'],
  ])('%s', (_, zone, from, to) => {
    expect(shown(nextInDay(at(from), zone))).toBe(to);
  });

  test('seconds are not waited for twice', () => {
    expect(nextInDay(at('2026-11-20T03:00:42.123Z'), 'UTC')).toBe(at('2026-11-20T08:00:00Z'));
  });

  test('nobody waits longer than a night and a change of clocks, whatever their zone, and is never woken at night', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Kiritimati'];
    for (const zone of zones)
      for (let hour = 0; hour < 24 * 366; hour += 7) {
        const from = at('2026-01-01T00:20:00Z') + hour * 3_600_000;
        const wake = nextInDay(from, zone)!;
        const local = Number(
          new Intl.DateTimeFormat('en-US', { hour: '2-digit', hourCycle: 'h23', timeZone: zone }).format(
            wake,
          ),
        );
        expect([zone, local >= 8 && local < 20, wake >= from && wake - from <= 13 * 3_600_000]).toEqual([
          zone,
          true,
          true,
        ]);
      }
  });

  test('of a time zone that does not exist, and of no time at all, nothing is known', () => {
    expect(nextInDay(at('2026-11-20T11:00:00Z'), 'Europe/Atlantis')).toBeUndefined();
    expect(nextInDay(Infinity, 'UTC')).toBeUndefined();
  });
});
