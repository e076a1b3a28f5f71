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

type CaseShapes = ReturnType<typeof caseShapes>;

/** Reads the policy tests of a folder, in the order of their files. Never throws. */
export function readWritten({ texts, problems }: Folder, loaded: Loaded): WrittenCase[] {
  const found = new Map(problems.map((problem) => [problem.file, [unreadable(problem)]]));
  const shapes = caseShapes(loaded.bundle);
  for (const [file, text] of texts) {
    const read = readYaml(file, text);
    found.set(
      file,
      'source' in read
        ? readEntries(read.source, shapes, loaded)
        : read.problems.map((problem) => unreadable(problem)),
    );
  }
  return [...found.keys()].sort().flatMap((file) => found.get(file) ?? []);
}

function readEntries(source: Source, shapes: CaseShapes, loaded: Loaded): WrittenCase[] {
  const list = source.at([]);
  if (!Array.isArray(list))
    return [unreadable({ file: source.file, message: 'is not a list of cases; begin each with "- name:"' })];
  return list.flatMap((entry: unknown, i) => {
    const problems: Problem[] = [];
    const { file, line } = source.problem([i, 'name'], '');
    const at = { file, ...(line !== undefined && { line }) };
    const read = readEntry(source, i, { shapes, loaded, at, problems });
    return read ?? problems.map((problem) => unreadable(problem, nameAt(entry)));
  });
}

function readEntry(
  source: Source,
  i: number,
  {
    shapes,
    loaded,
    at,
    problems,
  }: { shapes: CaseShapes; loaded: Loaded; at: WrittenCase['at']; problems: Problem[] },
): WrittenCase[] | undefined {
  const keys = source.keys([i]);
  const action = (Object.keys(shapes) as (keyof CaseShapes)[]).find((name) => keys.includes(name));
  if (keys.includes('never')) {
    const other = action ?? keys.find((key) => key === 'expect');
    if (other !== undefined) {
      problems.push(
        source.problem([i, other], `${other}: ${NOT_IN_LAWS[other === 'expect' ? 'expect' : 'asks']}`),
      );
      return undefined;
    }
    const law = fit(source, [i], lawShape(loaded), problems, 1);
    return law && [{ is: 'law', name: law.name, at, law }];
  }
  if (action)
    return fit<Case[]>(source, [i], shapes[action], problems, 1)?.map((test) => ({
      is: 'case',
      name: test.name,
      at,
      test,
    }));
  problems.push(
    source.problem([i], 'asks nothing; write one of request:, approve:, revoke: and audit:, or never:'),
  );
  return undefined;
}

const NOT_IN_LAWS = {
  asks: 'stands beside never:; a case asks one question and a law speaks of all, so write two of them',
  expect: 'does not belong to a law; what stands under never: is what must not be',
};

const nameAt = (value: unknown) =>
  value instanceof Object && 'name' in value && typeof value.name === 'string' ? value.name : '(no name)';

function unreadable({ message: why, ...at }: Problem, name = '(unreadable)'): WrittenCase {
  return { is: 'unreadable', name, at, why };
}
