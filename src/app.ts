import type { Logger } from 'pino';
import { bookOfAilments, type Ailments } from './compose/ailments.js';
import { composeEngine } from './compose/engine.js';
import { composeFront } from './compose/front.js';
import type { Vitals } from './compose/health.js';
import { reveal, whoWeAre } from './compose/identity.js';
import { openPolicies } from './compose/policies.js';
import { openRecord, type Kept } from './compose/record.js';
import type { Config } from './config.js';
import type { Instant, Millis } from './domain/entitlement.js';
import { connectAws, type AwsOptions } from './grants/aws.js';
import { trapped } from './policy/cedar.js';
import type { LivePolicies } from './policy/live.js';
import type { Bundle, Front } from './ports.js';
import { socketMode } from './slack/bolt.js';
import { frontDoor, type FrontDoor } from './slack/front-door.js';
import type { Engine } from './workflow/engine.js';

/** The program, put together and not yet running. */
export interface App extends Kept {
  policies: LivePolicies;
  engine: Engine;
  front: Front;
  /** Where Slack's signed requests come in; with Socket Mode, nothing does. */
  door?: FrontDoor;
  /** Bolt's own connection: opens the socket in Socket Mode. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** What only a restart can mend: until then, everything is denied. */
  fault(): string | undefined;
  /** Everything that is done now and then: groups brought up to date, leavers looked for. Never throws. */
  runJobs(): Promise<void>;
  /** What does not work at the moment. */
  ailments: Ailments;
  /** Groups of directory.yml of which it is not known who is in them. */
  lostGroups: Vitals['lostGroups'];
}

export interface AppDeps {
  log: Logger;
  now: () => Instant;
  /** In the place of the table that the configuration names: outlives the program where something else keeps it. */
  record?: Kept;
  /** How far apart two looks at the policy folder are that must find the same; default: a second. */
  apart?: Millis;
  /** What the SDK is told of IAM and STS; without it, its own environment variables and files hold. */
  aws?: AwsOptions;
}

/**
 * The composition root of the self-hosted process: configuration → adapters → workflow → Bolt app.
 * @param wake called when a person has changed a request, for those who need not wait for the stream
 * @throws StartFault
 */
export async function createApp(
  config: Config,
  { log, now, wake, ...inPlace }: AppDeps & { wake: (id: string) => void },
): Promise<App> {
  let policies: LivePolicies | undefined;
  const bundle = (): Bundle => {
    if (!policies) throw new Error('the policy folder is not loaded yet');
    return policies.bundle();
  };
  const aws = connectAws({
    accounts: () => bundle().directory.accounts,
    now,
    ...(inPlace.aws && { options: inPlace.aws }),
  });
  const ownAccount = await aws.ownAccount().catch((error: unknown) => {
    log.warn({ err: error }, 'AWS does not say which account this is');
    return undefined;
  });
  const kept = inPlace.record ?? (await openRecord(config, { now, log }));
  policies = await openPolicies(config, { log, now, ownAccount, notes: kept.store, apart: inPlace.apart });
  const { appToken, signingSecret, apiUrl: slackApiUrl } = config.slack;
  const botToken = await reveal(config.slack.botToken);
  const us = await whoWeAre(config, botToken);
  const { pagerDutyToken } = config;
  const ailing = bookOfAilments(now);
  const shared = { bundle, store: kept.store, botToken, us, slackApiUrl, ailing, pagerDutyToken, log, now };

  const { engine, runJobs, lostGroups } = composeEngine({ ...shared, aws, signinUrl: config.signinUrl });
  const door = appToken
    ? undefined
    : frontDoor({ signingSecret: await reveal(signingSecret), mode: 'at-once', now, log });
  const receiver = door ?? socketMode({ appToken: appToken ?? '', slackApiUrl, log, ailing });
  const { front, bolt } = composeFront({ ...shared, receiver, wake });
  return {
    policies,
    ...kept,
    engine,
    front,
    ...(door && { door }),
    connect: async () => void (await bolt.start()),
    disconnect: async () => void (await bolt.stop()),
    fault: trapped,
    runJobs,
    ailments: ailing,
    lostGroups,
  };
}
