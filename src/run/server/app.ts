import { bookOfAilments, type Ailments } from './ailments.js';
import { inTurns } from './engine-turns.js';
import { openingOf } from './opening.js';
import type { Config } from '../../config.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Aws } from '../../grants/index.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import { trapped } from '../../policy/cedar/cedar.js';
import type { LivePolicies } from '../../policy/live/live.js';
import type { Front } from '../../ports/front.js';
import type { Store } from '../../store/change.js';
import type { LogAndClock, Outside } from '../outside.js';
import { openPolicies } from '../policies/open.js';
import { openBot, type OpenBot } from '../wiring/bot.js';
import { composeFront } from '../wiring/front.js';
import { StartFault, type Lack } from '../wiring/late-part.js';
import { openRecord } from '../wiring/record.js';
import { reveal, whoWeAre } from '../wiring/slack-identity.js';

/** The program, put together and not yet running. */
export type App = Awaited<ReturnType<typeof createApp>>;

/** Later than anything can be due. */
const EVER: Instant = 10 ** 15;
/** One look at the policies asks for the account several times, and does not wait for the same silence twice. */
const ASKED: Millis = 10_000;
/** A process that has something to end does not wait long for Slack: it is tried again at each sweep. */
const HASTE = { timeout: 5_000, retries: 0 };

/**
 * The self-hosted process: a bot, and a way in for people. Where the record has something that is due, it goes on
 * without Slack and without policies that load: the engine ends access all the same, and the rest comes when it comes.
 * @param wake called when a person has changed a request, for those who need not wait for the stream
 * @throws StartFault
 */
export async function createApp(config: Config, outside: Outside, wake: (id: string) => void) {
  const { log, now } = outside;
  const record = outside.record ?? (await openRecord(config, { now, log }));
  const { store } = record;
  const mustEnd = (await store.due(EVER, 1)).length > 0;
  const ailing = bookOfAilments(now);
  const bot = botOf(config, outside, { store: inTurns(store), ailing, mustEnd, complete });
  await bot.policies.attempt();
  const loaded = bot.policies.there();
  if (!loaded) throw refused(bot.policies.lack());
  const policies: LivePolicies = loaded;

  const { bundle, slack } = bot;
  const opening = openingOf(config, { now, log, ailing, before: openFront });
  let front: Front | undefined;

  /** Lets people in as soon as all is there. */
  function openFront(): void {
    const [receiver, connected] = [opening.there(), slack.there()];
    if (front || !receiver || !connected || policies.status().none) return;
    const { pagerDutyToken } = config;
    const slackApiUrl = config.slack.apiUrl;
    const parts = { bundle, store, slackApiUrl, ailing, pagerDutyToken, log, now };
    ({ front } = composeFront({ ...parts, ...connected, receiver, wake }));
  }
  async function complete(): Promise<void> {
    await Promise.all([slack, opening].filter((one) => !one.there()).map((one) => one.attempt()));
    openFront();
    bot.report([opening.lack() ?? []].flat());
  }
  function orRefuse(): void {
    const lacking = [...bot.lacking(), opening.lack() ?? []].flat();
    if (!mustEnd && lacking.length > 0) throw refused(...lacking);
  }

  // A socket is opened only when those whom it wakes are there.
  await Promise.all((opening.door ? [slack, opening] : [slack]).map((one) => one.attempt()));
  orRefuse();
  openFront();
  return {
    ...record,
    policies,
    engine: bot.engine,
    runJobs: bot.runJobs,
    lostGroups: bot.lostGroups,
    /** Undefined while jit only ends access. */
    get front(): Front | undefined {
      return front;
    },
    /** Where Slack's signed requests come in; with Socket Mode, nothing does. */
    ...(opening.door && { door: opening.door }),
    /** In Socket Mode: opens the socket. Where something is due, that does not wait for it. @throws StartFault */
    async connect(): Promise<void> {
      const completed = complete();
      if (mustEnd) return;
      await completed;
      orRefuse();
    },
    disconnect: opening.close,
    /** What only a restart can mend: until then, everything is denied. */
    fault: trapped,
    /** What does not work at the moment, and what is not there yet. */
    ailments: ailing,
  };
}

function botOf(
  config: Config,
  { log, now, aws: awsOptions, apart, pace }: Outside,
  its: { store: Store; ailing: Ailments; mustEnd: boolean; complete: () => Promise<void> },
): OpenBot {
  const { store, ailing, mustEnd, complete } = its;
  return openBot({
    config,
    store,
    ailing,
    log,
    now,
    complete,
    awsOptions,
    pace,
    policies: async (aws) => {
      const ownAccount = accountOf(aws, { log, now });
      const own = { ownAccount, ownPartition: aws.ownPartition };
      return openPolicies(config, { log, now, ...own, notes: store, evenNone: mustEnd, apart });
    },
    slack: async () => {
      const botToken = await reveal(config.slack.botToken);
      return { botToken, us: await whoWeAre(config, botToken, mustEnd ? HASTE : undefined) };
    },
  });
}

/** Asks for the account that this is, until AWS has said it. */
function accountOf(aws: Aws, { log, now }: LogAndClock): () => Promise<string | undefined> {
  const ask = async () =>
    aws.ownAccount().catch((error: unknown) => {
      log.warn({ err: error }, 'AWS does not say which account this is; it is asked again');
      return undefined;
    });
  const answer = sharedAnswers(ask, { now, lasts: ASKED });
  return () => answer(undefined);
}

function refused(...lacking: (Lack | undefined)[]): StartFault {
  return new StartFault(lacking.flatMap((one) => one?.problems ?? []));
}
