import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Composer,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type Document,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type * as z from 'zod';
import type { Problem } from '../../ports/policy.js';
import { isObject } from '../../domain/is-object.js';
import { longList } from './long-list.js';
import { suggest } from './suggest.js';

export type Path = readonly (string | number)[];

/** A YAML file that was read, with the way back from a value to its line. */
export interface Source {
  file: string;
  /** The value there, or undefined. */
  at(path: Path): unknown;
  /** The keys of the mapping there as the file orders them (JavaScript moves numeric ones); none if it is no mapping. */
  keys(path: Path): string[];
  problem(path: Path, message: string): Problem;
}

const SEVERAL = 'holds more than one YAML document; remove the line "---"';

/** No person reads more of them, and a hostile file can have millions. */
export const MOST_PROBLEMS = 1000;

/** Of a catalog of ten thousand entries about half; more would keep the parser busy for longer than five seconds. */
const MOST_TOKENS = 2_000_000;

/** Never throws. Duplicate keys, unknown tags, several documents and bombs of aliases are problems. */
export function readYaml(file: string, text: string): { source: Source } | { problems: Problem[] } {
  const { stackTraceLimit } = Error;
  try {
    // Of a million errors, the stacks would take longest.
    Error.stackTraceLimit = 0;
    const parse = parser();
    const list = longList(text, (part) => {
      const one = parse(part);
      return faultsIn(one).length === 0 ? dataOf(one) : undefined;
    });
    if (list) return { source: sourceOf(file, list, () => parser()(text)) };
    const whole = parser()(text);
    const faults = faultsIn(whole);
    if (faults.length > 0) {
      const at = (offset: number) => placeOf(whole.lines, offset);
      return { problems: faults.map(({ offset, message }) => ({ file, ...at(offset), message })) };
    }
    return { source: sourceOf(file, dataOf(whole), () => whole) };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    return { problems: [{ file, message: `not readable as YAML: ${why}; write the values out plainly` }] };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface Parsed {
  doc: Document;
  /** Where the second document begins. */
  second: number | undefined;
  lines: LineCounter;
}

/** @returns parses texts, and throws on more words and signs than all of them together may have */
function parser(): (text: string) => Parsed {
  let left = MOST_TOKENS;
  return (text) => {
    const lines = new LineCounter();
    lines.addNewLine(0);
    const reading = new Parser(lines.addNewLine);
    function* tokens() {
      for (const lexeme of new Lexer().lex(text)) {
        if (--left < 0) throw new Error(`it has more than ${MOST_TOKENS} words and signs`);
        yield* reading.next(lexeme);
      }
      yield* reading.end();
    }
    const composer = new Composer({ uniqueKeys: false });
    const [doc, second] = composer.compose(tokens(), true, text.length);
    return { doc: doc!, second: second?.range[0], lines };
  };
}

/** As many as any person reads. */
function faultsIn({ doc, second }: Parsed): { offset: number; message: string }[] {
  const several = second === undefined ? [] : [{ offset: second, message: SEVERAL }];
  const faults = [...doc.errors, ...doc.warnings].slice(0, MOST_PROBLEMS);
  const said = faults.map(({ pos, message }) => ({ offset: pos[0], message: `not valid YAML: ${message}` }));
  return [...said, ...several, ...duplicates(doc).slice(0, MOST_PROBLEMS)];
}

/** Throws where an alias contains itself, or stands for too much. */
function dataOf({ doc }: Parsed): unknown {
  const data: unknown = doc.toJS({ maxAliasCount: 50 });
  JSON.stringify(data);
  return data;
}

/** The parser's own check compares each key with each other. This one also knows that `1` and `"1"` become one key. */
function duplicates(doc: Document): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  visit(doc, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key: node } of items) {
        const key = keyOf(node);
        const message = `the key "${key}" appears twice; keep one of the two`;
        if (seen.has(key)) found.push({ offset: startOf(node) ?? 0, message });
        seen.add(key);
      }
    },
  });
  return found;
}

/** @param read called at first when a place is asked for, or what only the text says */
function sourceOf(file: string, data: unknown, read: () => Parsed): Source {
  let known: Parsed | undefined;
  const parse = () => (known ??= read());
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(parse().doc) : node);

  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairAt = (map: YAMLMap, key: string) => {
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair.key), pair]));
    indexes.set(map, index);
    return index.get(key);
  };

  const walk = (path: Path) => {
    const { contents } = parse().doc;
    let node: unknown = resolve(contents);
    let offset = startOf(contents) ?? 0;
    for (const part of path) {
      if (isMap(node)) {
        const pair = pairAt(node, String(part));
        if (!pair) return { node: undefined, offset };
        offset = startOf(pair.key) ?? offset;
        node = resolve(pair.value);
      } else if (isSeq(node)) {
        const item = node.items[Number(part)];
        offset = startOf(item) ?? offset;
        node = resolve(item);
      } else return { node: undefined, offset };
    }
    return { node, offset };
  };

  const at = (path: Path) => path.reduce<unknown>(memberOf, data);

  return {
    file,
    at,
    keys: (path) => {
      const value = at(path);
      if (!isObject(value)) return [];
      const keys = Object.keys(value);
      if (!keys.some((key) => INTEGER.test(key))) return keys;
      const { node } = walk(path);
      return isMap(node) ? node.items.map(({ key }) => keyOf(key)) : [];
    },
    problem: (path, message) => ({ file, ...placeOf(parse().lines, walk(path).offset), message }),
  };
}

/** JavaScript puts such keys before the others. */
const INTEGER = /^\d+$/;

function memberOf(value: unknown, part: string | number): unknown {
  if (!(value instanceof Object) || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<string | number, unknown>)[part];
}

function placeOf(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** As `toJS` makes a key of it. */
function keyOf(key: unknown): string {
  const value = isScalar(key) ? key.value : undefined;
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').replaceAll('"', '');
}

function startOf(node: unknown): number | undefined {
  return node instanceof Object && 'range' in node ? (node.range as number[] | undefined)?.[0] : undefined;
}

/**
 * Checks the value at `path` against a shape from shapes.ts, and reports everything that does not fit, each with its line.
 * @param from how many leading parts of the path the messages leave out
 */
export function fit<T>(
  source: Source,
  path: Path,
  shape: z.ZodType<T>,
  problems: Problem[],
  from = 0,
): T | undefined {
  const result = shape.safeParse(source.at(path), { reportInput: true });
  if (result.success) return result.data;
  let left = MOST_PROBLEMS;
  for (const issue of result.error.issues.slice(0, MOST_PROBLEMS)) {
    const at = [...path, ...(issue.path as (string | number)[])];
    const names = at.slice(from).filter((part) => typeof part === 'string');
    const title = names.length > 0 ? `${names.join('.')}: ` : '';
    if (issue.code !== 'unrecognized_keys') {
      const message = at.length > 0 ? issue.message : issue.message.replace('is missing', 'is empty');
      problems.push(source.problem(at, title + message));
      continue;
    }
    // The shape's message is the list of the keys that it knows.
    const known = issue.message.split(', ');
    for (const key of issue.keys.slice(0, left)) {
      left--;
      const message = `${title}unknown key "${key}"; ${suggest(key, known, 'keys')}`;
      problems.push(source.problem([...at, key], message));
    }
  }
  return undefined;
}
