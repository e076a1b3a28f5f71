import { turns } from '../../src/slack/limits.js';

const never = () => new Promise<string>(() => undefined);

describe('turns', () => {
  test('too many of one key are turned away without having begun; another key is not', async () => {
    const take = turns(2);
    void take('ana', never);
    void take('ana', never);
    let begun = false;
    expect(take('ana', async () => (begun = true))).toBeUndefined();
    expect(begun).toBe(false);
    expect(await take('bob', async () => 'done')).toBe('done');
  });

  test('a turn is given back when the work is done, and when it fails', async () => {
    const take = turns(1);
    await take('ana', async () => 1);
    await expect(
      take('ana', async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await take('ana', async () => 2)).toBe(2);
  });
});
