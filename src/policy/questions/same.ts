import type { Instant } from '../../domain/entitlement.js';
import type { Parts } from '../policy.js';
import { ACTS, subjectsOf } from '../expressions/acts.js';
import { modelOf } from './model/model.js';
import { profilesIn, type Profile } from './profiles/profiles.js';

const SAME = '';

/** Whether two folders with one catalog and directory may answer some question otherwise, of any act. */
export function mayDiffer(one: Parts, other: Parts, from: Instant): boolean {
  return ACTS.some((act) => {
    const model = modelOf([one, other], { from, act });
    const { diagrams } = model;
    const plainly = (answer: string) => (answer === 'error' ? 'denied' : answer);
    const compared = diagrams.operation((a, b) => (plainly(a) === plainly(b) ? SAME : `${a} ${b}`));
    const changes = subjectsOf(act, one).map(({ key }) =>
      compared(model.decision(0, key), model.decision(1, key)),
    );
    return [...new Set(changes)].some((changed) => {
      const { profiles, unsure } = profilesIn(model, changed, { once: true });
      const differs = ({ left }: Profile) => [...diagrams.answers(left)].some((answer) => answer !== SAME);
      return unsure.length > 0 || profiles.some(differs);
    });
  });
}
