import type * as z from 'zod';
import type { Problem } from '../../ports/policy.js';
import type { Loaded } from '../load.js';
import type { Folder } from '../read/folder.js';
import { fit, readYaml, type Source } from '../read/source.js';
import type { Case } from './case.js';
import { caseShapes } from './file.js';
import type { Law } from './laws/law.js';
import { lawShape } from './laws/shape.js';

/** One case of a file, or one law, or what is wrong with it. */
export type WrittenCase = { name: string; at: Omit<Problem, 'message'> } & (
  { is: 'case'; test: Case } | { is: 'law'; law: Law } | { is: 'unreadable'; why: string }
);

/** What may stand in a file: cases by what they ask, and laws. */
interface Shapes {
  cases: ReturnType<typeof caseShapes>;
  law: z.ZodType<Law>;
}

/** Reads the policy tests of a folder, in the order of their files. Never throws. */
export function readWritten({ texts, problems }: Folder, loaded: Loaded): WrittenCase[] {
  const found = new Map(problems.map((problem) => [problem.file, [unreadable(problem)]]));
  const shapes = { cases: caseShapes(loaded.bundle), law: lawShape(loaded) };
  for (const [file, text] of texts) {
    const read = readYaml(file, text);
    found.set(
      file,
      'source' in read ? readFile(read.source, shapes) : read.problems.map((problem) => unreadable(problem)),
    );
  }
  return [...found.keys()].sort().flatMap((file) => found.get(file) ?? []);
}

function readFile(source: Source, shapes: Shapes): WrittenCase[] {
  const list = source.at([]);
  if (!Array.isArray(list))
    return [unreadable({ file: source.file, message: 'is not a list of cases; begin each with "- name:"' })];
  return list.flatMap((entry: unknown, i) => {
    const problems: Problem[] = [];
    const read = readEntry(source, i, shapes, problems);
    return read ?? problems.map((problem) => unreadable(problem, nameAt(entry)));
  });
}

/** @returns undefined where it cannot be read: the problems say why */
function readEntry(
  source: Source,
  i: number,
  shapes: Shapes,
  problems: Problem[],
): WrittenCase[] | undefined {
  const keys = source.keys([i]);
  const { file, line } = source.problem([i, 'name'], '');
  const at = { file, ...(line !== undefined && { line }) };
  const actions = Object.keys(shapes.cases) as (keyof Shapes['cases'])[];
  const action = actions.find((name) => keys.includes(name));
  if (keys.includes('never')) {
    const beside = besideNever(keys, action);
    if (beside) problems.push(source.problem([i, beside.key], `${beside.key}: ${beside.why}`));
    const law = beside ? undefined : fit(source, [i], shapes.law, problems, 1);
    return law && [{ is: 'law', name: law.name, at, law }];
  }
  if (action === undefined) {
    const message =
      'asks nothing; write one of request:, approve:, extend:, revoke:, audit: and review:, or never:';
    problems.push(source.problem([i], message));
    return undefined;
  }
  const tests = fit<Case[]>(source, [i], shapes.cases[action], problems, 1);
  return tests?.map((test) => ({ is: 'case', name: test.name, at, test }));
}

/** What of a case stands in a law. */
function besideNever(
  keys: readonly string[],
  action: string | undefined,
): { key: string; why: string } | undefined {
  if (action !== undefined)
    return {
      key: action,
      why: 'stands beside never:; a case asks one question and a law speaks of all, so write two of them',
    };
  return keys.includes('expect')
    ? { key: 'expect', why: 'does not belong to a law; what stands under never: is what must not be' }
    : undefined;
}

const nameAt = (value: unknown) =>
  value instanceof Object && 'name' in value && typeof value.name === 'string' ? value.name : '(no name)';

const unreadable = ({ message: why, ...at }: Problem, name = '(unreadable)'): WrittenCase => ({
  is: 'unreadable',
  name,
  at,
  why,
});
