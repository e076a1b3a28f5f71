import { isObject } from '../../src/domain/is-object.js';

test.each([[{}], [{ a: 1 }], [new Error('x')], [Object.create(null)]])('%p is an object', (value) => {
  expect(isObject(value)).toBe(true);
});

test.each([[null], [undefined], [[]], ['text'], [1], [() => 1]])('%p is none', (value) => {
  expect(isObject(value)).toBe(false);
});
