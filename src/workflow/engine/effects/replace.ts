import type { Reason } from '../../../domain/request/state.js';
import { codeOf } from '../../../kit/error-code.js';
import { PROVISION_TIMEOUT } from '../../../ports/access.js';
import { recordForEngine } from '../../record-command.js';
import { isPermanent, RECORDING, SETTLED, type CarryOut } from '../effect.js';
import { whyNothingIsGiven } from '../may-give.js';
import { refusedByAws, unknownKind } from '../provisioner.js';
import { MARGIN } from './provision.js';

/**
 * Puts the new end into what AWS has, and reads it back. The duty to end it then is on record already. What AWS does not
 * take, or does not confirm before the old end, ends at the old end, as it stands in AWS.
 */
export const replace: CarryOut<'replace'> = async (deps, head) => {
  const { store, provisioners, clock } = deps;
  const { id, state } = head;
  const agreed = state.status === 'active' ? state.extension?.agreed : undefined;
  if (!agreed) return SETTLED;
  const { endsAt: oldEnd } = agreed.from;
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  const failed = (reason: Reason) => ({ type: 'FailExtension', at: clock.now(), reason }) as const;
  const until = clock.now() + RECORDING + PROVISION_TIMEOUT + MARGIN;
  // The clock says the rest: by the old end it is known which end AWS goes by.
  if (until > oldEnd) return { later: oldEnd, why: 'too little is left until the old end' };
  const attempt = { type: 'AttemptProvision', at: clock.now(), until } as const;
  const known = await recordForEngine(store, id, attempt, undefined, { head });
  const { grant } = known;
  if (known.events.length === 0 || !grant) return { known };
  if (clock.now() + PROVISION_TIMEOUT + MARGIN > until)
    return { later: undefined, why: 'the record is slow', known };
  const provisioner = provisioners[grant.grant.kind];
  if (!provisioner) return { done: failed(unknownKind(state)), known };
  try {
    const receipt = await provisioner.provision(grant);
    return { done: { type: 'RecordProvisioned', at: clock.now(), receipt }, known };
  } catch (error) {
    if (!isPermanent(error)) return { later: undefined, why: codeOf(error), known };
    // An earlier call may still land: refused for good is only what is refused when none can.
    const { settledBy: before } = state.status === 'active' ? state : grant;
    if (clock.now() <= before) return { later: grant.settledBy + 1_000, why: codeOf(error), known };
    return { done: failed(refusedByAws(error)), known };
  }
};
