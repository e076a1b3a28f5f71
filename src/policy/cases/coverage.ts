import { formatChain, mergeChains } from '../../domain/chain.js';
import type { Bundle } from '../../ports/policy.js';
import { runCases, type CaseResult } from './run.js';
import type { Parts } from '../policy.js';

/** What runCases says was expected where a case cannot be read. */
export const UNREADABLE = 'a case that can be read';

export interface Difference {
  what: string;
  /** Absent: the case does not say. */
  expected?: string;
  actual?: string;
}

export interface Tested {
  results: (CaseResult & {
    /** Of a case that failed. */
    differences: Difference[];
    /** What the policies that decided advise. */
    advice: string[];
  })[];
  /** How many cases each policy decides; in the order of the folder. */
  coverage: { policy: string; cases: number }[];
  /** Of the policies, how many some case decides: 0–100. */
  percent: number;
}

/** Runs a folder's cases, and counts what they cover. */
export async function testFolder(
  dir: string,
  { parts, bundle }: { parts: Parts; bundle: Bundle },
): Promise<Tested> {
  const results = await runCases(dir, bundle);
  const coverage = parts.policies.map(({ id }) => ({
    policy: id,
    cases: results.filter(({ policies }) => policies.includes(id)).length,
  }));
  const covered = coverage.filter(({ cases }) => cases > 0).length;
  return {
    results: results.map((result) => ({
      ...result,
      differences: result.passed ? [] : differences(result, parts),
      advice: parts.policies.flatMap(({ id, advice }) =>
        advice !== undefined && result.policies.includes(id) ? [advice] : [],
      ),
    })),
    coverage,
    percent: coverage.length === 0 ? 100 : (100 * covered) / coverage.length,
  };
}

function differences(result: CaseResult, { policies, directory }: Parts): Difference[] {
  if (result.expected === UNREADABLE) return [{ what: 'cannot be read', actual: result.actual }];
  const [expected, actual] = [fieldsOf(result.expected), fieldsOf(result.actual)];
  // A case speaks only of what it names; what came out instead is good to know all the same.
  if (!actual.has('policies')) actual.set('policies', [...result.policies].sort().join(', ') || 'none');
  const chains = policies.flatMap(({ id, chain }) => (chain && result.policies.includes(id) ? [chain] : []));
  const order = directory.stages.map(({ name }) => name);
  if (actual.get('outcome') === 'needs-approval' && !actual.has('chain'))
    actual.set('chain', formatChain(mergeChains(chains, order)));
  return ['outcome', 'chain', 'policies', 'errors'].flatMap((what) => {
    const [wanted, got] = [expected.get(what), actual.get(what)];
    if (wanted === got || (wanted === undefined && got === undefined)) return [];
    return [
      { what, ...(wanted !== undefined && { expected: wanted }), ...(got !== undefined && { actual: got }) },
    ];
  });
}

/** `denied | policies: a, b`, as cases.ts writes it. */
function fieldsOf(text: string): Map<string, string> {
  const [outcome = '', ...rest] = text.split(' | ');
  return new Map([
    ['outcome', outcome],
    ...rest.map((part): [string, string] => {
      const [key = '', ...value] = part.split(': ');
      return [key, value.join(': ')];
    }),
  ]);
}
