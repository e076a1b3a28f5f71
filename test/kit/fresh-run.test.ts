import { freshRun } from '../../src/kit/fresh-run.js';

/** Runs that end when they are told to. */
function runs() {
  const ends: ((failed?: Error) => void)[] = [];
  let begun = 0;
  const run = freshRun(
    () =>
      new Promise<number>((resolve, reject) => {
        const n = ++begun;
        ends.push((failed) => (failed ? reject(failed) : resolve(n)));
      }),
  );
  return { run, ends, begun: () => begun };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('callers share a run that begins after they have called, and never one that had begun before', async () => {
  const { run, ends, begun } = runs();
  const first = [run(), run()];
  await turn();
  expect(begun()).toBe(1);
  const second = [run(), run()];
  await turn();
  expect(begun()).toBe(1);
  ends[0]!();
  expect(await Promise.all(first)).toEqual([1, 1]);
  await turn();
  ends[1]!();
  expect(await Promise.all(second)).toEqual([2, 2]);
  expect(begun()).toBe(2);
});

test('a run that fails is told to those who share it, and keeps no later one from beginning', async () => {
  const { run, ends } = runs();
  const first = run();
  await turn();
  const second = run();
  ends[0]!(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await turn();
  ends[1]!();
  expect(await second).toBe(2);
});
