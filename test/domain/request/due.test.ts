import { untilNextSweep } from '../../../src/domain/request/due.js';

const sweep = { now: 100_000, until: 160_000, interval: 60_000 };
const many = (count: number, dueAt?: number) =>
  Array.from({ length: count }, () => (dueAt === undefined ? {} : { dueAt }));

describe('the next sweep', () => {
  test('comes after the interval, where the last one has seen all', () => {
    expect(untilNextSweep([], sweep)).toBe(60_000);
    expect(untilNextSweep(many(999, 101_000), sweep)).toBe(60_000);
  });

  test('comes when the last that a large one looked at is due: what is behind it is not known yet', () => {
    expect(untilNextSweep([...many(1_500, 101_000), { dueAt: 107_000 }], sweep)).toBe(7_000);
  });

  test('does not wait for what was put off beyond where it looked, nor spin on what is due already', () => {
    expect(untilNextSweep([...many(1_500, 99_000), { dueAt: 900_000 }], sweep)).toBe(200);
    expect(untilNextSweep(many(2_000), sweep)).toBe(200);
  });
});
