import type { LambdaConfig } from '../../config.js';
import type { Millis } from '../../domain/entitlement.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import type { LivePolicies } from '../../policy/live/live.js';
import { openPolicies, type OpenOptions } from '../policies/open.js';

/** Slack waits for three seconds, and changed policies can wait for the next look. */
const PATIENCE: Millis = 1_000;

/**
 * The policies of one container: opened once for an account, and brought up to date at each call.
 * @param how.evenNone goes on where nothing loads
 * @returns what rejects with a StartFault where nothing loads and something must
 */
export function containerPolicies(
  config: LambdaConfig,
  how: Pick<OpenOptions, 'log' | 'now' | 'notes' | 'evenNone'>,
): (ownAccount: string | undefined) => Promise<LivePolicies> {
  const opened = sharedAnswers(
    // Only a deployment writes the folder, and whole.
    (ownAccount: string | undefined) =>
      openPolicies(config, { ...how, ownAccount, patience: PATIENCE, apart: 0 }),
    { now: how.now },
  );
  return async (ownAccount) => {
    const live = await opened(ownAccount);
    const { standIn, none } = live.status();
    // The folder that is packed with the function does not change; but it may have been doubtful.
    if (config.policyObject || standIn || none) await live.refresh();
    return live;
  };
}
