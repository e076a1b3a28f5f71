import { visibleLength } from '../../../src/domain/request/text.js';

const cp = (...points: number[]) => String.fromCodePoint(...points);

test.each([
  ['zero-width spaces', cp(0x200b)],
  ['word joiners', cp(0x2060)],
  ['blank Braille', cp(0x2800)],
  ['Hangul fillers', cp(0x3164)],
  ['half-width Hangul fillers', cp(0xffa0)],
  ['soft hyphens', cp(0xad)],
  ['marks of direction', cp(0x200e)],
  ['variation selectors', cp(0xfe0f)],
  ['tags', cp(0xe0041)],
  ['null noteheads', cp(0x1d159)],
  ['accents without a letter', cp(0x301)],
  ['enclosing circles', cp(0x20dd)],
  ['a private use', cp(0xe000)],
  ['what is not assigned', cp(0x378)],
  ['byte order marks', cp(0xfeff)],
  ['spaces', ' '],
  ['ideographic spaces', cp(0x3000)],
  ['Ogham spaces', cp(0x1680)],
  ['line separators', cp(0x2028)],
  ['next lines', cp(0x85)],
])('twenty %s are nothing to be seen', (_, character) => {
  expect(visibleLength(character.repeat(20))).toBe(0);
  expect(visibleLength(`a${character.repeat(20)}b`)).toBeLessThanOrEqual(3);
});

test.each([
  ['fixing the orders index', 23],
  ['  fixing\n\nit  ', 9],
  ['修复订单索引', 6],
  ['Größe', 5],
  [cp(0x47, 0x72, 0x6f, 0x308, 0xdf, 0x65), 5],
  ['İstanbul', 8],
  ['👩‍💻 🇩🇪', 5],
  ['', 0],
])('of %j what is seen is counted: %s', (text, length) => {
  expect(visibleLength(text)).toBe(length);
});
