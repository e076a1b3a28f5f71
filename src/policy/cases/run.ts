import { formatChain } from '../../domain/chain.js';
import type { Bundle, Problem } from '../../ports/policy.js';
import { readCases, type Folder } from '../read/folder.js';
import { fit, readYaml, type Source } from '../read/source.js';
import { ask, type Case, type CaseOutcome } from './case.js';
import { caseShapes } from './file.js';

export interface CaseResult {
  /** `cases/production.yml` */
  file: string;
  line?: number;
  name: string;
  passed: boolean;
  expected: string;
  actual: string;
  /** The ids of the policies that decided it. */
  policies: string[];
  /** Of a case that failed. `expected` is absent where the case does not say. */
  differences: { what: string; expected?: string | undefined; actual?: string | undefined }[];
}

/** What was expected where a case cannot be read. */
export const UNREADABLE = 'a case that can be read';

/**
 * Runs the policy tests of a folder, `cases/*.yml`, against a bundle.
 * @returns a result for each case; what cannot be read is a failed one. Never throws. Without cases: none.
 */
export async function runCases(dir: string, bundle: Bundle): Promise<CaseResult[]> {
  return runCaseFiles(await readCases(dir), bundle);
}

/** The same, of files that have been read. */
export function runCaseFiles({ texts, problems }: Folder, bundle: Bundle): CaseResult[] {
  const results = new Map(problems.map((problem) => [problem.file, [unreadable(problem)]]));
  const shapes = caseShapes(bundle);
  for (const [file, text] of texts) {
    const read = readYaml(file, text);
    const found =
      'source' in read
        ? runFile(read.source, shapes, bundle)
        : read.problems.map((problem) => unreadable(problem));
    results.set(file, found);
  }
  return [...results.keys()].sort().flatMap((file) => results.get(file) ?? []);
}

function runFile(source: Source, shapes: ReturnType<typeof caseShapes>, bundle: Bundle): CaseResult[] {
  const { file } = source;
  const list = source.at([]);
  if (!Array.isArray(list))
    return [unreadable({ file, message: 'is not a list of cases; begin each with "- name:"' })];
  const actions = Object.keys(shapes) as (keyof typeof shapes)[];
  return list.flatMap((_, i) => {
    const keys = source.keys([i]);
    const action = actions.find((name) => keys.includes(name));
    const problems: Problem[] = [];
    const test = action && fit<Case>(source, [i], shapes[action], problems, 1);
    if (!action)
      problems.push(source.problem([i], 'asks nothing; write one of request:, approve:, revoke: and audit:'));
    if (!test) return problems.map((problem) => unreadable(problem, nameAt(list[i])));
    const { line } = source.problem([i, 'name'], '');
    return [{ file, ...(line !== undefined && { line }), ...judge(test, bundle) }];
  });
}

function judge(test: Case, bundle: Bundle): Omit<CaseResult, 'file' | 'line'> {
  const { outcome, chain = [], policies = [], errors } = ask(test, bundle);
  const { expect } = test;
  const wanted = fieldsOf(expect);
  const shows = expect.chain !== undefined || outcome === 'needs-approval';
  const got = fieldsOf({ outcome, ...(shows && { chain }), policies, errors });
  // A case speaks only of what it names; what came out besides is good to know where it fails.
  const named = [...got].filter(([what]) => wanted.has(what) || what === 'errors');
  const [expected, actual] = [shown(wanted), shown(new Map(named))];
  const passed = expected === actual;
  const differences = FIELDS.flatMap((what) => {
    const both = { expected: wanted.get(what), actual: got.get(what) };
    return passed || both.expected === both.actual ? [] : [{ what, ...both }];
  });
  return { name: test.name, passed, expected, actual, policies, differences };
}

const FIELDS = ['outcome', 'chain', 'policies', 'errors'] as const;

/** What is said of an outcome, in words, in the order of `FIELDS`. */
function fieldsOf({ outcome, chain, policies, errors = [] }: CaseOutcome): Map<string, string> {
  return new Map([
    ['outcome', outcome],
    ...(chain ? [['chain', formatChain(chain)] as const] : []),
    ...(policies ? [['policies', [...policies].sort().join(', ') || 'none'] as const] : []),
    ...(errors.length > 0 ? [['errors', errors.join('; ')] as const] : []),
  ]);
}

const shown = (fields: Map<string, string>) =>
  [...fields].map(([what, text]) => (what === 'outcome' ? text : `${what}: ${text}`)).join(' | ');

const nameAt = (value: unknown) =>
  value instanceof Object && 'name' in value && typeof value.name === 'string' ? value.name : '(no name)';

function unreadable({ file, line, message: actual }: Problem, name = '(unreadable)'): CaseResult {
  const differences = [{ what: 'cannot be read', actual }];
  const unread = { passed: false, expected: UNREADABLE, actual, policies: [], differences };
  return { file, ...(line !== undefined && { line }), name, ...unread };
}

/** Of cases, those that fail or cannot be read, as problems. */
export function failedCases(cases: Folder, bundle: Bundle): Problem[] {
  return runCaseFiles(cases, bundle)
    .filter(({ passed }) => !passed)
    .map(({ file, line, name, expected, actual }) => ({
      file,
      ...(line !== undefined && { line }),
      message: `the case "${name}" fails: expected ${expected}, got ${actual}`,
    }));
}
