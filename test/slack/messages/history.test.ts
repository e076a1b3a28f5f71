import { seal, NO_TAIL, type AuditRecord } from '../../../src/domain/record/seal.js';
import type { Event } from '../../../src/domain/request/event.js';
import { history } from '../../../src/slack/messages/history.js';
import { active, ana, closed, min, sam } from '../../support/requests.js';
import { ID, problemsOf, stateAfter, wordsIn } from '../../support/slack.js';

function recordsOf(events: Event[]): AuditRecord[] {
  let tail = NO_TAIL;
  return events.map((event) => {
    const record = seal(ID, tail, event);
    tail = { n: record.n, hash: record.hash };
    return record;
  });
}

const state = stateAfter(closed);
const linesOf = (events: Event[]) =>
  wordsIn(history(recordsOf(events), state).blocks.slice(0, -1))
    .replaceAll(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .split('\n');
const asked = (n: number): Event => ({ type: 'MintRequested', at: min(7 + n), by: ana, waiting: `V${n}` });

test('what has happened, oldest first, in plain words', () => {
  const { text, blocks } = history(recordsOf(closed), state);
  expect(text).toBe('What has happened to *Orders database admin* for <@UANA>');
  expect(problemsOf({ text, blocks })).toEqual([]);
  expect(wordsIn(blocks.at(-1))).toBe(`Request \`${ID}\``);
  expect(linesOf(closed)).toEqual([
    '2026-11-20 10:00 UTC, <@UANA>: Asked for Orders database admin for 1 hour; needs approval from manager',
    '2026-11-20 10:00 UTC: Checked against AWS’s limits',
    '2026-11-20 10:01 UTC, <@UBOB>: Approved (manager)',
    '2026-11-20 10:05 UTC: Approved until 2026-11-20 11:05 UTC',
    '2026-11-20 10:05 UTC: Access is being set up',
    '2026-11-20 10:06 UTC: Access is set up',
    '2026-11-20 11:05 UTC: Access is ending: time was up',
    '2026-11-20 11:10 UTC: Access has ended: time was up',
  ]);
});

test('of a long history the end, and how many are left out', () => {
  const presses = Array.from({ length: 500 }, (_, n) => asked(n));
  const { text, blocks } = history(recordsOf([...active, ...presses]), state);
  expect(problemsOf({ text, blocks })).toEqual([]);
  const [first, ...shown] = linesOf([...active, ...presses]);
  const [, left] = /^_(\d+) earlier events are on record\._$/.exec(first!)!;
  expect(shown).toHaveLength(active.length + 500 - Number(left));
  expect(shown.length).toBeGreaterThan(50);
  expect(shown.at(-1)).toContain('Asked for a session');
  expect(wordsIn(blocks)).toContain(`^${min(506) / 1000}^`);
});

test('one that is left out is one event', () => {
  const long: Event = {
    type: 'VotesVoided',
    at: min(1),
    by: 'jit',
    people: ['x'.repeat(300)],
    why: 'y'.repeat(300),
  };
  const count = (n: number) => linesOf([...active.slice(0, 1), ...Array.from({ length: n }, () => long)])[0];
  const first = Array.from({ length: 40 }, (_, n) => count(n)).find((line) => line!.startsWith('_'));
  expect(first).toBe('_1 earlier event is on record._');
});

test('invariant 11: what a forged event says becomes no markup', () => {
  const forged = {
    type: '<!channel>',
    at: min(1),
    by: { ...sam, email: '<!here>', account: { provider: 'x', tenant: '', id: '' } },
  };
  const { blocks } = history(recordsOf([forged as unknown as Event]), state);
  expect(wordsIn(blocks)).toContain(', &lt;!here&gt;: &lt;!channel&gt;');
});
