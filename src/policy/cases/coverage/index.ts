import type { Instant } from '../../../domain/entitlement.js';
import type { Bundle } from '../../../ports/policy.js';
import type { Loaded } from '../../load.js';
import type { Policy } from '../../policy.js';
import { tooMuch } from '../../questions/too-much.js';
import { ACTS } from '../../expressions/acts.js';
import { bounded } from '../../questions/model/diagram.js';
import { caseText } from '../as-case.js';
import { ask, type Case } from '../case.js';
import { SOME_TIME } from '../file.js';
import { questionsFor } from './questions.js';
import { actViews, type ActView, type ActViews } from './views.js';

/** Whether a policy that decides no case could decide one. */
export type Decidable =
  /** `example`: a case that it decides, with the decision point's own answer. */
  | { decides: 'something'; example: string }
  /** Not on anything that people could ask from now on: it never holds, or others forbid or err wherever it does. */
  | { decides: 'never' }
  | { decides: 'not proven'; why: string[] };

/** Questions that are put to the decision point before a policy is left. */
const TRIED = 300;

/**
 * What policies that no case decides could decide.
 * @param ids of the policies
 * @param from the first instant that counts
 */
export function decidable(
  ids: readonly string[],
  loaded: Loaded,
  from: Instant,
): ReadonlyMap<string, Decidable> {
  const views = actViews(loaded.parts, from);
  const policies = loaded.parts.policies.filter(({ id }) => ids.includes(id));
  return new Map(policies.map((policy) => [policy.id, decidableBy(policy, views, loaded)]));
}

function decidableBy(policy: Policy, views: ActViews, loaded: Loaded): Decidable {
  const open = new Set<string>();
  for (const act of ACTS) {
    const view = views(act);
    const found =
      typeof view === 'string'
        ? void open.add(`not understood: ${view}`)
        : bounded(
            () => exampleIn(view, policy, loaded, open),
            (why) => void open.add(`not understood: ${tooMuch(why, loaded.parts.policies)}`),
          );
    if (found) return { decides: 'something', example: caseText(found) };
  }
  return open.size > 0 ? { decides: 'not proven', why: [...open] } : { decides: 'never' };
}

function exampleIn(
  view: ActView,
  policy: Policy,
  { parts, bundle }: Loaded,
  open: Set<string>,
): Case | undefined {
  let tried = 0;
  for (const test of questionsFor(view, policy, parts, open)) {
    const found = decidedBy(policy, test, bundle);
    if (found) return found;
    open.add('no question that was tried confirms it');
    if (++tried >= TRIED) break;
  }
  return undefined;
}

/** The case with its answer, if the policy decides it; it says when only where that matters. */
function decidedBy({ id }: Policy, test: Case, bundle: Bundle): Case | undefined {
  for (const at of new Set([SOME_TIME, test.at])) {
    const { outcome, chain = [], policies = [], errors } = ask({ ...test, at }, bundle);
    if (policies.includes(id) && errors.length === 0)
      return { ...test, at, expect: { outcome, chain, policies } };
  }
  return undefined;
}
