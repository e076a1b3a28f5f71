import type { Instant } from '../../domain/entitlement.js';
import type { State } from '../../domain/request/state.js';
import type { GatheredInput } from '../../ports/policy.js';

/** How much access the person has through us now, and whether this very entitlement is among it. */
export const grants: GatheredInput = {
  name: 'grants',
  attributes: { liveGrants: 'Long', hasThis: 'Bool' },
  async gather({ at }, sources) {
    const requests = await sources.requests();
    if (typeof requests === 'string') return () => requests;
    const live = requests.filter((state) => isLive(state, at)).map(({ entitlement }) => entitlement.id);
    return ({ id }) => ({ liveGrants: live.length, hasThis: live.includes(id) });
  },
};

const isLive = (state: State, at: Instant) =>
  (state.status === 'approved' || state.status === 'active') && state.lease.endsAt > at;
