import { EventEmitter } from 'node:events';
import { accountOf, timeLeft } from '../../../src/run/lambda/runtime.js';
import { createLog, endAfterSurprise } from '../../../src/log.js';

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
