import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LambdaConfig } from '../../config.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { sharedRun } from '../../kit/shared-run.js';
import type { LivePolicies } from '../../policy/live/live.js';
import { thaw, type Prepared } from '../../policy/prepared.js';
import { parameterClient, secureString } from '../../store/parameters.js';
import type { LogAndClock } from '../outside.js';
import { openPolicies, type OpenOptions } from '../policies/open.js';

// What a container keeps between calls, and brings up to date.

/** Slack waits for three seconds, and changed policies can wait for the next look. */
const PATIENCE: Millis = 1_000;

/**
 * The policies of one container: opened once for an account, and brought up to date at each call.
 * @param how.here the folder of the bundle, in which lies what was read of the policies when it was packed
 * @param how.evenNone goes on where nothing loads
 * @returns what rejects with a StartFault where nothing loads and something must
 */
export function containerPolicies(
  config: LambdaConfig,
  { here, ...how }: Pick<OpenOptions, 'log' | 'now' | 'notes' | 'evenNone'> & { here: string },
): (ownAccount: string | undefined) => Promise<LivePolicies> {
  const opened = sharedAnswers(
    // Only a deployment writes the folder, and whole.
    (ownAccount: string | undefined) =>
      openPolicies(config, {
        ...how,
        ownAccount: async () => ownAccount,
        patience: PATIENCE,
        apart: 0,
        prepared: () => packedIn(here),
      }),
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

/** Whatever is wrong with it, the policies themselves are there to be read. */
function packedIn(here: string): Prepared | undefined {
  try {
    return thaw(readFileSync(join(here, 'policies.bin')));
  } catch {
    return undefined;
  }
}

/** Secrets are read again at the latest after this, so that a new one is used without deploying. */
const FRESH: Millis = 5 * 60_000;
/** After a reading that failed. */
const AGAIN: Millis = 30_000;

/**
 * Secrets of the Parameter Store, read again from time to time. One that cannot be read anew stays in use for a while.
 * @param parameters the name of each one's parameter
 * @param grace how long after the last good reading; a secret that was taken back must not live on
 * @returns what gives them, no older than its argument (default 5 minutes): the same object while none has changed
 */
export function freshSecrets<Name extends string>(
  parameters: Record<Name, string>,
  { grace, now, log }: LogAndClock & { grace: Millis },
): (oldest?: Millis) => Promise<Record<Name, string>> {
  const client = parameterClient();
  let held: { values: Record<Name, string>; readAt: Instant } | undefined;
  let failedAt: Instant | undefined;

  const read = sharedRun(async () => {
    try {
      const entries = Object.entries<string>(parameters).map(
        async ([name, parameter]) => [name, await secureString(parameter, client)] as const,
      );
      const values = Object.fromEntries(await Promise.all(entries)) as Record<Name, string>;
      const before = held?.values;
      const same =
        before && Object.keys(values).every((name) => before[name as Name] === values[name as Name]);
      held = { values: same ? before : values, readAt: now() };
      failedAt = undefined;
    } catch (error) {
      failedAt = now();
      if (!held || now() - held.readAt > grace) throw error;
      log.error({ err: error }, 'the secrets could not be read anew; the last ones stay in use');
    }
    return held.values;
  });

  return async (oldest = FRESH) => {
    if (held) {
      const fresh = now() - held.readAt < oldest;
      const inVain = failedAt !== undefined && now() - failedAt < AGAIN && now() - held.readAt <= grace;
      if (fresh || inVain) return held.values;
    }
    return read();
  };
}
