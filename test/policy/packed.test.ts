import * as fc from 'fast-check';
import { loadTexts } from '../../src/policy/load.js';
import { pack, unpack } from '../../src/policy/live/packed.js';
import { readFiles } from '../../src/policy/live/source.js';
import { kinds, POLICIES } from '../support/policy.js';
import { tries } from '../support/tries.js';

/** What is in force afterwards; undefined: nothing. */
function loads(bytes: Uint8Array): boolean {
  return (
    'bundle' in loadTexts('s3://corp/bundle.json', unpack('s3://corp/bundle.json', bytes).rules, { kinds })
  );
}

describe('a packed folder', () => {
  test('invariant 4: of bytes that nobody meant nothing is loaded, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => !loads(bytes),
      ),
      { numRuns: tries(30, 100) },
    );
  });

  test('invariant 4: one that is cut off loads not at all, wherever the cut is', async () => {
    const whole = Buffer.from(pack(await readFiles(POLICIES)));
    expect(loads(whole)).toBe(true);
    // Behind the closing bracket there is only a line's end.
    const cut = fc.integer({ min: 0, max: whole.length - 3 });
    fc.assert(
      fc.property(cut, (length) => !loads(whole.subarray(0, length))),
      { numRuns: tries(30, 100) },
    );
  });

  test.each([
    ['a byte that is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a further key', Buffer.from('{"files": {}, "of": "somebody"}')],
    ['a file that is no text', Buffer.from('{"files": {"catalog.yml": 7}}')],
  ])('with %s is none', (_, bytes) => {
    expect(unpack('s3://corp/bundle.json', bytes).rules.problems).toEqual([
      { file: 's3://corp/bundle.json', message: expect.stringContaining('jit policy pack') },
    ]);
  });

  test.each([
    '../../etc/passwd',
    '/catalog.yml',
    'cases/a/b.yml',
    'cases/../catalog.yml',
    'a/b/c.cedar',
    '.a/b.cedar',
    'a/directory.yml',
    'freeze.CEDAR',
    'README.md',
  ])('with a file "%s" is refused, by its name', async (name) => {
    const files = Object.fromEntries((await readFiles(POLICIES)).rules.texts);
    const text = JSON.stringify({ files }).replace('{"files":{', `{"files":{${JSON.stringify(name)}:"",`);
    const { rules } = unpack('s3://corp/bundle.json', Buffer.from(text));
    expect(rules.problems.map(({ file }) => file)).toEqual([name]);
  });

  test.each([
    ['a file', String.raw`{"files": {"catalog.yml": "a", "catalog.yml": "b"}}`, 'catalog.yml'],
    [
      'a file, written otherwise',
      String.raw`{"files": {"catalog\u002eyml" : "a", "catalog.yml":"b"}}`,
      'catalog.yml',
    ],
    ['the files', `{"files": {"catalog.yml": "a"}, "files": {"catalog.yml": "b"}}`, 'files'],
    ['the files, once of another kind', `{"files": [{"a": 1}, {"a": 2}], "files": {}}`, 'files'],
    [
      'one behind a text that looks like an end',
      String.raw`{"files": {"a.cedar": "\\", "b.cedar": "\"}, {\"x\": ", "a.cedar": ""}}`,
      'a.cedar',
    ],
  ])('invariant 4: that says two things is refused, by the key: %s', (_, text, key) => {
    const { rules, cases } = unpack('s3://corp/bundle.json', Buffer.from(text));
    expect(rules.problems).toEqual([
      { file: 's3://corp/bundle.json', message: expect.stringContaining(`has the key "${key}" twice`) },
    ]);
    expect([rules.texts.size, cases.texts.size]).toEqual([0, 0]);
  });

  test('in whose texts things stand twice is none of those', async () => {
    const text = String.raw`{"files": {"files": "", "a.cedar": "{\"a\": 1, \"a\": 2}", "b.cedar": "\"a.cedar\": :"}}`;
    const { rules } = unpack('s3://corp/bundle.json', Buffer.from(text));
    expect(rules.problems.filter(({ message }) => message.includes('twice'))).toEqual([]);
  });

  test('with a file that is too large is refused, by its name', () => {
    const text = JSON.stringify({ files: { 'big.cedar': '/'.repeat(4 * 1024 * 1024 + 1) } });
    expect(unpack('s3://corp/bundle.json', Buffer.from(text)).rules.problems).toContainEqual({
      file: 'big.cedar',
      message: expect.stringContaining('at most 4194304 are read'),
    });
  });
});
