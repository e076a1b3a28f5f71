import { throttled } from '../../../../src/sandbox/page/browser/throttle.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Runs that end when they are told to. */
function runs() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const run = jest.fn(
    () =>
      new Promise<void>((resolve, reject) => {
        ends.push({ resolve, reject });
      }),
  );
  return { run, ends };
}

describe('what is wanted again and again', () => {
  test('happens at once, and never twice at the same time', async () => {
    const { run, ends } = runs();
    const { want } = throttled(run, 100);
    want();
    want();
    want();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(run).toHaveBeenCalledTimes(1);

    ends[0]!.resolve();
    await jest.advanceTimersByTimeAsync(0);
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('happens no sooner than the gap after it last began', async () => {
    const { run, ends } = runs();
    const { want } = throttled(run, 100);
    want();
    ends[0]!.resolve();
    want();
    await jest.advanceTimersByTimeAsync(99);
    expect(run).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('is not repeated when nobody wants it any more', async () => {
    const { run, ends } = runs();
    throttled(run, 100).want();
    ends[0]!.resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('goes on after a failure', async () => {
    const { run, ends } = runs();
    const { want } = throttled(run, 100);
    want();
    ends[0]!.reject(new Error('gone'));
    await jest.advanceTimersByTimeAsync(100);
    want();
    expect(run).toHaveBeenCalledTimes(2);
  });

  test('never happens once it was stopped', async () => {
    const { run, ends } = runs();
    const { want, stop } = throttled(run, 100);
    want();
    want();
    stop();
    ends[0]!.resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
