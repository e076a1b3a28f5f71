import { looks } from '../../src/kit/looks.js';

/** Looks that take as long as the test says, by a clock that it moves. */
function seeing() {
  let at = 1_000;
  let n = 0;
  const ends: ((failed?: Error) => void)[] = [];
  const { recent, since } = looks(
    () =>
      new Promise<number>((resolve, reject) => {
        const mine = ++n;
        ends.push((failed) => (failed ? reject(failed) : resolve(mine)));
      }),
    { now: () => at, lasts: 1_000 },
  );
  return { recent, since, ends, begun: () => n, pass: (ms: number) => void (at += ms) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('invariant 15: nobody gets a look that began before they asked, or before the instant that they name', async () => {
  const { since, ends, pass, begun } = seeing();
  const first = since();
  await turn();
  pass(10);
  const [second, third] = [since(), since(1_005)];
  ends[0]!();
  expect(await first).toEqual({ at: 1_000, found: 1 });
  await turn();
  ends[1]!();
  expect(await Promise.all([second, third])).toEqual([
    { at: 1_010, found: 2 },
    { at: 1_010, found: 2 },
  ]);
  expect(await since(1_010)).toEqual({ at: 1_010, found: 2 });
  expect(begun()).toBe(2);
  void since(1_011);
  await turn();
  expect(begun()).toBe(3);
});

test('one is recent for its time; before that is over the next one begins, and nobody waits for it', async () => {
  const { recent, since, ends, pass, begun } = seeing();
  expect(recent()).toBeUndefined();
  const first = since();
  await turn();
  pass(60);
  ends[0]!();
  await first;
  expect([recent(), begun()]).toEqual([1_000, 1]);
  pass(850);
  expect([recent(), recent()]).toEqual([1_000, 1_000]);
  await turn();
  expect(begun()).toBe(2);
  expect((await since(1_000)).found).toBe(1);
  ends[1]!();
  await turn();
  expect([recent(), begun()]).toEqual([1_910, 2]);
  pass(1_000);
  expect(recent()).toBeUndefined();
  pass(-1_500);
  expect(recent()).toBeUndefined();
});

test('one that is under way is recent, too: who comes then does not wait for yet another', async () => {
  const { recent, since, ends, pass, begun } = seeing();
  const first = since();
  await turn();
  pass(300);
  expect(recent()).toBe(1_000);
  const second = since(recent());
  ends[0]!();
  expect(await Promise.all([first, second])).toEqual([
    { at: 1_000, found: 1 },
    { at: 1_000, found: 1 },
  ]);
  pass(2_000);
  const third = since();
  await turn();
  pass(1_000);
  expect([recent(), begun()]).toEqual([undefined, 2]);
  ends[1]!(new Error('away'));
  await expect(third).rejects.toThrow('away');
  pass(-500);
  expect(recent()).toBeUndefined();
});

test('one that fails ahead of its time is told to nobody, and the one before stays for its time', async () => {
  const { recent, since, ends, pass } = seeing();
  const first = since();
  await turn();
  ends[0]!();
  await first;
  pass(900);
  recent();
  await turn();
  ends[1]!(new Error('away'));
  await turn();
  expect(recent()).toBe(1_000);
  pass(100);
  const next = since();
  await turn();
  ends[2]!(new Error('still away'));
  await expect(next).rejects.toThrow('still away');
});
