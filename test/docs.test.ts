import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const REFERENCE = /`(test\/[\w./-]+\.ts)` › `([^`]+)`/g;
const references = [...text.matchAll(REFERENCE)].map(([, file, name]) => [file!, name!] as const);

/** Whether a test, or a table of tests, of exactly this name stands in a file. */
function hasTest(file: string, name: string): boolean {
  const path = join(ROOT, file);
  if (!existsSync(path)) return false;
  const written = name.replaceAll("'", String.raw`\'`);
  const quoted = [`'${name}'`, `'${written}'`, `"${name}"`, `\`${name}\``];
  const source = readFileSync(path, 'utf8');
  return quoted.some((literal) => source.includes(`${literal}, `) || source.includes(`${literal},\n`));
}

describe('the threat model', () => {
  test('names tests', () => {
    expect(references.length).toBeGreaterThan(40);
  });

  test.each(references)('%s has the test “%s”', (file, name) => {
    expect(hasTest(file, name)).toBe(true);
  });

  test('every row names its test', () => {
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (?:-+|wants|mistake) +\|/.test(line));
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !row.includes('` › `'))).toEqual([]);
  });

  test('every adversary says what is not covered', () => {
    const sections = text.split(/^### /m).slice(1);
    expect(sections.length).toBeGreaterThan(8);
    expect(sections.filter((section) => !section.includes('**Not covered.**'))).toEqual([]);
  });

  test('a name that no test has is found', () => {
    expect(hasTest('test/docs.test.ts', 'a name that no test has is found')).toBe(true);
    expect(hasTest('test/docs.test.ts', 'a name that no test has')).toBe(false);
    expect(hasTest('test/nowhere.test.ts', 'anything')).toBe(false);
  });
});

/** Files below a folder of the repository, as paths from its root. */
function filesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => join(folder, file));
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const withoutCode = (markdown: string) => markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

/** The anchors that GitHub gives the headings of a document. */
function anchorsIn(markdown: string): string[] {
  const seen = new Map<string, number>();
  return headingsIn(markdown).map((heading) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

function headingsIn(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#+ +(.+)$/gm)].map(([, heading]) => heading!);
}

/** What is wrong with the links of a document that lead into this repository. */
function brokenLinks(file: string, markdown: string): string[] {
  const prose = withoutCode(markdown).replaceAll(/`[^`\n]*`/g, 'code');
  const targets = [...prose.matchAll(/\]\(\s*([^)\s]+)\s*\)/g)].map(([, target]) => target!);
  return targets.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const to = path === '' ? file : join(dirname(file), path);
    if (relative(ROOT, join(ROOT, to)).startsWith('..') || !existsSync(join(ROOT, to)))
      return [`${file}: there is no ${target}`];
    const found = anchor === undefined || anchorsIn(to === file ? markdown : read(to)).includes(anchor);
    return found ? [] : [`${file}: ${to} has no heading for #${anchor}`];
  });
}

describe('the documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...filesIn('docs', /\.md$/),
  ];

  test('there are many', () => {
    expect(documents.length).toBeGreaterThan(20);
  });

  test.each(documents)('each link of %s leads to a file, and to a heading of it', (file) => {
    expect(brokenLinks(file, read(file))).toEqual([]);
  });

  test('a link that leads nowhere is found, and code is not taken for one', () => {
    const links =
      '[a](nowhere.md) [b](#not-here) [c](lint.md#codes) [d](lint.md#no) [e](https://a.example) `[f](g)`';
    expect(brokenLinks('docs/aws.md', `# Here\n${links}\n\n\`\`\`\n[h](i)\n\`\`\`\n`)).toEqual([
      'docs/aws.md: there is no nowhere.md',
      'docs/aws.md: docs/aws.md has no heading for #not-here',
      'docs/aws.md: docs/lint.md has no heading for #no',
    ]);
  });

  test.each(documents)('each file of ours that %s names is there', (file) => {
    const named = [...read(file).matchAll(/`((?:\.osls|bin|docs|policies|src|test)\/[\w./-]+\.\w+)`/g)].map(
      ([, path]) => path!,
    );
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('each document of docs is reached from the README', () => {
    const reached = new Set<string>();
    const walk = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const [, path] of withoutCode(read(file)).matchAll(/\]\(([^)#\s:]+\.md)/g))
        walk(join(dirname(file), path!));
    };
    walk('README.md');
    expect(documents.filter((file) => !reached.has(file))).toEqual([]);
  });

  test('the README has at most 130 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(130);
  });

  test('environment.md names exactly the variables that the program reads', () => {
    const variables = [...read('src/environment.ts').matchAll(/^ +([A-Z][A-Z\d_]*): /gm)].map(
      ([, name]) => name!,
    );
    expect(variables.length).toBeGreaterThan(20);
    const named = [...read('docs/environment.md').matchAll(/\*\*`([^`]+)`\*\*/g)].map(([, name]) => name!);
    expect(named.toSorted()).toEqual([...new Set(variables)].toSorted());
  });

  test('where the program names a document, there is one, with the heading that it names', () => {
    const sources = [
      ...filesIn('src', /\.tsx?$/),
      ...filesIn('policies', /\.(?:cedar|yml)$/),
      ...filesIn('bin', /\.js$/),
      ...filesIn('.osls', /\.[cm]js$/),
      'serverless.yml',
      'manifest.yml',
    ];
    const naming = /(?:"([^"]+)" in )?(?<![\w/.])(docs\/[\w/-]+\.(?:md|yml|json))/g;
    const names = sources.flatMap((file) =>
      [...read(file).matchAll(naming)].map(([, heading, document]) => ({
        file,
        heading,
        document: document!,
      })),
    );
    expect(names.filter(({ heading }) => heading !== undefined).length).toBeGreaterThan(1);
    expect(
      names.filter(
        ({ heading, document }) =>
          !existsSync(join(ROOT, document)) ||
          (heading !== undefined && !headingsIn(read(document)).includes(heading)),
      ),
    ).toEqual([]);
    // It has too little room for what a message could send people to.
    expect(sources.filter((file) => read(file).includes('README'))).toEqual([]);
  });
});
