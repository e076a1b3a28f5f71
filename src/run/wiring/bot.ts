import type { Logger } from 'pino';
import type { Config } from '../../config.js';
import type { Instant } from '../../domain/entitlement.js';
import { connectAws, type Aws, type AwsOptions } from '../../grants/aws/client.js';
import type { LivePolicies } from '../../policy/live/live.js';
import type { Ailing } from '../../ports/health.js';
import type { LostGroup } from '../../ports/people.js';
import { Unknowable, type Bundle } from '../../ports/policy.js';
import type { EngineStore } from '../../ports/record.js';
import { engine, type Engine } from '../../workflow/engine/loop.js';
import { periodicJobs } from '../../workflow/jobs/index.js';
import { lackOf } from '../policies/status-lines.js';
import { engineParts } from './engine.js';
import { latePart, lackReporter, type Lack, type LatePart } from './late-part.js';
import type { Connected } from './slack-identity.js';

/** The base of each process with an engine: it always ends access, and gives access when no part is missing. */
export interface OpenBot {
  engine: Engine;
  /** The policies in force. @throws Unknowable while there are none */
  bundle: () => Bundle;
  policies: LatePart<LivePolicies>;
  slack: LatePart<Connected>;
  /** Begins the periodic work whose time has come, and waits for it. Never throws. */
  runJobs: () => Promise<void>;
  /** Groups of directory.yml of which it is not known who is in them, and since when. */
  lostGroups: () => LostGroup[];
  /** What it cannot give access without, and does not have now. */
  lacking: () => Lack[];
  /** Says what is lacking, here and in a way in: at once, and every few minutes for as long as it lasts. */
  report: (more?: Lack[]) => void;
}

export function openBot(parts: {
  config: Pick<Config, 'signinUrl' | 'pagerDutyToken'> & { slack: { apiUrl: string } };
  store: EngineStore;
  /** Opens the policies, or brings them up to date. @throws StartFault */
  policies: (aws: Aws) => Promise<LivePolicies>;
  /** @throws StartFault */
  slack: () => Promise<Connected>;
  /** Periodic work: tries to get what is lacking. Absent where each call does so at its beginning. */
  complete?: () => Promise<void>;
  awsOptions?: AwsOptions | undefined;
  ailing?: Ailing;
  log: Logger;
  now: () => Instant;
}): OpenBot {
  const { config, store, ailing, awsOptions, log, now } = parts;
  const policies = latePart('policies', () => parts.policies(aws), { now });
  const slack = latePart('slack', parts.slack, { now, ...(ailing && { ailing }) });
  const bundle = (): Bundle => {
    const live = policies.there();
    if (!live) throw new Unknowable('the policies are not loaded yet');
    return live.bundle();
  };
  const aws = connectAws({
    accounts: () => ifKnown(bundle)?.directory.accounts,
    now,
    ...(awsOptions && { options: awsOptions }),
  });
  const { pagerDutyToken, signinUrl } = config;
  const deps = engineParts({
    bundle,
    store,
    aws,
    slack: slack.there,
    ailing,
    signinUrl,
    pagerDutyToken,
    log,
    now,
    slackApiUrl: config.slack.apiUrl,
  });
  const lacking = () => {
    const live = policies.there();
    return [policies.lack() ?? (live && lackOf(live.status())), slack.lack()].flatMap((one) => one ?? []);
  };
  const report = lackReporter({ log, now });
  return {
    engine: engine(deps),
    bundle,
    policies,
    slack,
    runJobs: periodicJobs(deps, {
      refreshPolicies: async () => policies.there()?.refresh(),
      complete: parts.complete ?? (async () => undefined),
    }),
    lostGroups: () => (ifKnown(bundle) ? deps.directory.status().lost : []),
    lacking,
    report: (more = []) => report([...lacking(), ...more]),
  };
}

/** The policies in force; undefined while none have loaded. */
function ifKnown(bundle: () => Bundle): Bundle | undefined {
  try {
    return bundle();
  } catch (error) {
    if (error instanceof Unknowable) return undefined;
    throw error;
  }
}
