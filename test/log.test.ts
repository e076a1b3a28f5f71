import { createLog } from '../src/log.js';

function written(write: (log: ReturnType<typeof createLog>) => void, level = 'info'): string {
  let text = '';
  write(createLog(level, { write: (line: string) => void (text += line) }));
  return text;
}

test('invariant 9: what is named like a secret is redacted, however deep a caller put it', () => {
  const text = written((log) =>
    log.info(
      {
        token: 'leak-1',
        slack: { botToken: 'leak-2', signingSecret: 'leak-3' },
        answer: { Credentials: { SecretAccessKey: 'leak-4', SessionToken: 'leak-5' } },
        request: { headers: { authorization: 'leak-6' } },
      },
      'all of it',
    ),
  );
  expect(text).toContain('"[redacted]"');
  expect(text).not.toContain('leak-');
});

test('invariant 9: what a client hangs on its errors does not come along', () => {
  const cause = Object.assign(new Error('too slow'), { config: { headers: 'Bearer leak-1' } });
  const error = Object.assign(new Error('failed', { cause }), {
    data: { secret: 'leak-2' },
    code: 'slack_webapi',
  });
  const text = written((log) => log.error({ err: error }, 'could not'));
  expect(JSON.parse(text)).toMatchObject({
    level: 'error',
    err: { name: 'Error', code: 'slack_webapi', message: 'failed', cause: { message: 'too slow' } },
  });
  expect(text).not.toContain('leak-');
});

test('lines below the level are not written', () => {
  expect(written((log) => log.debug('quiet'))).toBe('');
});
