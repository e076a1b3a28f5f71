import { sharedAnswers } from '../../src/kit/shared-answers.js';

const now = () => 0;

describe('answers that are shared', () => {
  test('are asked for once for their question, also by callers at the same time, and anew for another', async () => {
    const made: string[] = [];
    const get = sharedAnswers(async (key: string) => made.push(key), { now });
    await Promise.all([get('a'), get('a')]);
    await get('b');
    await get('a');
    expect(made).toEqual(['a', 'b', 'a']);
  });

  test('are not remembered when the asking failed', async () => {
    let fail = true;
    const get = sharedAnswers<void, string>(
      async () => {
        if (fail) throw new Error('not now');
        return 'made';
      },
      { now },
    );
    await expect(get()).rejects.toThrow('not now');
    fail = false;
    await expect(get()).resolves.toBe('made');
  });

  test('are not remembered where they are not good enough', async () => {
    let asked = 0;
    const get = sharedAnswers<void, number>(async () => ++asked, { now, keep: (answer) => answer > 1 });
    expect([await get(), await get(), await get()]).toEqual([1, 2, 2]);
  });

  test('are those of equal questions, several of them, for their time', async () => {
    let at = 0;
    let asked = 0;
    const get = sharedAnswers(async ({ who }: { who: string }) => `${who} ${++asked}`, {
      now: () => at,
      key: ({ who }) => who,
      most: 2,
      lasts: 1_000,
    });
    expect([await get({ who: 'ana' }), await get({ who: 'bob' }), await get({ who: 'ana' })]).toEqual([
      'ana 1',
      'bob 2',
      'ana 1',
    ]);
    at = 1_000;
    expect(await get({ who: 'ana' })).toBe('ana 3');
  });

  test('that fail late do not take a younger answer with them', async () => {
    let at = 0;
    const answers: { reject: (error: Error) => void; resolve: (value: string) => void }[] = [];
    const get = sharedAnswers<void, string>(
      () => new Promise((resolve, reject) => void answers.push({ resolve, reject })),
      { now: () => at, lasts: 1_000 },
    );
    const first = get();
    at = 2_000;
    const second = get();
    answers[0]!.reject(new Error('too late'));
    await expect(first).rejects.toThrow('too late');
    answers[1]!.resolve('here');
    expect([await second, await get(), answers.length]).toEqual(['here', 'here', 2]);
  });
});
