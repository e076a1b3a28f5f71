import { patternProblem, wholly } from '../../src/policy/read/pattern.js';
import { fromBytes, placeAt, splitPolicies } from '../../src/policy/read/cedar/scan.js';
import { nearest, suggest } from '../../src/policy/read/suggest.js';

test.each([
  '(a+)+',
  '(?:a|b)*',
  '([A-Z]+-?)+',
  '((a?b)c){5}',
  String.raw`(a)\1`,
  '(?<n>a*)*',
  '(a{1,3}){2,}',
  'a*a*a*a*a*a*',
  'a?a?a?a?a?a?aaaaaa',
])('the pattern %s is refused, since a ticket could keep it busy', (pattern) => {
  expect(patternProblem(pattern)).toMatch(/^may take for ever/);
});

test.each([
  '[A-Z]+-[0-9]+',
  String.raw`(OPS|SEC)-\d{1,6}`,
  String.raw`[A-Z]{2,10}-\d+(-\d+)?`,
  '(?:[A-Z]{3}-){2}[0-9]+',
  String.raw`\(\d+\)+`,
  '[(+*]+-[0-9]',
])('the pattern %s is accepted', (pattern) => {
  expect(patternProblem(pattern)).toBeUndefined();
});

test('a pattern must match the whole ticket, alternatives too', () => {
  expect(wholly('OPS|SEC').test('OPS-12')).toBe(false);
  expect(wholly('OPS|SEC').test('SEC')).toBe(true);
});

test('policies are split at semicolons that are neither in a text nor in a comment', () => {
  const text =
    '// one; two\n@id("a;b")\npermit (principal, action, resource);\n\n// last\nforbid ("\\"; x");\n// end;\n';
  const pieces = splitPolicies(text);
  expect(pieces.map(({ line }) => line)).toEqual([2, 6]);
  expect(pieces.map((piece) => piece.text.trim().slice(-6))).toEqual(['urce);', '; x");']);
  expect(text.slice(pieces[1]!.start)).toMatch(/^\n\n\/\/ last/);
});

test('places count lines of every kind, and bytes as Cedar counts them', () => {
  expect(placeAt('a\r\nb\rc\nd', 7)).toEqual({ line: 4, column: 1 });
  expect(fromBytes('é😀x', 6)).toBe(3);
});

test('a near miss is suggested, and otherwise what there is', () => {
  expect(nearest('enginers', ['security', 'engineers'])).toBe('engineers');
  expect(nearest('x', ['security'])).toBeUndefined();
  expect(suggest('x', [], 'groups')).toBe('there are no groups yet');
  const many = Array.from({ length: 12 }, (_, n) => `group-${n}`);
  expect(suggest('x', many, 'groups')).toBe(`the groups are ${many.slice(0, 10).join(', ')}, … (12 in all)`);
});
