import { formatChain } from '../../domain/chain.js';
import type { Bundle } from '../../ports/policy.js';
import { ask, type Case, type CaseOutcome } from './case.js';
import { readCase } from './file.js';
import { readCases, type Folder } from '../read/folder.js';
import { readYaml } from '../read/source.js';

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
}

/**
 * Runs the policy tests of a folder, `cases/*.yml`, against a bundle.
 * @returns a result for each case; what cannot be read is a failed one. Never throws. Without cases: none.
 */
export async function runCases(dir: string, bundle: Bundle): Promise<CaseResult[]> {
  return runCaseFiles(await readCases(dir), bundle);
}

/** The same, of files that have been read. */
export function runCaseFiles({ texts, problems }: Folder, bundle: Bundle): CaseResult[] {
  const results = new Map(problems.map(({ file, message }) => [file, [unreadable(file, message)]]));
  for (const [file, text] of texts) results.set(file, runFile(file, text, bundle));
  return [...results.keys()].sort().flatMap((file) => results.get(file) ?? []);
}

function runFile(file: string, text: string, bundle: Bundle): CaseResult[] {
  const read = readYaml(file, text);
  if ('problems' in read) return read.problems.map(({ message, line }) => unreadable(file, message, line));
  const { source } = read;
  const list = source.at([]);
  if (!Array.isArray(list)) return [unreadable(file, 'is not a list of cases; begin each with "- name:"')];
  return list.flatMap((_, i) => {
    const found = readCase(source, i, bundle);
    if ('problems' in found) {
      return found.problems.map(({ message, line }) => unreadable(file, message, line, nameAt(list[i])));
    }
    const { line } = source.problem([i, 'name'], '');
    return [{ file, ...(line !== undefined && { line }), ...judge(found.case, bundle) }];
  });
}

function judge(test: Case, bundle: Bundle): Omit<CaseResult, 'file' | 'line'> {
  const actual = ask(test, bundle);
  const { expect } = test;
  // A case speaks only of what it names.
  const comparable: CaseOutcome = {
    outcome: actual.outcome,
    ...(expect.chain && { chain: actual.chain ?? [] }),
    ...(expect.policies && { policies: actual.policies }),
    ...(actual.errors.length > 0 && { errors: actual.errors }),
  };
  const expected = shown({ ...expect, ...(expect.policies && { policies: [...expect.policies].sort() }) });
  const got = shown(comparable);
  const policies = actual.policies ?? [];
  return { name: test.name, passed: expected === got, expected, actual: got, policies };
}

function shown({ outcome, chain, policies, errors }: CaseOutcome): string {
  return [
    outcome,
    ...(chain ? [`chain: ${formatChain(chain)}`] : []),
    ...(policies ? [`policies: ${policies.join(', ') || 'none'}`] : []),
    ...(errors ? [`errors: ${errors.join('; ')}`] : []),
  ].join(' | ');
}

const nameAt = (value: unknown) =>
  value instanceof Object && 'name' in value && typeof value.name === 'string' ? value.name : '(no name)';

function unreadable(file: string, message: string, line?: number, name = '(unreadable)'): CaseResult {
  const unread = { passed: false, expected: 'a case that can be read', actual: message, policies: [] };
  return { file, ...(line !== undefined && { line }), name, ...unread };
}
