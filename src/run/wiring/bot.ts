import type { Config } from '../../config.js';
import type { AwsOptions } from '../../grants/aws/client.js';
import { connectAws, grantKinds, provisioners, type Aws } from '../../grants/index.js';
import type { LivePolicies } from '../../policy/live/live.js';
import type { Ailing } from '../../ports/health.js';
import type { HomeScreen } from '../../ports/home.js';
import { Unknowable, type Bundle } from '../../ports/policy.js';
import type { EngineStore } from '../../ports/record.js';
import { homeScreen } from '../../slack/home/screen.js';
import { slackNotifier } from '../../slack/notifier.js';
import { channelPace, type ChannelPace } from '../../slack/wire/channel-pace.js';
import { engineClient } from '../../slack/wire/clients.js';
import type { EngineDeps } from '../../workflow/engine/effect.js';
import { engine } from '../../workflow/engine/loop.js';
import { homeKeeper } from '../../workflow/home/keeper.js';
import { periodicJobs } from '../../workflow/jobs/index.js';
import type { LogAndClock } from '../outside.js';
import { lackOf } from '../policies/status-lines.js';
import { latePart, lackReporter, type Lack } from './late-part.js';
import { stopwatch } from './clock.js';
import { onCallOf, peopleOf, nobodyKnown, silent, undrawn } from './people.js';
import type { Connected } from './slack-identity.js';

/** The base of each process with an engine: it always ends access, and gives access when no part is missing. */
export type OpenBot = ReturnType<typeof openBot>;

interface BotParts extends LogAndClock {
  config: Pick<Config, 'signinUrl' | 'pagerDutyToken'> & { slack: { apiUrl: string } };
  store: EngineStore;
  /** Opens the policies, or brings them up to date. @throws StartFault */
  policies: (aws: Aws) => Promise<LivePolicies>;
  /** @throws StartFault */
  slack: () => Promise<Connected>;
  /** Periodic work: tries to get what is lacking. Absent where each call does so at its beginning. */
  complete?: () => Promise<void>;
  awsOptions?: AwsOptions | undefined;
  ailing?: Ailing | undefined;
  pace?: ChannelPace | undefined;
}

export function openBot(parts: BotParts) {
  const { config, store, ailing, awsOptions, log, now } = parts;
  const policies = latePart('policies', () => parts.policies(aws), { now });
  const slack = latePart('slack', parts.slack, { now, ailing });
  /** The policies in force. @throws Unknowable while there are none */
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
  const inSlack = slackParts(parts, bundle, slack.there);
  const deps: EngineDeps = {
    bundle,
    store,
    log,
    // Looked at each time: Slack may come later than the engine.
    get directory() {
      return inSlack().directory;
    },
    get notifier() {
      return inSlack().notifier;
    },
    onCall: onCallOf(now, config.pagerDutyToken),
    kinds: grantKinds,
    clock: { now, skew: aws.skew },
    changed: (head) => homes.changed(head),
    concerns: (accounts) => homes.concerns(accounts),
    provisioners: provisioners({ aws, signinUrl: config.signinUrl, now }),
  };
  const homes = homeKeeper(deps, { screen: { draw: (...home) => inSlack().screen.draw(...home) } });
  /** What it cannot give access without, and does not have now. */
  const lacking = (): Lack[] => {
    const live = policies.there();
    return [policies.lack() ?? (live && lackOf(live.status())), slack.lack()].flatMap((one) => one ?? []);
  };
  const report = lackReporter({ log, now });
  return {
    engine: engine(deps),
    /** Waits for App Homes that are being drawn, not for long. Never throws. */
    homesDrawn: () => homes.settled(),
    bundle,
    policies,
    slack,
    /** Begins the periodic work whose time has come, and waits for it. Never throws. */
    runJobs: periodicJobs(deps, {
      refreshPolicies: async () => policies.there()?.refresh(),
      complete: parts.complete ?? (async () => undefined),
    }),
    /** Groups of directory.yml of which it is not known who is in them, and since when. */
    lostGroups: () => (ifKnown(bundle) ? deps.directory.status().lost : []),
    lacking,
    /** Says what is lacking, here and in a way in: at once, and every few minutes for as long as it lasts. */
    report: (more: Lack[] = []) => report([...lacking(), ...more]),
  };
}

type SlackParts = Pick<EngineDeps, 'directory' | 'notifier'> & { screen: HomeScreen };

/** Made once for each connection; for as long as there is none, access ends, and what there is to say stays owed. */
function slackParts(
  { config, store, ailing, pace = channelPace(stopwatch), log, now }: BotParts,
  bundle: () => Bundle,
  connected: () => Connected | undefined,
): () => SlackParts {
  const { apiUrl: slackApiUrl } = config.slack;
  let made: SlackParts & { of?: Connected } = {
    directory: nobodyKnown(bundle),
    notifier: silent,
    screen: undrawn,
  };
  return () => {
    const slack = connected();
    if (!slack || made.of === slack) return made;
    const { botToken: token, us } = slack;
    const unpaced = engineClient({ token, slackApiUrl, log, ailing });
    const directory = peopleOf(unpaced, store, { bundle, team: us.teamId, now, log });
    // Only messages wait for their turn: who is who is asked for access that ends, too.
    const client = engineClient({ token, slackApiUrl, log, ailing, pace });
    const { botUserId } = us;
    const notifier = slackNotifier({ client, bundle, kinds: grantKinds, botUserId, now, ailing });
    const screen = homeScreen(unpaced, { kinds: grantKinds, bundle });
    made = { of: slack, directory, notifier, screen };
    return made;
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
