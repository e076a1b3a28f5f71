import { formatChain } from '../../domain/chain.js';
import { formatDuration } from '../../domain/duration.js';
import type { Instant } from '../../domain/entitlement.js';
import type { Bundle, Problem } from '../../ports/policy.js';
import type { Loaded } from '../load.js';
import { readCases, type Folder } from '../read/folder.js';
import { ask, type Case, type CaseOutcome } from './case.js';
import type { Law } from './laws/law.js';
import type { Proof } from './laws/prove.js';
import { readWritten, type WrittenCase } from './read.js';

export interface CaseResult {
  /** `cases/production.yml` */
  file: string;
  line?: number;
  /** Of one that cannot be read. */
  column?: number;
  name: string;
  passed: boolean;
  expected: string;
  actual: string;
  /** The ids of the policies that decided it; of a law: none. */
  policies: string[];
  /** Of a case that failed. `expected` is absent where the case does not say. */
  differences: { what: string; expected?: string | undefined; actual?: string | undefined }[];
  /** Of a law. */
  law?: Proof;
}

/** What was expected where a case cannot be read. */
export const UNREADABLE = 'a case that can be read';
const NEVER = 'no such request';

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
async function proofsOf(laws: readonly Law[], loaded: Loaded, from: Instant): Promise<Proof[]> {
  const { prove } = await import('./laws/prove.js');
  try {
    return prove(laws, loaded, from);
  } catch (error) {
    const why = [error instanceof Error ? error.message : String(error)];
    return laws.map(() => ({ is: 'not proven', why }));
  }
}

const zipped = (laws: readonly Law[], proofs: readonly Proof[]): [Law, Proof][] =>
  laws.map((law, n) => [law, proofs[n]!]);

function resultOf(one: WrittenCase, bundle: Bundle, proofs: ReadonlyMap<Law, Proof>): CaseResult {
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

type Judged = Omit<CaseResult, 'file' | 'line' | 'column' | 'name'>;

function judge(test: Case, bundle: Bundle): Judged {
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
  return { passed, expected, actual, policies, differences };
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

/** What became of a law. */
function told(law: Proof): Judged {
  const rest = { expected: NEVER, policies: [], law };
  switch (law.is) {
    case 'proven':
      return { passed: true, actual: NEVER, differences: [], ...rest };
    case 'broken': {
      const actual = sentenceOf(law.witness);
      return { passed: false, actual, differences: [{ what: 'never', actual }], ...rest };
    }
    case 'not proven': {
      const actual = `not proven: ${law.why.join('; ')}`;
      return { passed: false, actual, differences: [{ what: 'never', actual }], ...rest };
    }
    default:
      return law satisfies never;
  }
}

/** `otto@corp.example (on-call) for orders-logs, 1h, at 2026-11-30T07:00:00.000Z, ticket OPS-1: auto | policies: p` */
function sentenceOf({
  who,
  entitlement,
  duration,
  at,
  ticket,
  expect,
  ...test
}: Case & { action: 'request' }): string {
  const found = Object.entries(test.inputs ?? {}).map(([name, value]) => `${name} ${value}`);
  const asked = [
    `${who.email} (${who.groups.join(' + ') || 'no group'}) for ${entitlement}`,
    formatDuration(duration),
    `at ${new Date(at).toISOString()}`,
    ...(ticket === undefined ? [] : [`ticket ${ticket}`]),
    ...found,
    ...(test.failedInputs ?? []).map((name) => `${name} not known`),
  ];
  return `${asked.join(', ')}: ${shown(fieldsOf(expect))}`;
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
