import type { Logger } from 'pino';
import { bookOfAilments, type Ailments } from './wiring/ailments.js';
import { composeEngine } from './wiring/engine.js';
import { StartFault } from './wiring/faults.js';
import { composeFront } from './wiring/front.js';
import type { Vitals } from './wiring/health.js';
import { reveal, whoWeAre, type Connected } from './wiring/identity.js';
import { openingOf, type Opening } from './wiring/opening.js';
import { part, sayer } from './wiring/part.js';
import { ifKnown, lackOf, openPolicies } from './wiring/policies.js';
import { openRecord, type Kept } from './wiring/record.js';
import type { Config } from '../config.js';
import type { Instant, Millis } from '../domain/entitlement.js';
import { connectAws, type AwsOptions } from '../grants/aws/client.js';
import { trapped } from '../policy/cedar/cedar.js';
import type { LivePolicies } from '../policy/live/live.js';
import { Unknowable, type Bundle } from '../ports/policy.js';
import type { Front } from '../ports/front.js';
import type { Engine } from '../workflow/engine/loop.js';

/** The program, put together and not yet running. */
export interface App extends Kept {
  policies: LivePolicies;
  engine: Engine;
  /** Undefined while jit only ends access. */
  readonly front: Front | undefined;
  /** Where Slack's signed requests come in; with Socket Mode, nothing does. */
  door?: NonNullable<Opening['door']>;
  /** In Socket Mode: opens the socket. Where something is due, that does not wait for it. @throws StartFault */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** What only a restart can mend: until then, everything is denied. */
  fault(): string | undefined;
  /** Everything that is done now and then: groups brought up to date, leavers looked for. Never throws. */
  runJobs(): Promise<void>;
  /** What does not work at the moment, and what is not there yet. */
  ailments: Ailments;
  /** Groups of directory.yml of which it is not known who is in them. */
  lostGroups: Vitals['lostGroups'];
  /** Tries once more to get what is lacking. Never throws. */
  complete(): Promise<void>;
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

/** Later than anything can be due. */
const EVER: Instant = 10 ** 15;
/** Who has something to end does not wait long for Slack: it is tried again at each sweep. */
const HASTE = { timeout: 5_000, retries: 0 };

/**
 * The composition root of the self-hosted process: configuration → adapters → workflow → Bolt app. Where the record has
 * something that is due, it goes on without Slack and without policies that load: the engine ends access all the same,
 * and the rest comes when it comes.
 * @param wake called when a person has changed a request, for those who need not wait for the stream
 * @throws StartFault
 */
export async function createApp(
  config: Config,
  { log, now, wake, ...inPlace }: AppDeps & { wake: (id: string) => void },
): Promise<App> {
  let policies: LivePolicies | undefined;
  const bundle = (): Bundle => {
    if (!policies) throw new Unknowable('the policy folder is not loaded yet');
    return policies.bundle();
  };
  const aws = connectAws({
    accounts: () => ifKnown(bundle)?.directory.accounts,
    now,
    ...(inPlace.aws && { options: inPlace.aws }),
  });
  const ownAccount = await aws.ownAccount().catch((error: unknown) => {
    log.warn({ err: error }, 'AWS does not say which account this is');
    return undefined;
  });
  const kept = inPlace.record ?? (await openRecord(config, { now, log }));
  const { store } = kept;
  const mustEnd = (await store.due(EVER, 1)).length > 0;
  const loaded = await openPolicies(config, {
    log,
    now,
    ownAccount,
    notes: store,
    evenNone: mustEnd,
    apart: inPlace.apart,
  });
  policies = loaded;

  const ailing = bookOfAilments(now);
  const { pagerDutyToken, signinUrl } = config;
  const slackApiUrl = config.slack.apiUrl;
  const slack = part<Connected>(
    'slack',
    async () => {
      const botToken = await reveal(config.slack.botToken);
      return { botToken, us: await whoWeAre(config, botToken, mustEnd ? HASTE : undefined) };
    },
    { now, ailing },
  );
  const opening = openingOf(config, { now, log, ailing, before: openFront });
  const shared = { bundle, store, slackApiUrl, ailing, pagerDutyToken, log, now };
  const { engine, runJobs, lostGroups } = composeEngine({ ...shared, slack: slack.there, aws, signinUrl });
  let front: Front | undefined;

  /** Lets people in as soon as all is there. */
  function openFront(): void {
    const [receiver, connected] = [opening.there(), slack.there()];
    if (front || !receiver || !connected || loaded.status().none) return;
    ({ front } = composeFront({ ...shared, ...connected, receiver, wake }));
  }

  const say = sayer({ log, now });
  const lacking = () => [lackOf(loaded.status()), slack.lack(), opening.lack()].flatMap((one) => one ?? []);
  async function complete(): Promise<void> {
    await Promise.all([slack, opening].filter((one) => !one.there()).map((one) => one.attempt()));
    openFront();
    say(lacking());
  }
  function orRefuse(): void {
    if (!mustEnd && lacking().length > 0) throw new StartFault(lacking().flatMap(({ problems }) => problems));
  }

  // A socket is opened only when whoever it wakes is there.
  await Promise.all((opening.door ? [slack, opening] : [slack]).map((one) => one.attempt()));
  orRefuse();
  openFront();
  return {
    policies: loaded,
    ...kept,
    engine,
    get front() {
      return front;
    },
    ...(opening.door && { door: opening.door }),
    async connect() {
      const completed = complete();
      if (mustEnd) return;
      await completed;
      orRefuse();
    },
    disconnect: opening.close,
    fault: trapped,
    runJobs,
    ailments: ailing,
    lostGroups,
    complete,
  };
}
