import type { Random } from './random.js';

/** What stands in a folder under a name. */
export type Thing = string | Uint8Array | { link: string } | { folder: true };

/** Words that mean something to one of the readers. */
const WORDS = [
  ['{', '}', '[', ']', '(', ')', ':', ': ', '- ', '? ', '#', '&a ', '*a', '!x ', '!!map ', '|', '>'],
  ['"', "'", ',', '---\n', '...\n', '%YAML 1.1\n', '<<: ', '\t', '\r', '\n'],
  ['\u0000', '\u0007', '\u001b[2J', '\u0085', '\u2028', '\uFEFF', '\u202e', '\u{1f469}', 'e\u0301'],
  ['__proto__: ', 'constructor: ', 'null', '~', 'true', '-1', '0x1f', '1e999', '.inf', '.nan'],
  ['2026-11-20', '12:30:45', '1_000', '{email}', '${x}', '7d', '0m', '999999d', '9223372036854775808'],
  [';', '//', '/*', '@id("x")', '@chain("auto")', 'permit', 'forbid', 'when { ', 'unless { ', 'context.'],
  ['principal', 'resource', 'action', ' in ', ' has ', ' like "*"', ' is Jit::User', 'if ', ' then '],
  [' else ', '&&', '||', '!', '==', 'Jit::Group::"dba"', 'Jit::Action::"request"', '?principal'],
  ['decimal("1")', 'ip("::1")', '-', 'entity A;', 'type T = Long;', 'namespace N {'],
  ['action x appliesTo {', 'Set<', 'String', 'tags', 'enum'],
].flat();

type Change = (r: Random, text: string) => Thing;

const at = (r: Random, text: string) => r.int(text.length + 1);
const put = (text: string, place: number, what: string, drop = 0) =>
  text.slice(0, place) + what + text.slice(place + drop);
const lines = (text: string) => text.split('\n');
const repeat = (text: string, times: number) => text.repeat(times);

/** In most ways small: what is wrong in one place shows whether the rest is still read. */
const SMALL: Record<string, Change> = {
  word: (r, text) => put(text, at(r, text), r.pick(WORDS)),
  'word for a word': (r, text) => put(text, at(r, text), r.pick(WORDS), 1 + r.int(8)),
  cut: (r, text) => put(text, at(r, text), '', 1 + r.int(40)),
  truncated: (r, text) => text.slice(0, at(r, text)),
  'line twice': (r, text) => {
    const all = lines(text);
    const n = r.int(all.length);
    return all.toSpliced(n, 0, all[n]!).join('\n');
  },
  'line away': (r, text) =>
    lines(text)
      .toSpliced(r.int(lines(text).length), 1)
      .join('\n'),
  'lines exchanged': (r, text) => {
    const all = lines(text);
    const [a, b] = [r.int(all.length), r.int(all.length)];
    return all.map((line, n) => (n === a ? all[b]! : n === b ? all[a]! : line)).join('\n');
  },
  indented: (r, text) => {
    const n = r.int(lines(text).length);
    return lines(text)
      .map((line, i) => (i === n ? ` ${line}` : line))
      .join('\n');
  },
  'file twice': (_, text) => `${text}\n${text}`,
  'a byte order mark': (_, text) => `\uFEFF${text}`,
  'lines of Windows': (_, text) => text.replaceAll('\n', '\r\n'),
  'a comment': (r, text) => `${text}\n${r.pick(['# ', '// '])}${repeat('x', r.int(10_000))}\n`,
};

const LARGE: Record<string, Change> = {
  empty: () => '',
  'bytes changed': (r, text) => {
    const bytes = Buffer.from(text);
    for (let n = 1 + r.int(20); n > 0; n--) bytes[r.int(bytes.length)] = r.int(256);
    return bytes;
  },
  binary: (r) => Uint8Array.from({ length: 1 + r.int(5000) }, () => r.int(256)),
  'UTF-16': (_, text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'Latin 1': (_, text) => Buffer.from(`${text}# é`, 'latin1'),
  'too big': () => Buffer.alloc(4 * 1024 * 1024 + 1, 'x'),
  'a long line': (r, text) =>
    put(text, at(r, text), repeat(r.pick(['x', 'x ', '\u00e9', '"', '\\"']), r.int(20_000))),
  'brackets deep': (r, text) => {
    const [open, close] = r.pick([
      ['[', ']'],
      ['{', '}'],
      ['(', ')'],
      ['{a: ', '}'],
      ['- ', ''],
      ['!', ''],
    ] as const);
    const depth = r.pick([20, 29, 31, 80, 500, 5000]);
    return put(text, at(r, text), repeat(open, depth) + r.pick([repeat(close, depth), '']));
  },
  'conditions deep': (r, text) => {
    const depth = r.pick([10, 25, 60, 250]);
    const condition = r.pick([
      repeat('if true then ', depth) + '1 == 1' + repeat(' else false', depth),
      `true${repeat(' && true', depth)}`,
      `1${repeat(' + 1', depth)} > 0`,
      `${repeat('(', depth)}true${repeat(')', depth)}`,
      `context${repeat('.a', depth)}`,
      `[${repeat('1, ', depth * 40)}1].contains(context.hour)`,
    ]);
    return `${text}\n@id("deep") forbid (principal, action == Jit::Action::"request", resource) when { ${condition} };\n`;
  },
  'steps deep': (r) =>
    Array.from({ length: r.pick([100, 1000]) }, (_, n) => `${repeat(' ', n)}a:\n`).join(''),
  'aliases that explode': (r, text) => {
    const wide = 2 + r.int(9);
    const rows = Array.from(
      { length: 2 + r.int(10) },
      (_, n) => `x${n + 1}: &x${n + 1} [${repeat(`*x${n},`, wide)}]\n`,
    );
    return `x0: &x0 [a]\n${rows.join('')}${text}`;
  },
  'an alias in itself': (_, text) => `x: &x { y: *x, z: [*x] }\n${text}`,
  'many keys': (r, text) =>
    text + Array.from({ length: r.pick([100, 20_000]) }, (_, n) => `k${n}: 1\n`).join(''),
  'one key, often': (_, text) => text + repeat('k: 1\n', 5000),
  'many documents': (r, text) => repeat(`---\n${text.slice(0, 200)}\n`, r.int(50)),
  'many entries': (r, text) => text + repeat(r.pick(['  - a\n', '  - {}\n', '  - []\n', '  -\n']), 5000),
  'one @id, often': () =>
    repeat('@id("x") forbid (principal, action == Jit::Action::"request", resource);\n', 1500),
  'many mistakes': (r) =>
    repeat(r.pick([';\n', 'permit;\n', '@id("")\n', 'permit (principal, action, resource);\n']), 5000),
  'types that unfold': (r, text) => {
    const [count, wide] = [r.pick([5, 10, 40]), r.pick([1, 2, 3])];
    const types = Array.from({ length: count }, (_, n) => {
      const parts = Array.from({ length: wide }, (_part, k) => `f${k}: T${n + 1}`);
      return `type T${n} = { ${parts.join(', ')} };\n`;
    });
    return `${text}\n${types.join('')}type T${count} = Long;\nentity Unfolded { x: T0 };\n`;
  },
  'an unclosed text': (r, text) => put(text, at(r, text), '"' + repeat('\\', r.int(2000))),
  'a folder': () => ({ folder: true }),
  'a link to nowhere': () => ({ link: 'nowhere' }),
  'a link to a folder': () => ({ link: '.' }),
  'a link to a device': () => ({ link: '/dev/zero' }),
};

/** A folder with something wrong in it, or with nothing wrong by luck, and what was done to it. */
export function damaged(
  r: Random,
  base: Record<string, string>,
): { things: Record<string, Thing>; how: string[] } {
  const things: Record<string, Thing> = { ...base };
  const how: string[] = [];
  const names = Object.keys(base);
  const times = r.pick([1, 1, 1, 2, 3]);
  for (let n = 0; n < times; n++) {
    const name = r.pick(names);
    const text = things[name];
    if (typeof text !== 'string') continue;
    const changes = r.chance(0.6) ? SMALL : LARGE;
    const change = r.pick(Object.keys(changes));
    things[name] = changes[change]!(r, text);
    how.push(`${change} in ${name}`);
  }
  const around: [string, () => void][] = [
    ['a file away', () => delete things[r.pick(names)]],
    ['a file of another', () => (things[r.pick(names)] = base[r.pick(names)]!)],
    [
      'a file more',
      () => (things[`${r.pick(['', '', 'payments/'])}${r.pick(ODD)}.cedar`] = base[r.pick(names)]!),
    ],
    ['a file under a name that is not read', () => (things[r.pick(NOT_READ)] = base[r.pick(names)]!)],
    ['a file that is nothing', () => (things[r.pick(BESIDE)] = base[r.pick(names)]!)],
    [
      'the sub-folder under another name',
      () => moved(r.pick([...ODD.slice(1), 'cases', 'Cases', 'lost+found', 'a~', '#a'])),
    ],
    ['the sub-folder twice', () => moved(r.pick(ODD.slice(1)), true)],
    ['a policy of all in the sub-folder', () => (things['payments/all.cedar'] = base['production.cedar']!)],
    ['a link to itself', () => (things[r.pick(['loop.cedar', 'loop'])] = { link: 'loop' })],
    [
      'a link to a folder beside',
      () => (things[r.pick(['linked', 'payments/cases/x', 'cases'])] = { link: '/tmp' }),
    ],
    [
      'a folder',
      () => (things[r.pick(['empty', 'x.cedar', 'payments/x.cedar', 'catalog.yml'])] = { folder: true }),
    ],
  ];
  if (r.chance(0.4)) {
    const [what, does] = r.pick(around);
    does();
    how.push(what);
  }
  return { things, how };

  function moved(name: string, stays = false): void {
    for (const file of names.filter((one) => one.startsWith('payments/'))) {
      things[file.replace('payments', name)] = things[file]!;
      if (!stays) delete things[file];
    }
  }
}

const ODD = ['.', ' ', 'é', 'x'.repeat(200), 'a\nb', '-rf', '__proto__', 'constructor', '*', 'a b', 'C:\\x'];
const NOT_READ = [
  [
    'freeze.CEDAR',
    'x.Cedar',
    'Catalog.yml',
    'catalog.yaml',
    'catalog-payments.yml',
    'groups.yaml',
    'b.cedarschema',
  ],
  ['payments/x.CEDAR', 'payments/directory.yml', 'payments/catalog-b.yml', 'payments/schema.cedarschema'],
  ['payments/eu/x.cedar', 'payments/eu/deep/catalog.yml', 'a/b/c/d/e.yml', 'payments/cases/eu/x.yml'],
  ['cases/payments/x.yml', 'cases/x.cedar', 'payments/cases/x.YAML', 'cases/cases/x.yml', 'cases'],
].flat();
/** Neither read nor missed. */
const BESIDE = [
  [
    'README.md',
    'kustomization.yaml',
    'payments/kustomization.yml',
    'payments/notes',
    'cases/notes.txt',
    'x.cedar.bak',
  ],
  [
    '.git/x.cedar',
    '.x.cedar',
    'payments/.x.cedar',
    'payments/x.cedar~',
    '..data/catalog.yml',
    'lost+found/x.cedar',
  ],
  ['docs/img/a.png', 'payments/docs/a', 'node_modules/a/index.js'],
].flat();
