import { allOf, sideBySide } from '../../src/kit/side-by-side.js';

describe('work side by side', () => {
  test('is eight at a time, begun in order', async () => {
    let [atWork, most] = [0, 0];
    const begun: number[] = [];
    const items = Array.from({ length: 30 }, (_, i) => i);
    const left = await sideBySide(
      items,
      async (item) => {
        begun.push(item);
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setImmediate(resolve));
        atWork--;
      },
      () => true,
    );
    expect([most, left, begun]).toEqual([8, [], items]);
  });

  test('stops being begun when it may not, and what is in hand is finished', async () => {
    const done: number[] = [];
    const left = await sideBySide(
      [1, 2, 3, 4],
      async (item) => void done.push(item),
      () => done.length < 2,
    );
    expect([done, left]).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('begins nothing more after a failure, which its caller hears', async () => {
    const begun: number[] = [];
    const all = sideBySide(
      [1, 2, 3, 4],
      async (item) => {
        begun.push(item);
        if (item === 1) throw new Error('not this one');
      },
      undefined,
      1,
    );
    await expect(all).rejects.toThrow('not this one');
    expect(begun).toEqual([1]);
  });

  test('takes as many at a time as it is told', async () => {
    let [atWork, most] = [0, 0];
    await sideBySide(
      [1, 2, 3, 4, 5],
      async () => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setImmediate(resolve));
        atWork--;
      },
      undefined,
      2,
    );
    expect(most).toBe(2);
  });
});

describe('questions about many', () => {
  test('are answered in their order, whichever answer comes first', async () => {
    const slowFirst = async (n: number) => {
      for (let turn = n; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      return n * 10;
    };
    await expect(allOf([1, 2, 3], slowFirst, 2)).resolves.toEqual([10, 20, 30]);
    await expect(allOf([], slowFirst)).resolves.toEqual([]);
  });
});
