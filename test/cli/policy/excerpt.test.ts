import { excerptOf } from '../../../src/cli/policy/report/excerpt.js';
import { widthOf } from '../../../src/cli/terminal.js';

const at = (source: string, column?: number) => excerptOf(['first', source], 2, column);

test.each<[string, string, number, string, string]>([
  ['a plain line', '    risk: lo', 5, '  2 |     risk: lo', '    |     ^'],
  ['a tab', '\trisk:\tlo', 8, '  2 |     risk:   lo', '    |             ^'],
  ['wide characters', '名前: x', 5, '  2 | 名前: x', '    |       ^'],
  ['a character of several code units', '😀😀: x', 7, '  2 | 😀😀: x', '    |       ^'],
  ['a combining accent', 'e\u0301e\u0301: x', 6, '  2 | e\u0301e\u0301: x', '    |    ^'],
  ['past the end', 'ab', 3, '  2 | ab', '    |   ^'],
  ['a carriage return', 'ab\r', 2, '  2 | ab', '    |  ^'],
])('the caret stands under the place: %s', (_, source, column, line, caret) => {
  expect(at(source, column)).toEqual([line, caret]);
});

test('what would move the cursor, colour it or turn its direction is not shown', () => {
  const [line = '', caret = ''] = at('a\u001B[31mb\u202E\u0000c: x', 12);
  expect(line).toBe('  2 | a\uFFFD[31mb\uFFFD\uFFFDc: x');
  expect(caret).toBe('    |            ^');
});

test.each([1, 40, 90, 500, 100_000, 199_999])('a long line is cut around column %d', (column) => {
  const source = Array.from({ length: 200_000 }, (_, n) => 'abcdefghij'[n % 10]).join('');
  const [line = '', caret = ''] = at(source, column);
  expect(widthOf(line)).toBeLessThanOrEqual(100);
  expect(line[caret.indexOf('^')]).toBe(source[column - 1]);
});

test('a long line of wide characters is cut by what they take', () => {
  const [line = '', caret = ''] = at('好'.repeat(500) + 'x' + '好'.repeat(500), 501);
  expect(widthOf(line)).toBeLessThanOrEqual(100);
  const before = line.slice(0, line.indexOf('x'));
  expect(widthOf(before)).toBe(caret.indexOf('^'));
});

test('without a column there is no caret, and without a line nothing', () => {
  expect(at('ab')).toEqual(['  2 | ab']);
  expect(excerptOf(['a'], 7, 1)).toEqual([]);
  expect(excerptOf(['  '], 1, 1)).toEqual([]);
});
