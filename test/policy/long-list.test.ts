import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { longList } from '../../src/policy/read/long-list.js';
import { readYaml } from '../../src/policy/read/source.js';
import { random } from '../fuzz/random.js';
import { POLICIES } from '../support/policy.js';
import { tries } from '../support/tries.js';

const CATALOG = readFileSync(join(POLICIES, 'catalog.yml'), 'utf8');
const SHORT =
  'entitlements:\n  - id: a\n    owners:\n      - x\n  # between\n\n  - id: b\n    text: >\n      - c\n';

/** As the loader reads a part, and a whole. */
function read(text: string): unknown {
  const doc = parseDocument(text, { prettyErrors: false });
  return doc.errors.length + doc.warnings.length > 0 ? undefined : doc.toJS();
}
/** What throws as a whole must not be anything in parts. */
function whole(text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    return error;
  }
}
const inParts = (text: string, size = 1) => longList(text, read, { long: 0, size });

/** What stands in YAML files where it belongs, and where it does not. */
const LINES = [
  '  - ',
  '  -',
  '- x',
  '  - id: z',
  '    - x',
  ' ',
  '',
  '# c',
  '   # c',
  '---',
  '...',
  '%YAML 1.2',
  '    text: |',
  '    text: >-',
  '    text: "a',
  '    "',
  '  b"',
  "    text: 'a",
  '    list: [a,',
  '  - b]',
  '    a: &a 1',
  '    b: *a',
  '    <<: *a',
  'more: 1',
  '\t- x',
  '  - - x',
  '  - ? a',
  '    : b',
  '    x: {',
  '  }',
  '  - {a: 1,',
  '    b: 2}',
  '    plain',
  '  plain',
  'entitlements:',
  '    text: a # b',
  '  - |',
  '  - "a',
  '    !!str x: 1',
  '\r',
  '    \u2028',
  '\ufeff',
];

test('what is read in parts is what is read as a whole', () => {
  const { int, pick, chance } = random(7);
  let compared = 0;
  for (let n = 0; n < tries(3_000, 60_000); n++) {
    const lines = (chance(0.5) ? SHORT : CATALOG.split('\n').slice(0, 40).join('\n')).split('\n');
    for (let change = int(4); change >= 0; change--) {
      const at = int(lines.length);
      const [removed, more] = pick<[number, string[]]>([
        [1, []],
        [0, [pick(lines)]],
        [1, [` ${lines[at]}`]],
        [1, [`${lines[at]}\r`]],
        [0, [pick(LINES)]],
        [0, [pick(LINES)]],
      ]);
      lines.splice(at, removed, ...more);
    }
    const text = lines.join('\n');
    const list = inParts(text, pick([1, 60, 500]));
    if (!list) continue;
    compared++;
    expect({ text, list }).toEqual({ text, list: whole(text) });
  }
  expect(compared).toBeGreaterThan(tries(300, 6_000));
});

test('an alias in another part than its anchor is understood all the same', async () => {
  const entries = Array.from(
    { length: 2_000 },
    (_, n) => `  - id: e${n}\n    owners: ${n === 0 ? '&all [dba]' : '*all'}\n`,
  );
  const text = `entitlements:\n${entries.slice(0, 40).join('')}${entries
    .slice(40)
    .map((entry) =>
      entry.replace('*all', '[dba]   # as all of them, and as nobody else is, since it must be long'),
    )
    .join('')}`;
  expect(text.length).toBeGreaterThan(100_000);
  const found = readYaml('catalog.yml', text);
  expect('source' in found && found.source.at(['entitlements', 30, 'owners'])).toEqual(['dba']);
});

test('the files that it is for are read in parts', () => {
  expect(inParts(CATALOG)).toEqual(read(CATALOG));
  expect(inParts(SHORT)).toEqual(read(SHORT));
  expect(inParts('entitlements:\n- id: a\n- id: b')).toEqual({ entitlements: [{ id: 'a' }, { id: 'b' }] });
});

test.each([
  ['short', () => longList(SHORT, read)],
  ['no list', () => inParts('entitlements:\n  a: 1\n')],
  ['more than a list', () => inParts(`${SHORT}more: 1\n`)],
  ['two lists', () => inParts(`${SHORT}${SHORT}`)],
  ['empty', () => inParts('')],
])('a file that is %s is not', (_, list) => {
  expect(list()).toBeUndefined();
});
