import { shiftsIn } from '../../src/oncall/ical.js';

const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const calendar = (...parts: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...parts, 'END:VCALENDAR', ''].join('\r\n');
const TIMES = ['DTSTART:20261120T080000Z', 'DTEND:20261120T160000Z'];
const shifts = (...lines: string[]) => shiftsIn(calendar(event(...lines)));
const emails = (...lines: string[]) => {
  const found = shifts(...TIMES, ...lines);
  if (typeof found === 'string') throw new Error(found);
  return found.flatMap((shift) => [...shift.emails]);
};

describe('a calendar whose shifts cannot be known', () => {
  test.each([
    ['nothing', '', 'it is no calendar'],
    ['a page', '<html><body>Sign in</body></html>', 'a line that is none'],
    ['a text', 'BEGIN:VCARD\nEND:VCARD', 'it is no calendar'],
    ['one that breaks off', calendar(event(...TIMES)).replace('END:VCALENDAR', ''), 'it breaks off'],
    [
      'one whose parts overlap',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR',
      'do not end where they should',
    ],
    ['a parameter without an end', calendar('X;A="b:c'), 'a line that is none'],
  ])('%s', (_, text, why) => {
    expect(shiftsIn(text)).toContain(why);
  });

  test.each([
    'RRULE:FREQ=WEEKLY',
    'RDATE:20261121T080000Z',
    'EXDATE:20261120T080000Z',
    'RECURRENCE-ID:20261120T080000Z',
    'rrule:FREQ=DAILY',
    'DURATION:PT8H',
  ])('invariant 4: an event with %s, and with it the whole calendar', (line) => {
    const good = event(...TIMES, 'SUMMARY:ana@corp.example');
    expect(shiftsIn(calendar(good, event(...TIMES, line)))).toContain('which is not supported');
  });

  test.each([
    ['a day without a time', 'DTSTART;VALUE=DATE:20261120'],
    ['a day that does not exist', 'DTSTART:20260230T080000Z'],
    ['an hour that does not exist', 'DTSTART:20261120T250000Z'],
    ['no time zone', 'DTSTART:20261120T080000'],
    ['a time zone of nobody’s', 'DTSTART;TZID=W. Europe Standard Time:20261120T080000'],
    ['a time zone that is a path', 'DTSTART;TZID=../../etc/passwd:20261120T080000'],
    ['a long number', `DTSTART:${'9'.repeat(10_000)}`],
  ])('invariant 4: an event with %s', (_, start) => {
    expect(shifts(start, 'DTEND:20261120T160000Z')).toEqual(expect.stringContaining('it has an event'));
  });

  test('invariant 4: an event with two beginnings, or none', () => {
    expect(shifts(...TIMES, TIMES[0]!)).toContain('without a beginning and an end');
    expect(shifts(TIMES[1]!)).toContain('without a beginning and an end');
  });

  test('a great many lines, and one great line, take no time', () => {
    const began = process.hrtime.bigint();
    shiftsIn(calendar(event(...TIMES, `SUMMARY:${'a@'.repeat(400_000)}`)));
    shiftsIn(calendar(`X${';A=b,'.repeat(200_000)}`));
    shiftsIn('BEGIN:VEVENT\n'.repeat(150_000));
    shiftsIn(calendar(event(...TIMES, `SUMMARY:${'\\'.repeat(400_000)}`)));
    shiftsIn(calendar(event(...TIMES, `SUMMARY:a${'\n '.repeat(400_000)}`)));
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(2_000);
  });
});

describe('a shift', () => {
  test('is in UTC, or in a zone by its wall clock, in summer and in winter', () => {
    const berlin = (name: string, at: string) => `${name};TZID=Europe/Berlin:${at}`;
    expect(shifts(...TIMES)).toEqual([
      { from: Date.UTC(2026, 10, 20, 8), to: Date.UTC(2026, 10, 20, 16), emails: new Set() },
    ]);
    expect(shifts(berlin('DTSTART', '20261120T080000'), berlin('DTEND', '20260703T080000'))).toMatchObject([
      { from: Date.UTC(2026, 10, 20, 7), to: Date.UTC(2026, 6, 3, 6) },
    ]);
  });

  test('is of its attendees, however they are written, save those who declined', () => {
    expect(
      emails(
        'ATTENDEE;CN="Ana: the; first";ROLE=REQ-PARTICIPANT:mailto:Ana@Corp.Example',
        'ATTENDEE;PARTSTAT=DECLINED:mailto:bob@corp.example',
        'ATTENDEE:MAILTO:kim@co',
        ' rp.example',
      ),
    ).toEqual(['ana@corp.example', 'kim@corp.example']);
  });

  test('is of those whose whole addresses stand in its summary', () => {
    expect(
      emails(String.raw`SUMMARY:On call: ana@corp.example\, Kim <kim@corp.example>\nbob@corp.example`),
    ).toEqual(['ana@corp.example', 'kim@corp.example', 'bob@corp.example']);
    expect(emails('SUMMARY:dana@corp.example')).not.toContain('ana@corp.example');
    expect(emails('SUMMARY:ana@corp.example@evil.example')).toEqual([]);
    expect(emails('SUMMARY:ana@corp.example.evil.example')).not.toContain('ana@corp.example');
  });

  test('is not of those in its alarm, its description, or another part of the calendar', () => {
    const alarm = [
      'BEGIN:VALARM',
      'ATTENDEE:mailto:eve@corp.example',
      'SUMMARY:eve@corp.example',
      'END:VALARM',
    ];
    expect(emails(...alarm, 'DESCRIPTION:eve@corp.example')).toEqual([]);
    expect(shiftsIn(calendar('BEGIN:VTODO', ...TIMES, 'SUMMARY:eve@corp.example', 'END:VTODO'))).toEqual([]);
    const zone = ['BEGIN:VTIMEZONE', 'BEGIN:DAYLIGHT', 'RRULE:FREQ=YEARLY', 'END:DAYLIGHT', 'END:VTIMEZONE'];
    expect(shiftsIn(calendar(...zone))).toEqual([]);
  });

  test('that was cancelled is none', () => {
    expect(shifts(...TIMES, 'SUMMARY:ana@corp.example', 'STATUS:CANCELLED')).toEqual([]);
  });
});
