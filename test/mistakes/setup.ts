import { join, resolve } from 'node:path';
import { MISTAKES } from './mistakes.js';

// Jest runs this before the test file: what JIT_MISTAKE names is in its place before anything of the program is loaded.
const mistake = MISTAKES.find(({ name }) => name === process.env['JIT_MISTAKE']);
if (!mistake)
  throw new Error(`JIT_MISTAKE is "${process.env['JIT_MISTAKE']}", which mistakes.ts does not have`);
const { seam } = mistake;
const path = join(resolve(__dirname, '../..'), seam.module);

jest.doMock(path, () => {
  const actual = jest.requireActual<Record<string, unknown>>(path);
  const inPlace = Object.entries(seam.wrong).map(([name, make]) => {
    if (typeof actual[name] !== 'function') throw new Error(`${seam.module} exports no function ${name}`);
    return [name, make(actual[name] as never)];
  });
  return { ...actual, ...Object.fromEntries(inPlace) };
});
