import { isLive } from '../../domain/request/state.js';
import type { GatheredInput } from '../../ports/policy.js';

/** How much access the person has through us now, and whether this very entitlement is among it. */
export const grants: GatheredInput = {
  name: 'grants',
  attributes: { liveGrants: 'Long', hasThis: 'Bool' },
  async gather({ at }, sources) {
    const requests = await sources.requests();
    if (typeof requests === 'string') return () => requests;
    const held = requests.filter((state) => isLive(state) && state.lease.endsAt > at);
    const live = held.map(({ entitlement }) => entitlement.id);
    return ({ id }) => ({ liveGrants: live.length, hasThis: live.includes(id) });
  },
};
