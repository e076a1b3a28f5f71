import type { Outside } from '../../run/outside.js';
import { StartFault } from '../../run/wiring/late-part.js';
import type { Config } from '../../config.js';
import { ANY_PACE } from '../../slack/wire/channel-pace.js';
import { serve, type Serving } from '../../run/server/serve.js';
import type { Cloud } from '../aws/index.js';
import type { Keys } from '../aws/world.js';
import type { SandboxClock } from '../clock.js';
import type { SlackDouble } from '../slack/index.js';
import type { BotView } from '../page/model/model.js';

export const SIGNING_SECRET = 'the-signing-secret-of-the-sandbox';
/** Nobody waits long for a policy that they try out, and what is half written does no harm here. In real time. */
const APART = 100;
/** The port of the sandbox's own bot: whichever is free. */
const ANY = 0;

/** The real bot, which can be stopped and started again; Slack, AWS and the record go on meanwhile. */
export interface BotProcess {
  serving(): Serving | undefined;
  state(): BotView;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function botAmong(
  doubles: { slack: SlackDouble; cloud: Cloud; clock: SandboxClock; keys: Keys; policyDir: string },
  deps: Pick<Outside, 'log' | 'record'>,
  changed: () => void,
): BotProcess {
  const { slack, cloud, clock, keys, policyDir } = doubles;
  const config: Config = {
    slack: {
      botToken: { value: slack.botToken },
      signingSecret: { value: SIGNING_SECRET },
      apiUrl: slack.apiUrl,
      teamId: slack.teamId,
      botId: slack.botId,
      botUserId: slack.botUserId,
    },
    port: ANY,
    store: 'memory',
    table: 'jit',
    createTable: false,
    policyDir,
    sweepSeconds: 60,
    signinUrl: cloud.signinUrl,
    logLevel: 'info',
  };
  let serving: Serving | undefined;
  let problem: string | undefined;
  let switching: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => (switching = switching.then(work).finally(changed));

  const start = () =>
    inTurn(async () => {
      if (serving) return;
      try {
        serving = await serve(config, {
          ...deps,
          now: clock.now,
          timers: clock,
          apart: APART,
          pace: ANY_PACE,
          aws: { endpoint: cloud.url, credentials: keys },
          end: () => void stop().then(start),
        });
        problem = undefined;
        slack.connect(`http://127.0.0.1:${serving.port}/slack/events`);
      } catch (error) {
        if (!(error instanceof StartFault)) throw error;
        problem = error.problems.join('; ');
      }
    });

  const stop = () =>
    inTurn(async () => {
      await serving?.stop();
      serving = undefined;
    });

  return {
    serving: () => serving,
    state: () => ({ running: serving !== undefined, ...(problem !== undefined && { problem }) }),
    start,
    stop,
  };
}
