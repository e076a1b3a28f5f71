import { oneEachRound } from '../../src/kit/loop-rounds.js';

/** A loop whose rounds the test lets go round: each takes what was put off before it. */
function loop() {
  let put: (() => void)[] = [];
  return {
    later: (run: () => void) => void put.push(run),
    async round() {
      const now = put;
      put = [];
      for (const run of now) run();
      // What goes on in this round goes on now, as far as it comes without another.
      for (let n = 0; n < 20; n++) await Promise.resolve();
    },
    idle: () => put.length === 0,
  };
}

test('of many that wait, each round lets one go on, in the order in which they came', async () => {
  const { later, round, idle } = loop();
  const turn = oneEachRound(later);
  const done: number[] = [];
  for (const n of [1, 2, 3])
    void turn()
      .then(() => done.push(n))
      .then(turn)
      .then(() => done.push(n * 10));
  expect(done).toEqual([]);
  const seen: number[][] = [];
  for (let n = 0; n < 6; n++) {
    await round();
    seen.push([...done]);
  }
  expect(seen.map(({ length }) => length)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(done).toEqual([1, 2, 3, 10, 20, 30]);
  expect(idle()).toBe(true);
});

test('what comes in through the loop is heard between any two of a thousand', async () => {
  const turn = oneEachRound();
  let done = 0;
  const all = Array.from({ length: 1_000 }, async () => {
    await turn();
    done++;
  });
  const between: number[] = [];
  const listen = () => {
    between.push(done);
    if (done < 1_000) setImmediate(listen);
  };
  setImmediate(listen);
  await Promise.all(all);
  // No round of the loop did more than one.
  expect(Math.max(...between.slice(1).map((count, n) => count - between[n]!))).toBe(1);
});
