import { latestDraws } from '../../src/slack/acts/request/latest-draw.js';

/** A view that Slack keeps: only who knows its hash may replace it. */
function view() {
  let hash = 'h0';
  const shown: string[] = [];
  return {
    shown,
    update: (what: string) => async (given: string | undefined) => {
      if (given !== hash) return undefined;
      shown.push(what);
      return (hash = `h${shown.length}`);
    },
    byOthers: () => (hash = 'other'),
  };
}
const choice = (at: number | undefined, hash = 'h0') => ({ at, hash });

test('what was worked out for an older choice is not drawn over a newer one, however late it comes', async () => {
  const it = view();
  const begin = latestDraws(() => 0);
  const first = begin('V1', choice(1));
  const second = begin('V1', choice(2));
  await second.put(it.update('second'));
  await first.put(it.update('first'));
  expect(it.shown).toEqual(['second']);
});

test('a newer choice is drawn though the older one was drawn first, and changed the hash', async () => {
  const it = view();
  const begin = latestDraws(() => 0);
  const first = begin('V1', choice(1));
  const one = first.put(it.update('first'));
  await one;
  await begin('V1', choice(2)).put(it.update('second'));
  await begin('V1', choice(3, 'h1')).put(it.update('third'));
  expect(it.shown).toEqual(['first', 'second', 'third']);
});

test('the order is that of Slack’s clock, not that of arrival; without it that of arrival', async () => {
  const it = view();
  const begin = latestDraws(() => 0);
  const late = begin('V1', choice(2));
  const early = begin('V1', choice(1));
  expect([late.isLatest(), early.isLatest()]).toEqual([true, false]);
  await begin('V1', choice(undefined)).put(it.update('no clock'));
  expect(it.shown).toEqual(['no clock']);
});

test('two modals have nothing to do with each other', async () => {
  const [mine, theirs] = [view(), view()];
  const begin = latestDraws(() => 0);
  const old = begin('V1', choice(1));
  begin('V2', choice(9));
  await old.put(mine.update('mine'));
  expect([mine.shown, theirs.shown]).toEqual([['mine'], []]);
});

test('what another process has drawn meanwhile stays', async () => {
  const it = view();
  it.byOthers();
  await latestDraws(() => 0)('V1', choice(1)).put(it.update('ours'));
  expect(it.shown).toEqual([]);
});

test('a draw that failed keeps the next from nothing', async () => {
  const it = view();
  const begin = latestDraws(() => 0);
  const failed = begin('V1', choice(1)).put(() => Promise.reject(new Error('Slack is away')));
  await expect(failed).rejects.toThrow('Slack is away');
  await begin('V1', choice(2)).put(it.update('second'));
  expect(it.shown).toEqual(['second']);
});
