import { grantKinds } from '../grants/kinds.js';
import { runCases, type CaseResult } from '../policy/cases.js';
import { loadBundle } from '../policy/load.js';
import type { Bundle, Problem } from '../ports.js';
import { counted, type Finding, type Found } from './step.js';

/** @param ownAccount undefined: AWS has not said which account this is */
export async function policyFolder(dir: string, ownAccount: string | undefined): Promise<Found<Bundle>> {
  const loaded = await loadBundle(dir, {
    kinds: grantKinds,
    ...(ownAccount !== undefined && { ownAccount }),
  });
  if ('problems' in loaded) {
    const fix =
      'correct it; the program does not start with it' +
      (ownAccount === undefined ? ' (mend the AWS identity first: jit’s own account is not known)' : '');
    return { problems: loaded.problems.map((problem) => ({ what: asLine(problem), fix })) };
  }
  const { bundle } = loaded;
  const fix = 'look at it: it loads, but may not be what you mean';
  return {
    value: bundle,
    about: `${counted(bundle.entitlements.size, 'entitlement')}, bundle ${bundle.hash.slice(0, 12)}`,
    warnings: bundle.warnings.map((warning) => ({ what: asLine(warning), fix })),
  };
}

export async function policyCases(dir: string, bundle: Bundle): Promise<Found<true>> {
  return judgeCases(await runCases(dir, bundle));
}

export function judgeCases(results: CaseResult[]): Found<true> {
  const problems = results
    .filter(({ passed }) => !passed)
    .map(({ file, line, name, expected, actual }): Finding => ({
      what: asLine({
        file,
        ...(line !== undefined && { line }),
        message: `"${name}": expected ${expected}, got ${actual}`,
      }),
      fix: 'correct the policy, or the case if the policy is right',
    }));
  const none: Finding = {
    what: 'there are no cases',
    fix: 'write down in cases/*.yml what must come of your policies: a change is then refused that breaks it',
  };
  return {
    problems,
    about: counted(results.length, 'case'),
    warnings: results.length === 0 ? [none] : [],
    value: true,
  };
}

function asLine({ file, line, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
