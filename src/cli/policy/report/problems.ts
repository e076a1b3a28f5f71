import type { Problem } from '../../../ports/policy.js';
import { readText } from '../../../policy/read/folder.js';
import { painted, plain } from '../../terminal.js';
import { lineOf, pathOf } from '../place.js';
import { excerptOf } from './excerpt.js';

/** A problem, or a warning, in a line for editors and pipelines, and the place in the file for people. */
export interface ShownProblem {
  line: string;
  excerpt: string[];
}

/** Problems of a folder for a terminal; nothing in them moves the cursor. The files are read once more. */
export async function shownProblems(dir: string, problems: readonly Problem[]): Promise<ShownProblem[]> {
  const texts = new Map<string, readonly string[]>();
  for (const file of new Set(problems.flatMap(({ file, line }) => (line === undefined ? [] : [file])))) {
    const read = await readText(pathOf(dir, file));
    texts.set(file, 'text' in read ? read.text.split('\n') : []);
  }
  return problems.map((problem) => ({
    line: plain(lineOf(dir, problem)),
    excerpt:
      problem.line === undefined
        ? []
        : excerptOf(texts.get(problem.file) ?? [], problem.line, problem.column),
  }));
}

/** The same as lines, without colours. */
export async function problemLines(dir: string, problems: readonly Problem[]): Promise<string[]> {
  return (await shownProblems(dir, problems)).flatMap(({ line, excerpt }) => [line, ...excerpt]);
}

/** The same as a text. @param colour of the carets; absent: without colours */
export function problemText(problems: readonly ShownProblem[], colour?: 'red' | 'yellow'): string {
  const caret = (line: string) => (colour ? line.replace(/\^$/, painted('^', colour)) : line);
  return problems
    .flatMap(({ line, excerpt: [source, below] }) => [
      line,
      ...(source === undefined ? [] : [source]),
      ...(below === undefined ? [] : [caret(below)]),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
