import { ifWithin, OutOfTime, within } from '../../src/kit/deadline.js';

const never = () => new Promise<never>(() => undefined);

describe('a deadline', () => {
  test('rejects at the limit whatever the work does, and breaks it off', async () => {
    let signal: AbortSignal | undefined;
    const late = within(10, (given) => {
      signal = given;
      return never();
    });
    await expect(late).rejects.toBeInstanceOf(OutOfTime);
    expect(signal?.aborted).toBe(true);
  });

  test('says what was late, and for how long', async () => {
    await expect(within(10, never)).rejects.toThrow('not done within 10 ms');
    await expect(within(10, never, 'S3 has not answered')).rejects.toThrow(
      'S3 has not answered within 10 ms',
    );
  });

  test('leaves work alone that is done in time, or fails in time', async () => {
    await expect(within(1_000, async () => 1)).resolves.toBe(1);
    await expect(within(1_000, () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('where being late is no fault, gives nothing; a failure stays one', async () => {
    await expect(ifWithin(10, never())).resolves.toBeUndefined();
    await expect(ifWithin(1_000, Promise.resolve('in time'))).resolves.toBe('in time');
    await expect(ifWithin(1_000, Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});
