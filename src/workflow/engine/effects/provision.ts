import type { Reason } from '../../../domain/request/state.js';
import { PROVISION_TIMEOUT } from '../../../ports/access.js';
import { recordForEngine } from '../../record-command.js';
import { isPermanent, RECORDING, type CarryOut } from '../effect.js';
import { usableGrant, whyNothingIsGiven } from '../may-give.js';
import { refusedByAws, unknownKind } from '../provisioner.js';
import { codeOf } from '../../../kit/error-code.js';

/** What may be left of a call when its time-out has cut it off, and two clocks that differ. */
export const MARGIN = 10_000;

/** Makes the access. The attempt is on record before the call, with the moment from which none can still land. */
export const provision: CarryOut<'provision'> = async (deps, head) => {
  const { store, provisioners, clock } = deps;
  const { id } = head;
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  const until = clock.now() + RECORDING + PROVISION_TIMEOUT + MARGIN;
  const attempt = { type: 'AttemptProvision', at: clock.now(), until } as const;
  const known = await recordForEngine(store, id, attempt, undefined, { head });
  const { grant } = known;
  if (known.events.length === 0 || !grant) {
    // An attempt asks this of the grant's own record, too; here it is said in the log why there was none.
    await usableGrant(deps, known.head.state);
    return { known };
  }
  // No call is begun that could land after the moment from which "gone" counts as proven.
  if (clock.now() + PROVISION_TIMEOUT + MARGIN > until)
    return { later: undefined, why: 'the record is slow', known };
  const provisioner = provisioners[grant.grant.kind];
  const failed = (reason: Reason) =>
    ({ done: { type: 'FailProvision', at: clock.now(), reason }, known }) as const;
  if (!provisioner) return failed(unknownKind(known.head.state));
  try {
    const receipt = await provisioner.provision(grant);
    return { done: { type: 'RecordProvisioned', at: clock.now(), receipt }, known };
  } catch (error) {
    return isPermanent(error) ? failed(refusedByAws(error)) : { later: undefined, why: codeOf(error), known };
  }
};
