import { canonical } from '../../../../../src/domain/entitlement.js';
import type { Random } from '../../../../fuzz/random.js';
import { type ActQuestion, mayAct, OF, someActs } from '../asked/acts.js';
import type { Side } from '../asked/question.js';
import type { Space } from '../asked/space.js';
import type { Judge } from '../claim.js';
import type { Commands } from '../commands.js';
import { compared, differs } from './diff.js';

/** That one folder's policies answer as another's. */
export function judgeMutants(space: Space, judge: Judge, { mayDiffer }: Commands, r: Random): void {
  const [one, other] = space.sides as [Side, Side];
  // A folder's directory has the groups that its policies read.
  const [directory, changed] = [one, other].map(({ loaded }) => canonical(loaded.parts.directory));
  if (directory !== changed) return;
  const after = { ...one.loaded.parts, policies: other.loaded.parts.policies };
  const may = mayDiffer(one.loaded.parts, after, Date.parse(one.made.from));
  if (may) return;
  const wrong = compared(space).find(differs) ?? differentAct(space, r);
  judge.claim('no question is answered otherwise', false, wrong);
}

function differentAct(space: Space, r: Random): ActQuestion | undefined {
  const [one, other] = space.sides as [Side, Side];
  return [...one.loaded.parts.entitlements.keys()]
    .flatMap((entitlement) => OF.flatMap((of) => someActs(space, of, entitlement, r)))
    .find((asked) => mayAct(one, asked) !== mayAct(other, asked));
}
