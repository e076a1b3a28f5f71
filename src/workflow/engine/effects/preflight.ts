import type { Reason } from '../../../domain/request/state.js';
import { isPermanent, type CarryOut } from '../effect.js';
import { refusedByAws, unknownKind } from '../provisioner.js';

/** Asks whether AWS could take the grant, before approvers are asked. */
export const preflight: CarryOut<'preflight'> = async ({ provisioners, clock }, { state }) => {
  const failed = (reason: Reason) => ({ done: { type: 'FailPreflight', at: clock.now(), reason } }) as const;
  const provisioner = provisioners[state.grant.kind];
  if (!provisioner) return failed(unknownKind(state));
  try {
    const reason = await provisioner.preflight(state.grant, state.id);
    return reason ? failed(reason) : { done: { type: 'PassPreflight', at: clock.now() } };
  } catch (error) {
    if (isPermanent(error)) return failed(refusedByAws(error));
    // Approvers need not wait for AWS: what cannot be known now, provisioning will find out.
    return { done: { type: 'PassPreflight', at: clock.now(), note: 'AWS did not answer; not checked' } };
  }
};
