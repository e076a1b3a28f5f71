import { byRole, inWords, nameOf, personOf } from '../../../../src/sandbox/page/browser/words.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const person = (name: string, role: string) => ({
  id: `U0${name.toUpperCase()}`,
  name,
  realName: `${name} of Corp`,
  email: `${name}@corp.example`,
  role,
  actable: true,
});
const people = [person('ana', 'engineer'), person('bob', 'manager'), person('eva', 'engineer')];

test.each([
  [-5, 'now'],
  [0, 'now'],
  [1, '1 s'],
  [59 * SECOND, '59 s'],
  [HOUR + 5 * MINUTE + 9 * SECOND, '1 h 5 min'],
  [HOUR + 9 * SECOND, '1 h'],
  [25 * HOUR, '1 d 1 h'],
])('%d ms are said as "%s"', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});

test('people are found by id, e-mail address and handle, and by nothing else', () => {
  const [ana] = people;
  for (const who of ['U0ANA', 'ana@corp.example', 'ana']) expect(personOf(people, who)).toBe(ana);
  expect(personOf(people, 'an')).toBeUndefined();
  expect(personOf(people, undefined)).toBeUndefined();
  expect(personOf([{ ...ana!, email: undefined! }], undefined)).toBeUndefined();
});

test('who is not known is called as the record calls them', () => {
  expect(nameOf(people, 'bob@corp.example')).toBe('bob of Corp');
  expect(nameOf(people, 'gone@corp.example')).toBe('gone@corp.example');
  expect(nameOf(people, 'jit')).toBe('jit');
});

test('people stand together by role, in the order of the roles', () => {
  expect(byRole(people).map(([role, some]) => [role, some.map(({ name }) => name)])).toEqual([
    ['engineer', ['ana', 'eva']],
    ['manager', ['bob']],
  ]);
});
