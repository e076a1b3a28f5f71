import { runInNewContext } from 'node:vm';
import { readFile } from 'node:fs/promises';
import { codeOf } from '../../src/kit/error-code.js';
import { GrantFault } from '../../src/ports/access.js';

describe('what an error calls itself', () => {
  test('is its code, and without one its name', () => {
    expect(codeOf(new GrantFault('AccessDenied', 'a hint', true))).toBe('AccessDenied');
    expect(codeOf(Object.assign(new TypeError('x'), { code: 'ERR_INVALID_URL' }))).toBe('ERR_INVALID_URL');
    expect(codeOf(new RangeError('x'))).toBe('RangeError');
    expect(codeOf(new Error('x'))).toBe('Error');
  });

  test('is known of a file that is not there, and of an error of another realm', async () => {
    expect(codeOf(await readFile('/there/is/none').catch((error: unknown) => error))).toBe('ENOENT');
    expect(codeOf(runInNewContext("Object.assign(new Error('x'), { code: 'EACCES' })"))).toBe('EACCES');
  });

  test.each([[undefined], [null], ['xoxb-1'], [{}], [{ code: 'a secret text', name: 'a secret text' }]])(
    'invariant 9: %p has none, and nothing of it is repeated',
    (error) => {
      expect(codeOf(error)).toBe('Unknown');
    },
  );

  test('invariant 9: a code that is no code gives way to the name', () => {
    expect(codeOf(Object.assign(new TypeError('x'), { code: 'it said: xoxb-1' }))).toBe('TypeError');
    expect(codeOf(Object.assign(new TypeError('x'), { code: 17 }))).toBe('TypeError');
  });
});
