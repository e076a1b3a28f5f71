import type { Millis } from '../../domain/entitlement.js';
import type { GatheredInput } from '../../ports/policy.js';

const WINDOW: Millis = 24 * 3_600_000;

/**
 * How often people have said no to this person within a day. What policy itself refused does not count: a policy that
 * reads this would feed on its own refusals, and never release a person who keeps asking.
 */
export const denials: GatheredInput = {
  name: 'denials',
  attributes: { recentDenials: 'Long' },
  async gather({ at }, sources) {
    const requests = await sources.requests();
    if (typeof requests === 'string') return () => requests;
    const denied = requests.filter(
      (state) =>
        state.status === 'closed' &&
        state.outcome === 'denied' &&
        state.reason?.code === 'vote' &&
        state.closedAt > at - WINDOW,
    );
    return () => ({ recentDenials: denied.length });
  },
};
