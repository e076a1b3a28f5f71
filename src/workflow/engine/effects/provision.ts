import { PROVISION_TIMEOUT } from '../../../ports/access.js';
import { recordForEngine } from '../../record-command.js';
import { isPermanent, RECORDING, SETTLED, type CarryOut } from '../effect.js';
import { usableGrant, whyNothingIsGiven } from '../may-give.js';
import { refusedByAws, unknownKind } from '../provisioner.js';
import { codeOf } from '../../../kit/error-code.js';

/** What may be left of a call when its time-out has cut it off, and two clocks that differ. */
const MARGIN = 10_000;

/** Makes the access. The attempt is on record before the call, with the moment from which none can still land. */
export const provision: CarryOut<'provision'> = async (deps, { state }) => {
  const { store, provisioners, clock } = deps;
  const { id } = state;
  const nothing = await whyNothingIsGiven(deps);
  if (nothing) return { later: undefined, why: nothing };
  if (!(await usableGrant(deps, state))) return SETTLED;
  const until = clock.now() + RECORDING + PROVISION_TIMEOUT + MARGIN;
  const attempt = await recordForEngine(store, id, { type: 'AttemptProvision', at: clock.now(), until });
  const grant = await store.grant(id);
  if (attempt.events.length === 0 || !grant) return SETTLED;
  // No call is begun that could land after the moment from which "gone" counts as proven.
  if (clock.now() + PROVISION_TIMEOUT + MARGIN > until)
    return { later: undefined, why: 'the record is slow' };
  const provisioner = provisioners[grant.grant.kind];
  if (!provisioner)
    return { done: { type: 'FailProvision', at: clock.now(), reason: unknownKind(attempt.head.state) } };
  try {
    const receipt = await provisioner.provision(grant);
    return { done: { type: 'RecordProvisioned', at: clock.now(), receipt } };
  } catch (error) {
    if (!isPermanent(error)) return { later: undefined, why: codeOf(error) };
    return { done: { type: 'FailProvision', at: clock.now(), reason: refusedByAws(error) } };
  }
};
