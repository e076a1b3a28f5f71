import { timeCells, timeValues } from '../../../src/policy/questions/cells/time.js';
import { describeTimes } from '../../../src/policy/questions/cells/when.js';
import { truthIn } from '../../../src/policy/questions/cells/cell.js';
import { isTimeKnown } from '../../../src/policy/questions/cells/time-cuts.js';
import { folded } from '../../../src/policy/expressions/fold.js';
import { termOf } from '../../../src/policy/expressions/term.js';
import { jsonOf } from '../../../src/policy/questions/probe.js';
import { loadFolder } from '../../../src/policy/load.js';
import { random } from '../../fuzz/random.js';
import { FILES, folder, kinds, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

const FRIDAY = Date.parse('2026-11-20T10:20:00Z');
const DAY = 86_400_000;

async function clock(timezone: string) {
  const text = `${FILES['directory.yml']}timezone: ${timezone}
businessHours: { days: [1, 2, 3, 4, 5], from: 8, to: 18, holidays: ["2026-12-25"] }
`;
  const loaded = await loadFolder(await folder({ 'directory.yml': text }), { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.parts.directory;
}

const termsIn = (...conditions: string[]) =>
  conditions.map((condition) => {
    const json = jsonOf(`permit (principal, action, resource) when { ${condition} };`);
    return folded(termOf(json.conditions[0]!.body), { at: () => undefined, entity: () => undefined });
  });

describe('stretches of time that no policy tells apart', () => {
  test.each([
    ['context.hour >= 8', '17 >= context.hour', 'context.weekday != 6'],
    ['[1, 3, 5].contains(context.weekday)', 'context.hour == 12'],
    ['context.hour + context.weekday > 12', 'context.hour == context.weekday'],
    ['context.now < datetime("2026-12-07T12:00:00Z")', 'context.now.toDate() == datetime("2027-03-28")'],
    ['context.now.toTime() > duration("13h")', 'context.now.offset(duration("-30m")).toTime().toHours() < 2'],
    ['context.now.durationSince(datetime("2026-12-01")).toDays() > 10', 'context.businessHours'],
    ['context.now.toTime().toMinutes() == 0', 'datetime("2027-01-01T00:00:00+0200") <= context.now'],
  ])('answer alike at every instant of theirs: %s', async (...conditions) => {
    const r = random(7);
    for (const timezone of ['Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']) {
      const directory = await clock(timezone);
      const terms = termsIn(...conditions);
      expect(terms.every(isTimeKnown)).toBe(true);
      const cells = timeCells(terms, [directory], FRIDAY);
      const answers = new Map(cells.map((cell) => [terms.map((term) => truthIn(term, cell)).join(), cell]));
      expect(answers.size).toBe(cells.length);
      for (let n = 0; n < 300; n++) {
        const at = FRIDAY + r.int(390 * 24 * 60) * 60_000 + r.int(60_000);
        const here = { values: timeValues(at, [directory]) };
        const cell = answers.get(terms.map((term) => truthIn(term, here)).join());
        const isIn = cell?.stretches.some(({ from, to }) => from <= at && at < to);
        expect([timezone, new Date(at).toISOString(), isIn]).toEqual([
          timezone,
          new Date(at).toISOString(),
          true,
        ]);
      }
    }
  });

  test.each([
    'context.hour < context.now.toTime().toHours()',
    'context.now.toDate() == context.now',
    'context.now.durationSince(context.now.toDate()).toHours() < 3 && context.hour < 2',
  ])('are not claimed of what is not understood: %s', (condition) => {
    expect(termsIn(condition).every(isTimeKnown)).toBe(false);
  });

  test('begin with the instant from which they are asked for', async () => {
    const [cell] = timeCells([], [await clock('UTC')], FRIDAY);
    expect(cell).toMatchObject({ at: FRIDAY, stretches: [{ from: FRIDAY }] });
  });
});

describe('times are told as people tell them', () => {
  const told = async (conditions: string[], timezone = 'Europe/Berlin') => {
    const terms = termsIn(...conditions);
    const cells = timeCells(terms, [await clock(timezone)], FRIDAY);
    const those = cells.filter((cell) => terms.every((term) => truthIn(term, cell) === 'T'));
    return describeTimes(those, cells, timezone);
  };

  test.each([
    ['context.hour >= 0', 'always'],
    ['context.hour > 30', 'never'],
    ['context.businessHours', 'Mon–Fri 8–18 except on 25 Dec 2026'],
    ['!context.businessHours', 'outside Mon–Fri 8–18 and all of 25 Dec 2026'],
    ['context.weekday > 5', 'Sat–Sun 0–24'],
    ['context.weekday != 3 && context.hour != 12', 'Mon–Tue 0–12 and 13–24, Thu–Sun 0–12 and 13–24'],
    ['context.weekday == 7 && context.hour == 3', 'Sun 3–4'],
    ['context.now >= datetime("2027-01-01T00:00:00+0100")', 'from 1 Jan 2027: always'],
    ['context.now < datetime("2026-12-24T00:00:00+0100")', 'until 23 Dec 2026: always'],
    ['context.now >= datetime("2026-11-22T06:30:00Z")', 'from 22 Nov 2026, 07:30: always'],
    ['context.now.toTime() < duration("8h")', 'Mon–Sun 2–10, in most weeks'],
  ])('%s: %s', async (condition, expected) => {
    expect(await told([condition])).toBe(expected);
  });

  test('until the last minute of it', async () => {
    const conditions = ['context.now < datetime("2026-12-07T12:00:00Z")', 'context.hour < 9'];
    expect(await told(conditions)).toBe('until 7 Dec 2026, 09:00: Mon–Sun 0–9');
  });

  test('to the minute, where a policy asks for that', async () => {
    const [from, to]: [string, string] = [
      'context.now.toTime() >= duration("9h30m")',
      'context.now.toTime() < duration("9h45m")',
    ];
    expect(await told([from, to], 'UTC')).toBe('Mon–Sun 9:30–9:45');
  });

  test('always is always in a week in which the clocks change', async () => {
    const cells = timeCells(
      termsIn('context.hour >= 8'),
      [await clock('Europe/Berlin')],
      Date.UTC(2026, 9, 23),
    );
    expect(describeTimes(cells, cells, 'Europe/Berlin')).toBe('always');
    expect(
      cells.flatMap(({ stretches }) => stretches).reduce((sum, { from, to }) => sum + to - from, 0),
    ).toBe(400 * DAY);
  });
});

test('a time that is moved so far that Cedar errs is not claimed to be understood', () => {
  const far = 'context.now.offset(duration("9223372036854775807ms")) > datetime("2026-01-01")';
  expect(termsIn(far).every(isTimeKnown)).toBe(false);
});
