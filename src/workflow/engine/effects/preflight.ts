import { isPermanent, type CarryOut } from '../effect-outcome.js';
import { refusedByAws, unknownKind } from '../provisioner.js';

/** Asks whether AWS could take the grant, before approvers are asked. */
export const preflight: CarryOut<'preflight'> = async ({ provisioners, clock }, { state }) => {
  const provisioner = provisioners[state.grant.kind];
  if (!provisioner) return { done: { type: 'FailPreflight', at: clock.now(), reason: unknownKind(state) } };
  try {
    const reason = await provisioner.preflight(state.grant, state.id);
    if (reason) return { done: { type: 'FailPreflight', at: clock.now(), reason } };
    return { done: { type: 'PassPreflight', at: clock.now() } };
  } catch (error) {
    if (isPermanent(error))
      return { done: { type: 'FailPreflight', at: clock.now(), reason: refusedByAws(error) } };
    // Approvers need not wait for AWS: what cannot be known now, provisioning will find out.
    return { done: { type: 'PassPreflight', at: clock.now(), note: 'AWS did not answer; not checked' } };
  }
};
