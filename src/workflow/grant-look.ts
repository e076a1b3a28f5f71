import { grantDue, type Grant } from '../domain/grant.js';
import type { Head } from '../domain/head.js';
import type { Owed } from '../domain/outbox.js';
import { skewProblem } from './access.js';
import type { EngineDeps } from './engine.js';
import { codeOf } from './outcome.js';

/** Ends a grant whose end has come though its request does not say so: whoever wrote HEAD cannot prolong it. */
export async function lookAtGrant(deps: EngineDeps, id: string): Promise<void> {
  const { store, clock, log, provisioners } = deps;
  const grant = await store.grant(id);
  const due = grant && grantDue(grant);
  if (!grant || due === undefined || due > clock.now()) return;
  const head = await store.head(id);
  if (head && seesToIt(head, grant)) return;
  const provisioner = provisioners[grant.grant.kind];
  log.error(
    { request: id, status: head?.state.status },
    'a grant outlived its request: ended by its own record',
  );
  try {
    if (grant.gone) {
      if (await skewProblem(deps)) return;
      await provisioner?.cleanUp(grant);
      await store.saveGrant({ ...grant, cleanedUp: true });
    } else if (provisioner) {
      await store.saveGrant({ ...grant, gone: await provisioner.revoke(grant, clock.now()) });
    }
  } catch (error) {
    log.error({ request: id, code: codeOf(error) }, 'a grant without a request could not be ended yet');
  }
}

/** Whether the request itself is going to end this grant, or to clear away what is left of it. */
function seesToIt({ state, outbox }: Head, { gone, lease }: Grant): boolean {
  const owes = (type: Owed['effect']['type']) => outbox.some(({ effect }) => effect.type === type);
  if (gone) return owes('clean-up');
  if (state.status === 'ending') return owes('revoke');
  return (state.status === 'approved' || state.status === 'active') && state.lease.endsAt <= lease.endsAt;
}
