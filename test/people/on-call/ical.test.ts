/** @project outside */
import { execFileSync } from 'node:child_process';
import { calendarIn } from '../../../src/people/on-call/ical.js';
import { growth } from '../../support/growth.js';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 20, 12);
const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const calendar = (...parts: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...parts, 'END:VCALENDAR', ''].join('\r\n');
const TIMES = ['DTSTART:20261120T080000Z', 'DTEND:20261120T160000Z'];
const ANA = 'SUMMARY:ana@corp.example';

async function read(text: string | Uint8Array, at = NOON, timezone = 'Europe/Berlin') {
  const answer = await calendarIn(typeof text === 'string' ? Buffer.from(text) : text, {
    timezone,
    span: { from: at - HOUR / 4, to: at + HOUR / 4 },
  });
  if (typeof answer === 'string') return answer;
  const isKnown = ({ why }: (typeof answer)[number]) => why === undefined;
  return { shifts: answer.filter(isKnown), doubts: answer.filter((shift) => !isKnown(shift)) };
}
async function found(...lines: string[]) {
  const answer = await read(calendar(event(...lines)));
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}
const shifts = async (...lines: string[]) => (await found(...lines)).shifts;
const emails = async (...lines: string[]) =>
  (await shifts(...TIMES, ...lines)).flatMap((shift) => [...shift.emails]);
/** When ana's shifts begin, of those around `at`. */
async function begins(at: string, ...events: string[][]) {
  const answer = await read(calendar(...events.map((lines) => event(...lines))), Date.parse(at));
  if (typeof answer === 'string') throw new Error(answer);
  expect(answer.doubts).toEqual([]);
  return answer.shifts
    .filter(({ from, to }) => from <= Date.parse(at) && Date.parse(at) < to)
    .map(({ from }) => new Date(from).toISOString().slice(0, 16));
}
const doubt = async (...lines: string[]) => {
  const { shifts: known, doubts } = await found(...lines, ANA);
  expect(known).toEqual([]);
  expect(doubts.map((one) => [...one.emails])).toEqual([['ana@corp.example']]);
  return doubts[0]!;
};

describe('a calendar whose shifts cannot be known', () => {
  test.each([
    ['nothing', '', 'it is no calendar'],
    ['a page', '<html><body>Sign in</body></html>', 'it is no calendar'],
    ['a text', 'BEGIN:VCARD\nEND:VCARD', 'it is no calendar'],
    ['one that breaks off', calendar(event(...TIMES)).replace('END:VCALENDAR', ''), 'it breaks off'],
    [
      'one whose parts overlap',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR',
      'do not end where they should',
    ],
  ])('%s', async (_, text, why) => {
    expect(await read(text)).toContain(why);
  });

  test('a great many lines, and one great line, take no time', async () => {
    const texts: ((size: number) => string)[] = [
      (size) => calendar(event(...TIMES, `SUMMARY:${'a@'.repeat(size)}`)),
      (size) => calendar(`X${';A=b,'.repeat(size)}`),
      (size) => 'BEGIN:VEVENT\n'.repeat(size),
      (size) => calendar(event(...TIMES, `SUMMARY:${'\\'.repeat(size)}`)),
      (size) => calendar(event(...TIMES, `SUMMARY:a${'\n '.repeat(size)}`)),
    ];
    for (const text of texts) {
      const reading = (size: number) => {
        const given = text(size);
        return () => read(given);
      };
      expect(await growth(200_000, reading)).toBeLessThan(4);
    }
  });
});

describe('an event that cannot be read', () => {
  test.each([
    ['a day that does not exist', 'DTSTART:20260230T080000Z', 'a time that is none'],
    ['an hour that does not exist', 'DTSTART:20261120T250000Z', 'a time that is none'],
    ['no time zone', 'DTSTART:20261120T080000', 'no time zone'],
    ['a time zone of nobody’s', 'DTSTART;TZID=Customized Time Zone:20261120T080000', 'not known by its name'],
    ['a time zone that is a path', 'DTSTART;TZID=../../etc/passwd:20261120T080000', 'not known by its name'],
    ['a day that says it is a time', 'DTSTART;VALUE=DATE-TIME:20261120', 'another kind'],
    ['a long number', `DTSTART:${'9'.repeat(10_000)}`, 'a time that is none'],
    ['a beginning of another kind', 'DTSTART;VALUE=DATE:20261120', 'another kind'],
  ])('invariant 4: with %s puts in doubt whom it names', async (_, start, why) => {
    expect((await doubt(start, 'DTEND:20261120T160000Z')).why).toContain(why);
  });

  test.each([
    ['RRULE:FREQ=SOMETIMES'],
    ['RRULE:FREQ=DAILY;COUNT=x'],
    ['RRULE:FREQ=DAILY;BYHOUR=25'],
    ['RRULE:FREQ=DAILY;FREQ=WEEKLY'],
    ['RRULE:FREQ=DAILY;X-SKIP=2'],
    ['RRULE:FREQ=DAILY;INTERVAL=0'],
    ['RRULE:INTERVAL=2'],
    ['RRULE:FREQ=DAILY;UNTIL=20261201T080000'],
    ['RRULE:FREQ=DAILY;UNTIL=20261201;COUNT=2'],
    ['RRULE:FREQ=SECONDLY;COUNT=9999'],
    ['RRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY'],
    ['EXRULE:FREQ=DAILY'],
    ['RDATE;VALUE=PERIOD:20261121T080000Z/PT8H'],
    ['RDATE:tomorrow'],
    ['EXDATE;VALUE=DATE:20261121'],
    ['RECURRENCE-ID;RANGE=THISANDFUTURE:20261120T080000Z'],
    ['RECURRENCE-ID:yesterday'],
    ['DURATION:PT8H'],
    ['DTEND:20261121T080000Z'],
    ['DTSTART:20261119T080000Z'],
    ['ATTENDEE;CN="kim:mailto:bob'],
    ['and here the description goes on'],
  ])('invariant 4: with %j, too', async (line) => {
    expect((await doubt(...TIMES, ...line.split('\r\n'))).why).not.toBe('');
  });

  test.each(['PX', 'P', 'PT', '-PT8H', 'PT8', 'P1Y', 'P1DT', 'PT99999999H'])(
    'invariant 4: with the duration %s, too',
    async (duration) => {
      expect((await doubt(TIMES[0]!, `DURATION:${duration}`)).why).toContain('duration');
    },
  );

  test('invariant 4: that has no beginning, or ends before it', async () => {
    expect((await doubt(TIMES[1]!)).why).toContain('without a beginning');
    expect((await doubt(TIMES[0]!, 'DTEND:20261119T080000Z')).why).toContain('ends before');
  });

  test('invariant 16: leaves the others as they are', async () => {
    const answer = await read(
      calendar(
        event('DTSTART:never', 'ATTENDEE:mailto:bob@corp.example'),
        event(...TIMES, ANA),
        event('DTSTART:never', 'SUMMARY:nobody'),
      ),
    );
    expect(answer).toMatchObject({ shifts: [{ emails: new Set(['ana@corp.example']) }] });
    expect(answer).toMatchObject({ doubts: [{ emails: new Set(['bob@corp.example']) }] });
  });

  test('invariant 16: is in doubt only around the time that it names, as far as it names one', async () => {
    const custom = (name: string, at: string) => `${name};TZID=Customized:${at}`;
    const once = await doubt(custom('DTSTART', '20261120T080000'), custom('DTEND', '20261120T160000'));
    expect([once.from, once.to]).toEqual([NOON - 19 * HOUR, NOON + 19 * HOUR]);
    const series = await doubt(custom('DTSTART', '20261120T080000'), 'RRULE:FREQ=DAILY');
    expect([series.from, series.to]).toEqual([NOON - 19 * HOUR, Infinity]);
    expect(await doubt('DTSTART:soon')).toMatchObject({ from: -Infinity, to: Infinity });
  });

  test('invariant 16: with bytes that are no UTF-8 spoils only the word in which they are', async () => {
    const text = calendar(event(...TIMES, 'LOCATION:B\u00fcro', 'SUMMARY:B\u00fcro ana@corp.example'));
    expect(await read(Buffer.from(text, 'latin1'))).toMatchObject({
      shifts: [{ emails: new Set(['ana@corp.example']) }],
      doubts: [],
    });
  });
});

describe('a shift', () => {
  const berlin = (name: string, at: string) => `${name};TZID=Europe/Berlin:${at}`;

  test('is in UTC, or in a zone by its wall clock, in summer and in winter', async () => {
    expect(await shifts(...TIMES)).toEqual([
      { from: Date.UTC(2026, 10, 20, 8), to: Date.UTC(2026, 10, 20, 16), emails: new Set() },
    ]);
    expect(
      await shifts(berlin('DTSTART', '20260703T080000'), berlin('DTEND', '20261120T080000')),
    ).toMatchObject([{ from: Date.UTC(2026, 6, 3, 6), to: Date.UTC(2026, 10, 20, 7) }]);
  });

  test('is in a zone by the name that Outlook gives it', async () => {
    expect(
      await shifts('DTSTART;TZID="W. Europe Standard Time":20261120T080000', 'DURATION:PT8H'),
    ).toMatchObject([{ from: Date.UTC(2026, 10, 20, 7), to: Date.UTC(2026, 10, 20, 15) }]);
  });

  test('is of its attendees, however they are written, save those who declined', async () => {
    expect(
      await emails(
        'ATTENDEE;CN="Ana: the; first";ROLE=REQ-PARTICIPANT:mailto:Ana@Corp.Example',
        'ATTENDEE;PARTSTAT=DECLINED:mailto:bob@corp.example',
        'ATTENDEE:MAILTO:kim@co',
        ' rp.example',
      ),
    ).toEqual(['ana@corp.example', 'kim@corp.example']);
  });

  test('is of those whose whole addresses stand in its summary', async () => {
    expect(
      await emails(String.raw`SUMMARY:On call: ana@corp.example\, Kim <kim@corp.example>\nbob@corp.example`),
    ).toEqual(['ana@corp.example', 'kim@corp.example', 'bob@corp.example']);
    expect(await emails('SUMMARY:dana@corp.example')).not.toContain('ana@corp.example');
    expect(await emails('SUMMARY:ana@corp.example@evil.example')).toEqual([]);
    expect(await emails('SUMMARY:ana@corp.example.evil.example')).not.toContain('ana@corp.example');
  });

  test('invariant 16: is read however its lines are folded, within a letter too', async () => {
    const bytes = Buffer.from(calendar(event(...TIMES, 'SUMMARY:B\u00fcro \u{1f4de} ana@corp.example')));
    const begin = bytes.indexOf('SUMMARY');
    const end = bytes.indexOf('ana@');
    for (let at = begin; at <= end; at++) {
      const folded = Buffer.concat([bytes.subarray(0, at), Buffer.from('\r\n '), bytes.subarray(at)]);
      const answer = await read(folded);
      expect(answer).toMatchObject({ shifts: [{ emails: new Set(['ana@corp.example']) }], doubts: [] });
    }
  });

  test('is not of those in its alarm, its description, or another part of the calendar', async () => {
    const alarm = [
      'BEGIN:VALARM',
      'ATTENDEE:mailto:eve@corp.example',
      'SUMMARY:eve@corp.example',
      'END:VALARM',
    ];
    expect(await emails(...alarm, 'DESCRIPTION:eve@corp.example')).toEqual([]);
    const todo = calendar('BEGIN:VTODO', ...TIMES, 'SUMMARY:eve@corp.example', 'END:VTODO');
    expect(await read(todo)).toEqual({ shifts: [], doubts: [] });
    const zone = ['BEGIN:VTIMEZONE', 'BEGIN:DAYLIGHT', 'RRULE:FREQ=YEARLY', 'END:DAYLIGHT', 'END:VTIMEZONE'];
    expect(await read(calendar(...zone))).toEqual({ shifts: [], doubts: [] });
    expect(
      await read(calendar('X-NOTE: one', 'and a line of no calendar', event(...TIMES, ANA))),
    ).toMatchObject({
      shifts: [{}],
    });
  });

  test('that was cancelled is none', async () => {
    const cancelled = await found(...TIMES, ANA, 'STATUS:CANCELLED', 'RRULE:FREQ=SOMETIMES');
    expect(cancelled).toEqual({ shifts: [], doubts: [] });
  });

  test('lasts as long as it says: days of the calendar, hours of the clock', async () => {
    const lasting = async (start: string, ...more: string[]) =>
      (await shifts(start, ...more)).map(({ from, to }) => (to - from) / HOUR);
    // The clock goes back on the 25th.
    expect(await lasting(berlin('DTSTART', '20261024T120000'), 'DURATION:P1D')).toEqual([25]);
    expect(await lasting(berlin('DTSTART', '20261024T120000'), 'DURATION:PT24H')).toEqual([24]);
    expect(await lasting(TIMES[0]!, 'DURATION:P1W')).toEqual([168]);
    expect(await lasting(TIMES[0]!, 'DURATION:P1DT2H30M')).toEqual([26.5]);
    expect(await lasting(TIMES[0]!)).toEqual([0]);
    expect(await lasting('DTSTART;VALUE=DATE:20261120')).toEqual([24]);
  });

  test('of whole days begins and ends at midnight, in the calendar’s own zone or the directory’s', async () => {
    const days = ['DTSTART;VALUE=DATE:20261025', 'DTEND;VALUE=DATE:20261026', ANA];
    const midnights = async (zone: string[], timezone: string) => {
      const answer = await read(calendar(...zone, event(...days)), NOON, timezone);
      if (typeof answer === 'string') throw new Error(answer);
      return answer.shifts.map(({ from, to }) =>
        [from, to].map((at) => new Date(at).toISOString().slice(5, 16)),
      );
    };
    expect(await midnights([], 'Europe/Berlin')).toEqual([['10-24T22:00', '10-25T23:00']]);
    expect(await midnights(['X-WR-TIMEZONE:Asia/Tokyo'], 'Europe/Berlin')).toEqual([
      ['10-24T15:00', '10-25T15:00'],
    ]);
    const lost = await read(calendar('X-WR-TIMEZONE:Mars/Base', event(...days)));
    expect(lost).toMatchObject({ shifts: [], doubts: [{ emails: new Set(['ana@corp.example']) }] });
  });
});

describe('a series', () => {
  const weekly = (...more: string[]) => [
    'UID:rota',
    'DTSTART;TZID=Europe/Berlin:20200106T090000',
    'DTEND;TZID=Europe/Berlin:20200106T170000',
    'RRULE:FREQ=WEEKLY;BYDAY=MO,FR',
    ANA,
    ...more,
  ];

  test('is on call each time, by the wall clock of its zone', async () => {
    expect(await begins('2026-11-20T12:00:00Z', weekly())).toEqual(['2026-11-20T08:00']);
    expect(await begins('2026-07-03T12:00:00Z', weekly())).toEqual(['2026-07-03T07:00']);
    expect(await begins('2026-11-19T12:00:00Z', weekly())).toEqual([]);
    expect(await begins('2019-11-22T12:00:00Z', weekly())).toEqual([]);
  });

  test('of whole days is so in the zone of the calendar', async () => {
    const days = ['DTSTART;VALUE=DATE:20260105', 'DTEND;VALUE=DATE:20260107', 'RRULE:FREQ=WEEKLY', ANA];
    expect(await begins('2026-11-15T23:30:00Z', days)).toEqual(['2026-11-15T23:00']);
    expect(await begins('2026-11-17T22:30:00Z', days)).toEqual(['2026-11-15T23:00']);
    expect(await begins('2026-11-17T23:30:00Z', days)).toEqual([]);
    const until = days.map((line) => line.replace('WEEKLY', 'WEEKLY;UNTIL=20261116'));
    expect(await begins('2026-11-17T12:00:00Z', until)).toEqual(['2026-11-15T23:00']);
    expect(await begins('2026-11-24T12:00:00Z', until)).toEqual([]);
  });

  test('ends with its rule', async () => {
    const until = (rule: string) => weekly().map((line) => line.replace('BYDAY=MO,FR', rule));
    expect(await begins('2026-11-16T12:00:00Z', until('UNTIL=20261116T080000Z'))).toHaveLength(1);
    expect(await begins('2026-11-16T12:00:00Z', until('UNTIL=20261116T075959Z'))).toHaveLength(0);
    expect(await begins('2026-11-16T12:00:00Z', until('COUNT=359'))).toHaveLength(1);
    expect(await begins('2026-11-16T12:00:00Z', until('COUNT=358'))).toHaveLength(0);
  });

  test('is not on call where it leaves one out, and is where it adds one', async () => {
    expect(
      await begins(
        '2026-11-20T12:00:00Z',
        weekly('EXDATE;TZID=Europe/Berlin:20261116T090000,20261120T090000'),
      ),
    ).toEqual([]);
    expect(await begins('2026-11-19T12:00:00Z', weekly('RDATE:20261119T100000Z'))).toEqual([
      '2026-11-19T10:00',
    ]);
  });

  test('has another in the place of the one that was moved, given to somebody else, or cancelled', async () => {
    const other = (...lines: string[]) => [
      'UID:rota',
      'RECURRENCE-ID;TZID=Europe/Berlin:20261120T090000',
      ...lines,
      'SUMMARY:kim@corp.example',
    ];
    const at = '2026-11-20T12:00:00Z';
    const moved = other('DTSTART:20261120T113000Z', 'DURATION:PT1H');
    for (const order of [
      [weekly(), moved],
      [moved, weekly()],
    ])
      expect(await begins(at, ...order)).toEqual(['2026-11-20T11:30']);
    expect(await begins(at, weekly(), other('DTSTART:20261121T080000Z', 'DURATION:PT8H'))).toEqual([]);
    expect(await begins(at, weekly(), other('DTSTART:20261120T080000Z', 'STATUS:CANCELLED'))).toEqual([]);
    const another = weekly().map((line) => line.replace('UID:rota', 'UID:another'));
    expect(await begins(at, another, moved)).toHaveLength(2);
  });

  test('invariant 4: from which one is moved, nobody knows which, is in doubt', async () => {
    const moved = ['UID:rota', 'RECURRENCE-ID:soon', ...TIMES, 'SUMMARY:kim@corp.example'];
    const answer = await read(calendar(event(...weekly()), event(...moved)));
    expect(answer).toMatchObject({
      shifts: [],
      doubts: [{ emails: new Set(['ana@corp.example']) }, { emails: new Set(['kim@corp.example']) }],
    });
  });

  test('invariant 16: however many there are, and however many times each, others have their turn', async () => {
    const list = (most: number) => Array.from({ length: most }, (_, n) => n).join();
    const busy = `RRULE:FREQ=SECONDLY;BYHOUR=${list(24)};BYMINUTE=${list(60)};BYSECOND=${list(60)}`;
    const parts = Array.from({ length: 1100 }, (_, n) =>
      event(...(n % 500 === 0 ? [TIMES[0]!, ANA, 'DURATION:P9D', busy] : weekly())),
    );
    let turns = 0;
    let over = false;
    const others = () => void (over || (turns++, setImmediate(others)));
    others();
    const answer = await read(calendar(...parts));
    over = true;
    expect(turns).toBeGreaterThan(1000);
    if (typeof answer === 'string') throw new Error(answer);
    expect(answer.shifts.length).toBeGreaterThan(900);
    expect(answer.doubts.map(({ why }) => why)).toContain('that is repeated, among very many that are');
    expect(answer.doubts.map(({ why }) => why)).toContain(
      'that is repeated by a rule that cannot be worked out, or too often',
    );
  });
});

test.each(['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Tokyo'])(
  'invariant 4: on a host in %s a calendar says what it says elsewhere: of an hour that comes twice the first counts',
  (TZ) => {
    const script = `
      require('@swc/core');
      const { transformFileSync } = require('@swc/core');
      const { readFileSync } = require('node:fs');
      require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }).code, file);
      const Module = require('node:module');
      const resolve = Module._resolveFilename;
      Module._resolveFilename = (name, ...rest) => resolve(name.startsWith('.') && !rest[0].id.includes('node_modules') ? name.replace(/\\.js$/, '.ts') : name, ...rest);
      const { calendarIn } = require('./src/people/on-call/ical.ts');
      const at = Date.parse(process.argv[2]);
      calendarIn(readFileSync(0), { timezone: 'Europe/Berlin', span: { from: at, to: at + 1 } }).then((found) =>
        console.log(JSON.stringify(found.map(({ from, to }) => [from, to].map((one) => new Date(one).toISOString().slice(5, 16))))));
    `;
    const of = (at: string, ...lines: string[]): unknown =>
      JSON.parse(
        execFileSync(process.execPath, ['-e', script, '-', at], {
          input: calendar(event(...lines, ANA)),
          env: { ...process.env, TZ },
          encoding: 'utf8',
        }),
      );
    const wall = (name: string, time: string) => `${name};TZID=Europe/Berlin:${time}`;
    expect(of('2026-10-25T01:00:00Z', wall('DTSTART', '20261025T023000'), 'DURATION:PT1H')).toEqual([
      ['10-25T00:30', '10-25T01:30'],
    ]);
    expect(of('2026-03-29T01:30:00Z', wall('DTSTART', '20260329T023000'), 'DURATION:PT1H')).toEqual([
      ['03-29T01:30', '03-29T02:30'],
    ]);
    expect(
      of('2026-10-25T01:00:00Z', wall('DTSTART', '20261020T023000'), 'DURATION:PT1H', 'RRULE:FREQ=DAILY'),
    ).toEqual([['10-25T00:30', '10-25T01:30']]);
    expect(of('2026-10-25T01:00:00Z', 'DTSTART;VALUE=DATE:20261018', 'RRULE:FREQ=WEEKLY')).toEqual([
      ['10-24T22:00', '10-25T23:00'],
    ]);
  },
);
