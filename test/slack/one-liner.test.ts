import * as fc from 'fast-check';
import { formIn } from '../../src/slack/subcommands/request.js';
import { typed } from '../../src/slack/subcommands/words.js';
import { HOUR, MINUTE } from '../support/requests.js';
import { directory, entitlement } from '../support/slack.js';
import { tries } from '../support/tries.js';

const offered = [15 * MINUTE, HOUR, 90 * MINUTE, 2 * HOUR, 4 * HOUR];
const entitlements = new Map([['orders-db-admin', entitlement('orders-db-admin', { durations: offered })]]);
const read = (text: string) => formIn(typed(text), { directory, entitlements });
const form = (rest: string) => read(`orders-db-admin ${rest}`).filled;

describe('what is no duration is part of the reason', () => {
  test.each([
    '5xx errors on checkout',
    '2nd attempt of today',
    '3 stuck orders',
    '10 in a row failed',
    '0h of sleep',
    '3 pours',
    'an hour of work',
    '1e3 rows',
    '99999999h to go',
  ])('%s', (reason) => {
    const { filled, notes } = read(`orders-db-admin ${reason}`);
    expect([filled.duration, filled.justification, notes]).toEqual([undefined, reason, []]);
  });
});

describe('a duration is read as people write it', () => {
  test.each([
    ['1H', '1h'],
    ['1 hour', '1h'],
    ['1 h', '1h'],
    ['60 min', '1h'],
    ['90min', '1h30m'],
    ['90 Minutes', '1h30m'],
    ['1h30', '1h30m'],
    ['1h30m', '1h30m'],
    ['1 hour 30 minutes', '1h30m'],
    ['2 hours', '2h'],
    ['2hrs,', '2h'],
    ['`2h`', '2h'],
    ['2 days', '2d'],
  ])('%s is %s', (written, duration) => {
    const filled = form(`${written} fixing orders`);
    expect([filled.duration, filled.justification]).toEqual([duration, 'fixing orders']);
  });

  test('as one that is on offer, where the words can be read in two ways', () => {
    expect(form('1h 5 minutes of downtime')).toMatchObject({
      duration: '1h',
      justification: '5 minutes of downtime',
    });
  });

  test.each([
    ['1huor', '1h'],
    ['2 huors', '2h'],
    ['90mintues', '1h30m'],
    ['1 hor', undefined],
    ['1hor', '1h'],
  ])('a slip of the pen is asked about: %s', (written, meant) => {
    const { filled, notes } = read(`orders-db-admin ${written} fixing orders`);
    expect(filled.duration).toBe(meant);
    expect(notes).toEqual(
      meant === undefined ? [] : [`"${written}" is not a duration. Did you mean ${meant}?`],
    );
  });
});

describe('formatting', () => {
  test.each([
    ['`orders-db-admin 1h fixing the orders`', 'fixing the orders'],
    ['"orders-db-admin 1h fixing the orders"', 'fixing the orders'],
    ['“orders-db-admin 1h fixing the orders.”', 'fixing the orders.'],
    ['*orders-db-admin* _1h_ fixing *the orders*', 'fixing the orders'],
    ['*_orders-db-admin_* ~1h~, fixing ```the``` orders.', 'fixing the orders.'],
    ['orders-db-admin. 1h. deleting *.log of _id and ~/tmp', 'deleting *.log of _id and ~/tmp'],
    ['orders-db-admin 1h saying "no" to it', 'saying "no" to it'],
    ['"orders-db-admin" 1h saying "no"', 'saying "no"'],
  ])('%s', (text, justification) => {
    expect(read(text).filled).toEqual({ entitlement: 'orders-db-admin', duration: '1h', justification });
  });

  const word = fc.stringMatching(/^[a-z]{2,8}$/);
  const marks = fc.array(fc.constantFrom('*', '_', '~', '`', '```'), { maxLength: 3 });
  const around = (text: string, these: string[]) => these.reduce((inner, mark) => mark + inner + mark, text);

  test('property: whatever is put around the words, the same form comes out', () => {
    const time = fc.constantFrom('1h', '1H', '90min', '2 hours', '1 h');
    const name = fc.constantFrom('orders-db-admin', 'Orders-DB-Admin');
    const quotes = fc.constantFrom(['', ''], ['"', '"'], ['“', '”'], ['‘', '’'], ['', '.'], ['', ',']);
    const all = fc.tuple(
      name,
      time,
      fc.array(word, { minLength: 1, maxLength: 6 }),
      fc.array(marks),
      marks,
      quotes,
    );
    fc.assert(
      fc.property(all, ([entitlement, duration, reason, each, whole, [begin, end]]) => {
        const plain = read([entitlement, duration, ...reason].join(' '));
        const dressed = [`${begin}${entitlement}${end}`, duration, ...reason].map((text, n) =>
          n === 1 && text.includes(' ') ? text : around(text, each[n] ?? []),
        );
        expect(read(dressed.join(' '))).toEqual(plain);
        expect(read(around([entitlement, duration, ...reason].join(' '), whole))).toEqual(plain);
      }),
      { numRuns: tries(200, 5_000) },
    );
  });

  test('property: whatever is typed, a form comes out, of bounded work', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('*', '_', '`', '"', '“', '<', '>', '|', '&lt;', '1h', '99999', 'hours', ' ', '.'),
    );
    const text = fc.array(piece, { maxLength: 400 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (typed) => {
        const { filled } = read(typed);
        const length = Object.values(filled).join('').length;
        expect(length).toBeLessThanOrEqual(2 * 3000);
      }),
      { numRuns: tries(100, 2_000) },
    );
  });

  test.each(['*', '_a ', '* ', '`x` ', '"', '<', '1h', '1 ', '*_~`'])(
    'invariant 16: 3,000 characters of %j take no longer for being hostile',
    (piece) => {
      const [short, long] = [300, 3_000].map((length) => {
        const text = `orders-db-admin ${piece.repeat(length)}`.slice(0, length);
        const times = Array.from({ length: 5 }, () => {
          const began = performance.now();
          read(text);
          return performance.now() - began;
        });
        return Math.min(...times);
      });
      // Ten times the text; the square of that is allowed for, and what a busy machine adds.
      expect(long!).toBeLessThan(100 * short! + 50);
    },
  );
});

describe('an emergency', () => {
  test.each([
    ['1h emergency the shop is down', { duration: '1h', justification: 'the shop is down' }],
    ['emergency 1h the shop is down', { duration: '1h', justification: 'the shop is down' }],
    ['emergency the shop is down', { justification: 'the shop is down' }],
    ['2 hours *Emergency*, the shop is down', { duration: '2h', justification: 'the shop is down' }],
  ])('is said right after the name or the duration: %s', (written, filled) => {
    expect(form(written)).toEqual({ entitlement: 'orders-db-admin', emergency: true, ...filled });
  });

  test.each(['1h there is an emergency', '1h the emergency 2h ago', '1h emergencies'])(
    'anywhere else it is part of the reason: %s',
    (written) => {
      expect(form(written)).not.toHaveProperty('emergency');
      expect(form(written).justification).toBe(written.slice(3));
    },
  );
});
