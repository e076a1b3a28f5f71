import type { Secret } from '../../config.js';
import type { Instant } from '../../domain/entitlement.js';
import { onCallFrom } from '../../people/on-call/index.js';
import type { OnCall } from '../../ports/policy.js';
import { reveal } from './identity.js';

/** Who is on call, as the sources of directory.yml say. A key that has been changed is read anew with the next answer. */
export function onCallOf(now: () => Instant, pagerDutyToken: Secret | undefined): OnCall {
  return onCallFrom({
    now,
    pagerDutyToken: async () => pagerDutyToken && (await reveal(pagerDutyToken)),
  });
}
