import { ticketIn } from '../../src/slack/acts/request/ticket-in.js';

/** What a pattern that matches nothing is tried on. */
function tried(words: string[]): string[] {
  const texts: string[] = [];
  expect(ticketIn(words, (text) => texts.push(text) < 0)).toBeUndefined();
  return texts;
}

test('invariant 16: a pattern is tried on nothing that is longer than a ticket, and on each part once', () => {
  const [long, longer] = ['d'.repeat(40), 'e'.repeat(64)];
  expect(tried(['a'.repeat(1000), 'b'.repeat(65), `${long}/${longer}`, 'OPS-12', 'see:OPS'])).toEqual([
    long,
    longer,
    'OPS-12',
    'see:OPS',
    'see',
    'OPS',
  ]);
});

test('invariant 16: of long words only a few are tried, and short ones behind them all the same', () => {
  const long = Array.from({ length: 9 }, (_, n) => String(n).repeat(64));
  expect(tried([...long, 'OPS-12'])).toEqual([...long.slice(0, 3), 'OPS-12']);
});
