import type { Logger } from 'pino';
import { composeEngine } from '../wiring/engine.js';
import { whoWeAre, type Connected } from '../wiring/identity.js';
import { part, sayer } from '../wiring/part.js';
import { ifKnown, lackOf, openPolicies } from '../wiring/policies.js';
import { openTable } from '../wiring/table.js';
import type { LambdaConfig } from '../../config.js';
import { connectAws } from '../../grants/index.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { Unknowable, type Bundle } from '../../ports/policy.js';
import type { EngineStore } from '../../ports/record.js';
import type { Engine } from '../../workflow/engine/loop.js';
import { accountOf, PATIENCE, type Context, type Given } from './runtime.js';
import { freshSecrets } from './secrets.js';

export interface Opened {
  engine: Engine;
  runJobs: () => Promise<void>;
  store: EngineStore;
}

/** Of a question to Slack: who has something to end does not wait long for it. */
const HASTE = { timeout: 1_500, retries: 0 };

/**
 * What makes and unmakes access, put together once and kept for the container. Slack and the policies come when they
 * come: what is lacking is said, and tried again at later calls, and access ends without it.
 * @param watch what stands between the engine and the table
 * @returns never rejects
 */
export function engineOf(
  config: LambdaConfig,
  { now }: Given,
  { log, watch = (store) => store }: { log: Logger; watch?: (store: EngineStore) => EngineStore },
): (context: Context) => Promise<Opened> {
  const store = watch(openTable(config.table, now));
  let account: string | undefined;
  const loaded = sharedAnswers(
    (ownAccount: string | undefined) =>
      openPolicies(config, {
        log,
        now,
        ownAccount,
        notes: store,
        evenNone: true,
        patience: PATIENCE,
        apart: 0,
      }),
    { now },
  );
  const policies = part(
    'policies',
    async () => {
      const live = await loaded(account);
      const { standIn, none } = live.status();
      // What is packed with the function does not change; but it may have been doubtful.
      if (config.policyObject || standIn || none) await live.refresh();
      return live;
    },
    { now },
  );
  const bundle = (): Bundle => {
    const live = policies.there();
    if (!live) throw new Unknowable('the policies are not loaded yet');
    return live.bundle();
  };
  const { botToken: parameter, apiUrl: slackApiUrl } = config.slack;
  // Access is taken away without Slack: an old token only keeps people from hearing of it.
  const secrets = freshSecrets({ botToken: parameter }, { grace: Infinity, now, log });
  const known = sharedAnswers(
    async ({ botToken }: { botToken: string }): Promise<Connected> => ({
      botToken,
      us: await whoWeAre(config, botToken, HASTE),
    }),
    { now },
  );
  const slack = part('slack', async () => known(await secrets()), { now });

  const aws = connectAws({ accounts: () => ifKnown(bundle)?.directory.accounts, now });
  const { signinUrl } = config;
  const opened = {
    ...composeEngine({ bundle, store, aws, slack: slack.there, slackApiUrl, signinUrl, log, now }),
    store,
  };
  const say = sayer({ log, now });

  return async (context) => {
    account = accountOf(context);
    await Promise.all([policies.attempt(), slack.attempt()]);
    const live = policies.there();
    say([policies.lack() ?? (live && lackOf(live.status())), slack.lack()].flatMap((one) => one ?? []));
    return opened;
  };
}
