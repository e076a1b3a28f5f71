import type { Instant } from '../../domain/entitlement.js';
import type { Bundle, Problem } from '../../ports/policy.js';
import type { Loaded } from '../load.js';
import { readCases, type Folder } from '../read/folder.js';
import type { Law } from './laws/law.js';
import type { LawProof } from './laws/prove.js';
import { told } from './laws/told.js';
import { readWritten, type WrittenCase } from './read.js';
import { judge, type CaseResult } from './result.js';

export type { CaseResult } from './result.js';

/** What was expected where a case cannot be read. */
export const UNREADABLE = 'a case that can be read';

/** How cases are run. */
export interface RunOptions {
  /** The first instant of which laws are proven. */
  from: Instant;
  /** Only what has this in its name. */
  filter?: string | undefined;
}

/**
 * Runs the policy tests of a folder, `cases/*.yml`, against a bundle.
 * @returns a result for each case and each law; what cannot be read is a failed one. Never throws. Without cases: none.
 */
export async function runCases(dir: string, loaded: Loaded, how: RunOptions): Promise<CaseResult[]> {
  return runCaseFiles(await readCases(dir), loaded, how);
}

/** The same, of files that have been read. */
export async function runCaseFiles(
  cases: Folder,
  loaded: Loaded,
  { from, filter = '' }: RunOptions,
): Promise<CaseResult[]> {
  const written = readWritten(cases, loaded).filter(({ name }) => name.includes(filter));
  const laws = lawsIn(written);
  const proofs = new Map(laws.length > 0 ? zipped(laws, await proofsOf(laws, loaded, from)) : []);
  return written.map((one) => resultOf(one, loaded.bundle, proofs));
}

/** Whether all cases pass and all laws hold. The laws are only asked where the cases pass. */
export async function allPass(
  written: readonly WrittenCase[],
  loaded: Loaded,
  from: Instant,
): Promise<boolean> {
  const passes = (one: WrittenCase) => one.is === 'case' && judge(one.test, loaded.bundle).passed;
  if (!written.every((one) => one.is === 'law' || passes(one))) return false;
  const laws = lawsIn(written);
  return laws.length === 0 || (await proofsOf(laws, loaded, from)).every(({ is }) => is === 'proven');
}

const lawsIn = (written: readonly WrittenCase[]): Law[] =>
  written.flatMap((one) => (one.is === 'law' ? [one.law] : []));

/** Only now: who starts a folder without laws does not wait for what proves them to load. */
async function proofsOf(laws: readonly Law[], loaded: Loaded, from: Instant): Promise<LawProof[]> {
  const { prove } = await import('./laws/prove.js');
  try {
    return prove(laws, loaded, from);
  } catch (error) {
    const why = [error instanceof Error ? error.message : String(error)];
    return laws.map(() => ({ is: 'not proven', why }));
  }
}

const zipped = (laws: readonly Law[], proofs: readonly LawProof[]): [Law, LawProof][] =>
  laws.map((law, n) => [law, proofs[n]!]);

function resultOf(one: WrittenCase, bundle: Bundle, proofs: ReadonlyMap<Law, LawProof>): CaseResult {
  const { at, name } = one;
  switch (one.is) {
    case 'case':
      return { ...at, name, ...judge(one.test, bundle) };
    case 'law':
      return { ...at, name, ...told(proofs.get(one.law)!) };
    case 'unreadable': {
      const differences = [{ what: 'cannot be read', actual: one.why }];
      const unread = { passed: false, expected: UNREADABLE, actual: one.why, policies: [], differences };
      return { ...at, name, ...unread };
    }
    default:
      return one satisfies never;
  }
}

/** Of cases and laws, those that fail or cannot be read, as problems. */
export async function failedCases(cases: Folder, loaded: Loaded, from: Instant): Promise<Problem[]> {
  const results = await runCaseFiles(cases, loaded, { from });
  return results
    .filter(({ passed }) => !passed)
    .map(({ file, line, column, name, expected, actual, law }) => ({
      file,
      ...(line !== undefined && { line }),
      ...(column !== undefined && { column }),
      message: law
        ? `the law "${name}" ${law.is === 'broken' ? `is broken: ${actual}` : `is ${actual}`}`
        : `the case "${name}" fails: expected ${expected}, got ${actual}`,
    }));
}
