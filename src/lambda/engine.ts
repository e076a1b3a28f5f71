import type { Logger } from 'pino';
import { composeEngine } from '../compose/engine.js';
import { whoWeAre } from '../compose/identity.js';
import { openPolicies } from '../compose/policies.js';
import { openTable } from '../compose/table.js';
import type { LambdaConfig } from '../config.js';
import { connectAws } from '../grants/index.js';
import type { LivePolicies } from '../policy/live.js';
import type { Bundle, EngineStore } from '../ports.js';
import type { Engine } from '../workflow/engine.js';
import { kept } from './kept.js';
import { accountOf, PATIENCE, type Context, type Given } from './runtime.js';
import { freshSecrets } from './secrets.js';

export interface Opened {
  engine: Engine;
  runJobs: () => Promise<void>;
  store: EngineStore;
}

/**
 * What makes and unmakes access, put together at the first call and kept for the container; anew with a new token.
 * @param watch what stands between the engine and the table
 * @returns rejects, a StartFault among others, while it cannot be put together
 */
export function engineOf(
  config: LambdaConfig,
  { now }: Given,
  { log, watch = (store) => store }: { log: Logger; watch?: (store: EngineStore) => EngineStore },
): (context: Context) => Promise<Opened> {
  let policies: LivePolicies | undefined;
  const bundle = (): Bundle => {
    if (!policies) throw new Error('the policy folder is not loaded yet');
    return policies.bundle();
  };
  const store = watch(openTable(config.table, now));
  const aws = connectAws({ accounts: () => bundle().directory.accounts, now });
  const loaded = kept((ownAccount: string | undefined) =>
    openPolicies(config, { log, now, ownAccount, notes: store, patience: PATIENCE, apart: 0 }),
  );
  const { botToken: parameter, apiUrl: slackApiUrl } = config.slack;
  // Access is taken away without Slack: an old token only keeps people from hearing of it.
  const secrets = freshSecrets({ botToken: parameter }, { grace: Infinity, now, log });
  const composed = kept(async ({ botToken }: { botToken: string }): Promise<Opened> => {
    const us = await whoWeAre(config, botToken);
    const { signinUrl } = config;
    return {
      ...composeEngine({ bundle, store, aws, botToken, us, slackApiUrl, signinUrl, log, now }),
      store,
    };
  });

  return async (context) => {
    policies = await loaded(accountOf(context));
    // What is packed with the function does not change; but it may have been doubtful.
    if (config.policyObject || policies.status().standIn) await policies.refresh();
    return composed(await secrets());
  };
}
