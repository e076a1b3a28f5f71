import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const NOT_IN_SLACK = require('../slack-function.cjs') as RegExp[];
const SRC = resolve(__dirname, '../src');
/** Runs in a browser, and has a type check of its own. */
const PAGE = 'sandbox/page/browser';
const ADAPTERS = ['slack', 'policy', 'people', 'grants', 'store', 'http'];

interface Module {
  /** Path within src. */
  file: string;
  text: string;
  /** What it imports: paths within src, or package names. */
  imports: string[];
}

const all: Module[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    return { file, text, imports: importsOf(file, text) };
  });
const modules = all.filter(({ file }) => !file.startsWith(PAGE));
const page = all.filter(({ file }) => file.startsWith(PAGE));

function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g);
  return [...found].map(([, name]) => {
    if (!name!.startsWith('.')) return name!;
    return relative(SRC, resolve(SRC, dirname(file), name!)).replace(/\.js$/, '.ts');
  });
}

/** The part a file belongs to: a folder of src, or a file at its top. */
function partOf(file: string): string {
  return file.startsWith('sandbox/run/') ? 'sandbox/run' : file.split('/')[0]!;
}

/** What each part may import of the other parts: everything points inward. */
const MAY: Record<string, string[]> = {
  domain: [],
  kit: ['domain'],
  // The sentences, for Slack, the terminal and the page alike.
  words: ['domain', 'kit'],
  ports: ['domain'],
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, ['ports', 'domain', 'kit']])),
  slack: ['ports', 'domain', 'kit', 'words'],
  workflow: ['ports', 'domain', 'kit'],
  // What the variables must look like, and who reads them.
  'environment.ts': ['kit'],
  'config.ts': ['kit', 'environment.ts'],
  'log.ts': [],
  // Slack and the clock are handed in: run puts the commands together.
  cli: [
    'ports',
    'domain',
    'kit',
    'words',
    'config.ts',
    'environment.ts',
    'policy',
    'people',
    'grants',
    'store',
  ],
  // Where the program is put together, each way of running in its own measure.
  run: ['cli', 'workflow', 'ports', 'domain', 'kit', 'config.ts', 'log.ts', ...ADAPTERS],
  sandbox: ['domain'],
  // The whole program, among doubles.
  'sandbox/run': ['sandbox', 'run', 'ports', 'domain', 'kit', 'config.ts', 'log.ts', ...ADAPTERS],
  entry: ['run', 'config.ts', 'log.ts'],
};

function offenders(breaks: (module: Module, name: string) => boolean): string[] {
  return modules.flatMap((module) =>
    module.imports.filter((name) => breaks(module, name)).map((name) => `${module.file} imports ${name}`),
  );
}

/** Of modules and packages, those that the function that faces the internet must not hold. */
function notInSlack(names: string[]): string[] {
  return names.filter((name) => {
    const path = name.endsWith('.ts') ? `src/${name}` : name;
    return NOT_IN_SLACK.some((pattern) => pattern.test(path));
  });
}

/** Every folder of grants but the one that they share. */
function kindFolders(files: string[]): string[] {
  const folders = files.flatMap((file) => /^grants\/([\w-]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(folders)].filter((name) => name !== 'aws');
}

/** What is missing of the folders of grant kinds. Their rows in the other tables the compiler asks for. */
function incomplete(files: string[]): string[] {
  const table = modules.find(({ file }) => file === 'grants/kinds.ts');
  return kindFolders(files).flatMap((kind) => [
    ...['kind', 'provisioner', 'doctor', 'words', 'seed']
      .map((part) => `grants/${kind}/${part}.ts`)
      .filter((file) => !files.includes(file)),
    ...(table?.imports.includes(`grants/${kind}/kind.ts`) ? [] : [`a row in grants/kinds.ts for ${kind}`]),
  ]);
}

/** Ways from a file back to itself. */
function rounds(graph: Map<string, string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (done.has(file)) return;
    else for (const name of graph.get(file) ?? []) walk(name, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}

function twice(files: Module[]): string[] {
  const homes = new Map<string, string[]>();
  for (const { file, text } of files)
    for (const [, name] of text.matchAll(/^export (?:type|interface|(?:abstract )?class) (\w+)/gm))
      homes.set(name!, [...(homes.get(name!) ?? []), file]);
  return [...homes]
    .filter(([, where]) => where.length > 1)
    .map(([name, where]) => `${name}: ${where.join(', ')}`);
}

function crowded(files: Module[]): string[] {
  const folders = new Map<string, Module[]>();
  for (const one of files) {
    const folder = dirname(one.file);
    folders.set(folder, [...(folders.get(folder) ?? []), one]);
  }
  return [...folders].flatMap(([folder, here]) => {
    const index = here.find(({ file }) => file === `${folder}/index.ts`);
    const isTable = index && here.every((one) => one === index || index.imports.includes(one.file));
    return here.length > 12 && !isTable ? [`${folder}: ${here.length} files`] : [];
  });
}

describe('the architecture', () => {
  test('there is something to look at', () => {
    expect(modules.length).toBeGreaterThan(50);
    expect(offenders((_, name) => name.startsWith('ports/')).length).toBeGreaterThan(10);
  });

  test('every part is known', () => {
    expect(modules.map(({ file }) => partOf(file)).filter((part) => !(part in MAY))).toEqual([]);
  });

  test('imports point inward, and adapters import neither one another nor the workflow', () => {
    const isInside = (name: string) => name.endsWith('.ts');
    expect(
      offenders(({ file }, name) => {
        if (!isInside(name) || partOf(name) === partOf(file)) return false;
        return !MAY[partOf(file)]!.includes(partOf(name));
      }),
    ).toEqual([]);
  });

  test.each([
    ['AWS SDK', /^@(?:aws-sdk|smithy)\//, /^(?:grants|store)\//],
    ['Slack', /^@slack\//, /^(?:slack|run)\//],
    ['Cedar', /^@cedar-policy\//, /^policy\//],
    ['HTTP', /^(?:node:https?|undici)$/, /^(?:http|slack|sandbox|kit\/outbound)\//],
  ])('%s is imported only where it belongs', (_, library, home) => {
    expect(offenders(({ file }, name) => library.test(name) && !home.test(file))).toEqual([]);
  });

  test('the core knows no library and does no input or output', () => {
    expect(
      offenders(
        ({ file }, name) => partOf(file) === 'domain' && !name.endsWith('.ts') && name !== 'node:crypto',
      ),
    ).toEqual([]);
  });

  test('the core names no chat and no identity provider, save where records of old are brought up to date', () => {
    const core = modules.filter(({ file }) => /^(?:domain|ports|workflow)\//.test(file));
    expect(core.length).toBeGreaterThan(50);
    const naming = core.filter(({ text }) => /slack|usergroup|view_?id/i.test(text));
    expect(naming.map(({ file }) => file)).toEqual(['domain/record/upcast.ts']);
  });

  test('only config.ts reads the environment', () => {
    const readers = modules.filter(({ text }) => /process\s*\.\s*env|process\[/.test(text));
    expect(readers.map(({ file }) => file)).toEqual(['config.ts']);
  });

  test('only run/wiring/clock.ts reads the wall clock', () => {
    const readers = modules.filter(({ text }) => /\bDate\.now\b|new Date\(\)/.test(text));
    expect(readers.map(({ file }) => file)).toEqual(['run/wiring/clock.ts']);
  });

  test('only Slack’s double and, for the log, run/wiring/clock.ts measure real time', () => {
    const readers = modules.filter(({ text }) => /performance\.now|hrtime/.test(text));
    expect(readers.filter(({ file }) => partOf(file) !== 'sandbox').map(({ file }) => file)).toEqual([
      'run/wiring/clock.ts',
    ]);
  });

  test('no file imports itself in a round, nor do types', () => {
    expect(rounds(new Map(modules.map(({ file, imports }) => [file, imports])))).toEqual([]);
    const round = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(rounds(round)).toEqual(['b → c → b']);
  });

  test('no two exported types have one name', () => {
    expect(modules.some(({ file }) => file === 'ports/record.ts')).toBe(true);
    expect(twice([...modules, ...page])).toEqual([]);
    const other = { file: 'words/other.ts', text: 'export interface Head {}', imports: [] };
    expect(twice([...modules, other])).toEqual(['Head: domain/request/head.ts, words/other.ts']);
  });

  test('a folder holds twelve files at most, unless it is a table: an index that lists every other file', () => {
    expect(crowded([...modules, ...page])).toEqual([]);
    const many = Array.from({ length: 13 }, (_, n) => ({ file: `words/w${n}.ts`, text: '', imports: [] }));
    expect(crowded(many)).toEqual(['words: 13 files']);
    const index = { file: 'words/index.ts', text: '', imports: many.map(({ file }) => file) };
    expect(crowded([...many, index])).toEqual([]);
    expect(crowded([...many, { ...index, imports: index.imports.slice(1) }])).toEqual(['words: 14 files']);
  });

  test('a function of more than seventy lines has its reason beside it', () => {
    const excused = [...modules, ...page].flatMap(({ file, text }) =>
      text
        .split('\n')
        .filter((line) => line.includes('max-lines-per-function'))
        .map((line) => ({ file, why: line.split(' -- ')[1] ?? '' })),
    );
    expect(excused.filter(({ why }) => why === '')).toEqual([]);
    const factory = 'a factory: it only returns an object of functions, each of them shorter';
    expect(excused.filter(({ why }) => why !== factory).map(({ file }) => file)).toEqual([
      'policy/lint/rules/reach.ts',
    ]);
  });

  test.each([
    ['what an object is', /=== 'object' && \w+ !== null && !Array\.isArray/, ['domain/is-object.ts']],
    // Two files wait for whichever of two things comes first, neither of which is a deadline.
    [
      'a deadline',
      /Promise\.race/,
      ['kit/deadline.ts', 'slack/wire/socket-mode.ts', 'store/dynamodb/stream/reader.ts'],
    ],
    ['several at a time', /Array\.from\(\{ length: [^}]*\}, worker\)/, ['kit/side-by-side.ts']],
  ])('%s is written once', (_, written, home) => {
    const found = modules.filter(({ file, text }) => partOf(file) !== 'sandbox' && written.test(text));
    expect(found.map(({ file }) => file)).toEqual(home);
  });

  test('periodic work stands in the table of workflow/jobs alone: what sweeps lists none of it', () => {
    const sweeping = modules.filter(({ file }) =>
      ['run/server/serve.ts', 'run/server/sweeps.ts', 'run/lambda/sweep.ts'].includes(file),
    );
    expect(sweeping).toHaveLength(3);
    const listed = /\b(?:refresh|complete|lookForLeavers|retryAfterChange)\(/;
    expect(sweeping.filter(({ text }) => listed.test(text)).map(({ file }) => file)).toEqual([]);
    expect(sweeping.filter(({ text }) => text.includes('runJobs')).length).toBeGreaterThan(1);
  });

  test('an entry is a few lines', () => {
    const long = modules.filter(({ file, text }) => partOf(file) === 'entry' && text.split('\n').length > 31);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  test('invariant 13: what the Slack function is made of reaches neither IAM, nor STS, nor the engine', () => {
    const reached = new Set<string>();
    const graph = new Map(
      modules.map(({ file, text }) => [file, importsOf(file, text.replace(/^import type [^;]*;/gm, ''))]),
    );
    const walk = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const name of graph.get(file) ?? []) walk(name);
    };
    walk('entry/slack-lambda.ts');
    expect(reached).toContain('workflow/front/index.ts');
    // Its one import is of a function that the bundle leaves out, as the build makes sure.
    reached.delete('@aws-sdk/client-dynamodb-streams');
    expect(notInSlack([...reached])).toEqual([]);
  });

  test('invariant 13: of a grant kind, only what reads a catalog and words documents may be in that function', () => {
    const kinds = modules.filter(({ file }) => file.startsWith('grants/')).map(({ file }) => file);
    const barred = notInSlack([...kinds, 'grants/some-kind/provisioner.ts', 'grants/some-kind/kind.ts']);
    const calls = modules.filter(({ imports }) => imports.some((name) => name.startsWith('@aws-sdk/')));
    const inGrants = calls.filter(({ file }) => kinds.includes(file));
    expect(inGrants.length).toBeGreaterThan(5);
    expect(barred).toEqual(expect.arrayContaining(inGrants.map(({ file }) => file)));
    for (const part of ['provisioner', 'doctor', 'seed'])
      for (const kind of kindFolders(kinds)) expect(barred).toContain(`grants/${kind}/${part}.ts`);
    expect(barred).toContain('grants/some-kind/provisioner.ts');
    expect(barred).not.toContain('grants/some-kind/kind.ts');
  });

  test('the tools for policies know their common room, none another, and what decides knows none of them', () => {
    const tools = ['explain', 'lint', 'diff', 'cases'];
    const roomOf = (file: string) => /^policy\/(\w+)\//.exec(file)?.[1] ?? '';
    const isTool = (file: string) => [...tools, 'questions'].includes(roomOf(file));
    const inPolicy = offenders(({ file }, name) => {
      if (!file.startsWith('policy/') || !isTool(name) || roomOf(file) === roomOf(name)) return false;
      // A folder is taken only if its own cases pass.
      if (file === 'policy/live/examine-source.ts') return name !== 'policy/cases/run.ts';
      return !(tools.includes(roomOf(file)) && roomOf(name) === 'questions');
    });
    expect(inPolicy).toEqual([]);
    expect(
      offenders(({ file }, name) => tools.includes(roomOf(file)) && roomOf(name) === 'questions'),
    ).not.toEqual([]);
  });

  test('the folder of each grant kind is complete, and has its row', () => {
    const files = modules.map(({ file }) => file);
    expect(kindFolders(files)).toContain('sts-session');
    expect(incomplete(files)).toEqual([]);
    expect(incomplete([...files, 'grants/half/kind.ts'])).toEqual([
      'grants/half/provisioner.ts',
      'grants/half/doctor.ts',
      'grants/half/words.ts',
      'grants/half/seed.ts',
      'a row in grants/kinds.ts for half',
    ]);
  });

  test('nothing in src is built on the doubles, save the sandbox itself', () => {
    expect(
      offenders(({ file }, name) => name.startsWith('sandbox/') && !file.startsWith('sandbox/')),
    ).toEqual([]);
  });
});
