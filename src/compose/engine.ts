import type { Logger } from 'pino';
import type { Secret } from '../config.js';
import type { Instant } from '../domain/entitlement.js';
import { grantKinds, provisioners, type Aws } from '../grants/index.js';
import type { Ailing, Bundle, EngineStore, LostGroup } from '../ports.js';
import { engineClient } from '../slack/clients.js';
import { slackNotifier } from '../slack/notifier.js';
import { engine, type Engine, type EngineDeps } from '../workflow/engine.js';
import { runJobs } from '../workflow/jobs/index.js';
import type { Identity } from './identity.js';
import { onCallOf } from './on-call.js';
import { peopleOf } from './people.js';

/** What makes and unmakes access, and tells people. */
export function composeEngine(deps: {
  bundle: () => Bundle;
  store: EngineStore;
  aws: Aws;
  botToken: string;
  us: Identity;
  slackApiUrl: string;
  ailing?: Ailing | undefined;
  signinUrl: string;
  pagerDutyToken?: Secret | undefined;
  log: Logger;
  now: () => Instant;
}): { engine: Engine; runJobs: () => Promise<void>; lostGroups: () => LostGroup[] } {
  const { bundle, store, aws, botToken, us, slackApiUrl, ailing, signinUrl, log, now } = deps;
  const client = engineClient({ token: botToken, slackApiUrl, log, ailing });
  const directory = peopleOf(client, store, { bundle, team: us.teamId, now, log });
  const parts: EngineDeps = {
    bundle,
    store,
    log,
    directory,
    onCall: onCallOf(now, deps.pagerDutyToken),
    kinds: grantKinds,
    clock: { now, skew: aws.skew },
    provisioners: provisioners({ aws, signinUrl, now }),
    notifier: slackNotifier({ client, bundle, botUserId: us.botUserId, ailing }),
  };
  return {
    engine: engine(parts),
    runJobs: () => runJobs(parts),
    lostGroups: () => directory.status().lost,
  };
}
