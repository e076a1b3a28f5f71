import { markdownOf, textOf, type ToldDiff } from '../../../src/cli/policy/diff-report.js';
import type { DiffRow } from '../../../src/policy/diff/describe.js';

const none: ToldDiff = {
  differs: false,
  hashes: { before: 'a', after: 'b' },
  timezone: 'Europe/Berlin',
  from: 0,
  rows: [],
  acts: [],
  rights: [],
  stages: [],
  settings: [],
  files: { policies: [], catalog: [], directory: [] },
  open: [],
};
const row: DiffRow = {
  kind: 'lost approval',
  who: ['engineers'],
  entitlements: ['orders-logs'],
  durations: 'any duration',
  times: 'any time',
  ticket: 'with or without a ticket',
  before: 'manager, security',
  after: 'manager',
  witness: { who: { email: 'ana@corp.example', groups: [] }, entitlement: 'orders-logs', duration: 1, at: 0 },
};
const gained: ToldDiff['rights'][number] = {
  entitlements: ['orders-logs'],
  becomes: 'gained',
  right: { is: 'statement', actions: { only: ['s3:*'] }, resources: { only: ['*'] } },
};
const files = { policies: ['a: changed'], catalog: [], directory: [] };
const seat = {
  stage: 'security',
  entitlements: ['orders-logs'],
  come: ['sam@corp.example'],
  gone: [],
  empty: false,
};
const headline = (diff: Partial<ToldDiff>) => textOf({ ...none, ...diff }).split('\n')[0];

describe('the headline says what the rest says', () => {
  test.each<[string, Partial<ToldDiff>]>([
    ['Nothing differs.', {}],
    ['No request or vote would be decided differently, and nobody gets other rights.', { files }],
    ['Rights gained.', { differs: true, rights: [gained], files }],
    ['Rights gained and lost.', { differs: true, rights: [gained, { ...gained, becomes: 'lost' }] }],
    ['Who may approve changes.', { differs: true, stages: [seat] }],
    [
      'Lost approval; rights changed; who may approve and end access changes; IAM names change.',
      {
        differs: true,
        rows: [row],
        rights: [{ ...gained, becomes: 'changed' }],
        stages: [seat],
        acts: [{ act: 'revoke', who: ['a'], entitlements: ['b'], becomes: 'allowed' }],
        settings: [{ about: 'IAM names', says: 'a: x → y' }],
      },
    ],
    ['It is not proven that no request would be decided differently.', { open: ['x'], files }],
    ['Rights gained; not everything is proven.', { differs: true, rights: [gained], open: ['x'] }],
    [
      'Only requests on record are decided differently; 1 of 2 recorded requests would differ: 1 become automatic.',
      {
        differs: true,
        files,
        history: {
          requests: 2,
          counts: { 'become automatic': 1 },
          differ: [{ id: '1', requester: 'a', entitlement: 'b', when: 'asking', before: 'c', after: 'd' }],
          otherwise: [],
          unjudged: [],
        },
      },
    ],
  ])('%s', (expected, diff) => {
    expect(headline(diff)).toBe(expected);
    expect(markdownOf({ ...none, ...diff })).toContain(`### ${expected}`);
  });
});

describe('on a pull request', () => {
  test('names of files and of AWS are code, and nothing in them is markup', () => {
    const hostile = 'arn:aws:s3:::a`b`` <img src=x> @everyone\n# hi';
    const right = { ...gained.right, resources: { only: [hostile] } };
    const out = markdownOf({ ...none, differs: true, rights: [{ ...gained, right }] });
    expect(out).toContain(
      '- `orders-logs`: + `s3:*` on ```arn:aws:s3:::a`b`` <img src=x> @everyone\uFFFD# hi```\n',
    );
  });

  test.each(['x', '*', '@', '`', '好', '\u0000'])(
    'a huge change of names of %j fits into a comment, and says what it leaves out',
    (sign) => {
      const name = (n: number) => `${String(n)}${sign.repeat(250)}`;
      const names = (count: number) => Array.from({ length: count }, (_, n) => name(n));
      const thousands = names(2_000);
      const many = <T>(one: (n: number) => T) => Array.from({ length: 300 }, (_, n) => one(n));
      const huge: ToldDiff = {
        ...none,
        differs: true,
        rows: many((n) => ({
          ...row,
          kind: n % 2 === 0 ? 'lost approval' : 'newly permitted',
          who: names(9),
          entitlements: names(9),
          times: name(n),
        })),
        acts: many(() => ({
          act: 'approve',
          stage: name(1),
          who: names(20),
          entitlements: names(20),
          becomes: 'allowed',
        })),
        rights: many((n) => ({
          entitlements: names(9),
          becomes: (['gained', 'lost', 'changed'] as const)[n % 3]!,
          right: {
            is: 'statement',
            actions: { only: thousands },
            resources: { only: thousands },
            condition: name(3),
          },
        })),
        stages: many(() => ({
          stage: name(1),
          entitlements: names(9),
          requesters: names(9),
          come: names(9),
          gone: names(9),
          empty: true,
        })),
        settings: many((n) => ({ about: 'IAM names', says: name(n) })),
        files: { policies: many(name), catalog: many(name), directory: many(name) },
        open: many(name),
      };
      const out = markdownOf(huge);
      expect(Buffer.byteLength(out)).toBeLessThan(65_536);
      for (const title of [
        'Lost approval',
        'Newly permitted',
        'Rights gained',
        'Who sits in the stages',
        'Settings',
        'Directory',
        'Not proven',
      ])
        expect(out).toContain(title);
      expect(out).toMatch(/… and \d+ more: --json has them all/);
      expect(textOf(huge).split('\n').length).toBeLessThan(600);
    },
  );

  test('a long part is folded, and its title is text too', () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ ...row, times: 'at night', before: `b${n}` }));
    const out = markdownOf({ ...none, differs: true, rows, timezone: 'A<b>&@x_y' });
    expect(out).toContain('<summary>Lost approval (hours in A&lt;b&gt;&amp;@\u2060x_y)</summary>\n\n- ');
    expect(out).not.toContain('<b>');
  });

  test('a line names as many as can be read, and still says what becomes of it', () => {
    const entitlements = Array.from({ length: 500 }, (_, n) => `thing-${n}-${'x'.repeat(60)}`);
    const out = markdownOf({ ...none, differs: true, rows: [{ ...row, entitlements }] });
    expect(out).toMatch(/thing-0-x+, thing-1-x+, thing-2-x+ and 497 more: manager, security → manager\n/);
  });
});
