import * as fc from 'fast-check';
import { formIn } from '../../src/slack/subcommands/request.js';
import { namesAStart, typedStart } from '../../src/slack/subcommands/typed-start.js';
import { typed } from '../../src/slack/subcommands/words.js';
import { HOUR, MINUTE } from '../support/requests.js';
import { directory, entitlement } from '../support/slack.js';
import { tries } from '../support/tries.js';

/** Friday, 10:00 UTC: 11:00 in Berlin. */
const NOW = Date.parse('2026-11-20T10:00:00Z');
const BERLIN = { now: NOW, zone: 'Europe/Berlin' };
const read = (text: string, clock = BERLIN) => typedStart(text.split(' '), clock);
const at = (text: string, clock = BERLIN) => {
  const found = read(text, clock)?.at;
  return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16);
};

describe('what says no time is part of the reason', () => {
  test.each([
    'at once please',
    'at 5 nodes',
    'tomorrow we deploy',
    'monday is release day',
    'on 2026-11-21 we deploy',
    'from the start',
    '18:00 was when it broke',
    'at',
    '',
    'today',
  ])('%s', (words) => expect(read(words)).toBeUndefined());

  test.each([
    'at 25:00 sharp',
    'at 18:60 sharp',
    'at 13pm',
    'at 0am',
    'on 2026-02-30 at 9:00',
    'tomorrow 24:00',
  ])('and what looks like one that there is not is named, and stays: %s', (words) =>
    expect(read(words)).toEqual({ words: 0, written: expect.any(String) as string }),
  );
});

describe('a start is read as people write it, by the clock on their wall', () => {
  test.each([
    ['at 18:00 fixing it', '2026-11-20T17:00', 2],
    ['at 18.00', '2026-11-20T17:00', 2],
    ['at 6pm', '2026-11-20T17:00', 2],
    ['At 6:30PM,', '2026-11-20T17:30', 2],
    ['at `12pm`', '2026-11-20T11:00', 2],
    ['at 12am', '2026-11-20T23:00', 2],
    ['from 18:00', '2026-11-20T17:00', 2],
    ['today 18:00', '2026-11-20T17:00', 2],
    ['today at 18:00', '2026-11-20T17:00', 3],
    ['tomorrow 9:00', '2026-11-21T08:00', 2],
    ['tomorrow at 9am', '2026-11-21T08:00', 3],
    ['monday 9:00', '2026-11-23T08:00', 2],
    ['on Friday at 18:00', '2026-11-20T17:00', 4],
    ['2026-11-22 9:00', '2026-11-22T08:00', 2],
    ['on 2026-11-22 at 9:00', '2026-11-22T08:00', 4],
    ['at 2026-11-22T09:00', '2026-11-22T08:00', 2],
  ])('%s', (words, moment, count) => {
    expect([at(words), read(words)?.words]).toEqual([moment, count]);
  });

  test('a time that is over today is that of tomorrow, and one of today stays over', () => {
    expect([at('at 9:00'), at('today 9:00')]).toEqual(['2026-11-21T08:00', '2026-11-20T08:00']);
  });

  test('today is what it is where the person is', () => {
    const late = { now: Date.parse('2026-11-20T23:30:00Z'), zone: 'Europe/Berlin' };
    expect([at('today 9:00', late), at('tomorrow 9:00', late)]).toEqual([
      '2026-11-21T08:00',
      '2026-11-22T08:00',
    ]);
    expect(at('at 18:00', { ...BERLIN, zone: 'America/New_York' })).toBe('2026-11-20T23:00');
  });

  test('when the clocks change: an hour that there is not is no time, of one that comes twice the first counts', () => {
    const spring = { now: Date.parse('2026-03-28T10:00:00Z'), zone: 'Europe/Berlin' };
    const autumn = { now: Date.parse('2026-10-24T10:00:00Z'), zone: 'Europe/Berlin' };
    expect([read('tomorrow 2:30', spring)?.words, at('tomorrow 3:30', spring)]).toEqual([
      0,
      '2026-03-29T01:30',
    ]);
    expect([at('tomorrow 2:30', autumn), at('tomorrow 3:30', autumn)]).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T02:30',
    ]);
  });

  test('whatever is typed, what is read back is what was written', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'];
    fc.assert(
      fc.property(
        fc.nat({ max: 23 }),
        fc.nat({ max: 59 }),
        fc.constantFrom(...zones),
        fc.integer({ min: NOW - 400 * 24 * HOUR, max: NOW }),
        (hour, minute, zone, now) => {
          const written = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const found = read(`at ${written}`, { now, zone })?.at;
          if (found === undefined) return;
          const shown = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: zone }).format(
            found,
          );
          expect([shown, found > now, found <= now + 49 * HOUR]).toEqual([written, true, true]);
        },
      ),
      { numRuns: tries(200, 2_000) },
    );
  });
});

describe('the one-liner', () => {
  const offered = [15 * MINUTE, HOUR];
  const entitlements = new Map([['orders-db-admin', entitlement('orders-db-admin', { durations: offered })]]);
  const form = (text: string) => formIn(typed(text), { directory, entitlements }, BERLIN);

  test.each([
    'orders-db-admin 1h at 18:00 fixing OPS-12',
    'orders-db-admin at 18:00 1h fixing OPS-12',
    'orders-db-admin for 1h at 18:00 fixing OPS-12'.replace('for ', ''),
  ])('%s', (text) => {
    expect(form(text)).toEqual({
      filled: {
        entitlement: 'orders-db-admin',
        duration: '1h',
        startsAt: String(Date.parse('2026-11-20T17:00:00Z') / 1000),
        justification: 'fixing OPS-12',
        ticket: 'OPS-12',
      },
      notes: ['It begins on Friday 20 November 2026 at 18:00 (Europe/Berlin).'],
    });
  });

  test.each([
    [
      'today 9:00',
      'Friday 20 November 2026 at 09:00 (Europe/Berlin) is over. Please choose below when it begins.',
    ],
    [
      'on 2026-11-28 at 9:00',
      'Saturday 28 November 2026 at 09:00 (Europe/Berlin) is too far away: 3 days ahead is the most. Please choose below when it begins.',
    ],
    ['at 25:00', '"at 25:00" is not a time. Please choose below when it begins.'],
  ])('says what is wrong with a start, and loses nothing: %s', (start, note) => {
    const { filled, notes } = form(`orders-db-admin 1h ${start} fixing OPS-12`);
    expect(notes).toEqual([note]);
    expect(filled).not.toHaveProperty('startsAt');
    expect(filled.justification).toContain('fixing OPS-12');
  });

  test('looks up nobody’s time zone for words that name no time', () => {
    expect(namesAStart(typed('orders-db-admin 1h fixing the orders of 2026-11-20'))).toBe(false);
    expect(namesAStart(typed('orders-db-admin 1h at 18:00 fixing'))).toBe(true);
  });
});
