import type { Instant } from '../../../domain/entitlement.js';
import type { Parts, Policy } from '../../policy.js';
import { subjectsOf, type ActSubject, type PolicyAct } from '../../expressions/acts.js';
import { isGiving, NOTHING } from '../../questions/model/decide.js';
import { bounded, type Diagram } from '../../questions/model/diagram.js';
import { modelOf, type Model } from '../../questions/model/model.js';

export const DECIDES = 'decides';

/** One act of all people, as the policies see it. */
export interface ActView {
  act: PolicyAct;
  model: Model;
  subjects: readonly ActSubject[];
  /** Where a policy decides about a subject; undefined: it does not reach it. */
  decides: (policy: Policy, subject: ActSubject) => Diagram | undefined;
}

/** Each act is looked at once, when it is asked for; a text says why it cannot be. */
export type ActViews = (act: PolicyAct) => ActView | string;

export function actViews(parts: Parts, from: Instant): ActViews {
  const made = new Map<PolicyAct, ActView | string>();
  return (act) => {
    const view =
      made.get(act) ??
      bounded<ActView | string>(
        () => viewOf(act, parts, from),
        (why) => why,
      );
    made.set(act, view);
    return view;
  };
}

function viewOf(act: PolicyAct, parts: Parts, from: Instant): ActView {
  const model = modelOf([parts], { from, act });
  const { diagrams: d, deciders } = model;
  const isCounted = (says: string) => /^[+-]/.test(says) && says !== NOTHING;
  // Of a request that is permitted, each permit decides; of one that is not, each forbid.
  const by = {
    permit: d.operation((says, answer) => (isCounted(says) && isGiving(answer) ? DECIDES : '')),
    forbid: d.operation((says, answer) => (says === 'no' && answer === 'denied' ? DECIDES : '')),
  };
  const known = new Map<string, ReadonlyMap<Policy, Diagram>>();
  return {
    act,
    model,
    subjects: subjectsOf(act, parts),
    decides(policy, { key }) {
      const said =
        known.get(key) ?? new Map(deciders[0]!.sayings(key).map((one) => [one.policy, one.says] as const));
      known.set(key, said);
      const says = said.get(policy);
      return says === undefined ? undefined : by[policy.effect](says, model.decision(0, key));
    },
  };
}
