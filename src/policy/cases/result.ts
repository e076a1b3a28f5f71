import { formatChain } from '../../domain/chain.js';
import type { Bundle } from '../../ports/policy.js';
import { ask, type Case, type CaseOutcome } from './case.js';
import type { LawProof } from './laws/prove.js';

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
  law?: LawProof;
}

/** What became of it. */
export type Judged = Omit<CaseResult, 'file' | 'line' | 'column' | 'name'>;

/** Asks a case. */
export function judge(test: Case, bundle: Bundle): Judged {
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
export function fieldsOf({ outcome, chain, policies, errors = [] }: CaseOutcome): Map<string, string> {
  return new Map([
    ['outcome', outcome],
    ...(chain ? [['chain', formatChain(chain)] as const] : []),
    ...(policies ? [['policies', [...policies].sort().join(', ') || 'none'] as const] : []),
    ...(errors.length > 0 ? [['errors', errors.join('; ')] as const] : []),
  ]);
}

export const shown = (fields: Map<string, string>) =>
  [...fields].map(([what, text]) => (what === 'outcome' ? text : `${what}: ${text}`)).join(' | ');
