import { EventEmitter } from 'node:events';
import { accountOf, endAfterSurprise, timeLeft } from '../../../src/run/lambda/runtime.js';
import { kept } from '../../../src/run/lambda/kept.js';
import { sideBySide } from '../../../src/kit/side-by-side.js';
import { createLog } from '../../../src/log.js';

test('the account is the function’s own, where its name says it', () => {
  expect(accountOf({ invokedFunctionArn: 'arn:aws:lambda:eu-west-1:999900001111:function:jit' })).toBe(
    '999900001111',
  );
  expect(
    accountOf({ invokedFunctionArn: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:jit:live' }),
  ).toBe('123456789012');
  for (const none of [{}, { invokedFunctionArn: '' }, { invokedFunctionArn: 'arn:aws:iam::1:role/x' }])
    expect(accountOf(none)).toBeUndefined();
});

test('nothing new is begun in the last ten seconds', () => {
  expect(timeLeft({ getRemainingTimeInMillis: () => 10_000 })).toBe(false);
  expect(timeLeft({ getRemainingTimeInMillis: () => 10_001 })).toBe(true);
});

test('invariant 9: of an error that nobody caught, only its name and message are logged, before anybody else does', () => {
  const lines: string[] = [];
  const order: string[] = [];
  const on = Object.assign(new EventEmitter(), {
    exit: (code?: unknown) => void order.push(`exit ${String(code)}`) as never,
  });
  on.on('uncaughtException', () => order.push('runtime'));
  endAfterSurprise(
    createLog('info', { write: (line: string) => void lines.push(line) }),
    on as unknown as NodeJS.Process,
  );
  on.emit('uncaughtException', Object.assign(new Error('boom'), { config: { secret: 'xoxb-1' } }));
  on.emit('unhandledRejection', 'text');
  expect(order).toEqual(['exit 1', 'runtime', 'exit 1']);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('boom');
  expect(lines.join('')).not.toContain('xoxb-1');
});

describe('what is kept', () => {
  test('is made once for its key, also for callers at the same time, and anew for another', async () => {
    const made: string[] = [];
    const get = kept(async (key: string) => made.push(key));
    await Promise.all([get('a'), get('a')]);
    await get('b');
    await get('a');
    expect(made).toEqual(['a', 'b', 'a']);
  });

  test('is not kept when its making failed', async () => {
    let fail = true;
    const get = kept(async () => {
      if (fail) throw new Error('not now');
      return 'made';
    });
    await expect(get('a')).rejects.toThrow('not now');
    fail = false;
    await expect(get('a')).resolves.toBe('made');
  });
});

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
});
