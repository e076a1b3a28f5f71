/** @project long */
import * as fc from 'fast-check';
import { bugs } from './bugs.js';
import { coreWith, realCore } from './core.js';
import { histories, live } from './histories.js';
import { laws } from './laws.js';

const seed = 20_261_120;

test.each(bugs)('$breaks.name: a core that $does is found out', ({ breaks, core }) => {
  const { counterexample } = fc.check(
    fc.property(histories, (history) => live(core(), history, [breaks]).broken === undefined),
    { seed, numRuns: 30_000, endOnFailure: true },
  );
  // Found out by this law, and not by a fault on the way.
  const broken = counterexample && live(core(), counterexample[0], [breaks]).broken;
  expect(broken?.name).toBe(breaks.name);
});

test('every law finds a bug', () => {
  expect(new Set(bugs.map(({ breaks }) => breaks))).toStrictEqual(new Set(laws));
});

test('the core into which bugs are put is the real one', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const real = live(realCore, history, []).world;
      const copy = live(coreWith({}), history, []).world;
      expect(copy.heads).toStrictEqual(real.heads);
      expect(copy.records).toStrictEqual(real.records);
    }),
    { seed, numRuns: 100 },
  );
});
