import type { Logger } from 'pino';
import { readLambdaConfig } from '../../config.js';
import { useProxies } from '../../kit/outbound/index.js';
import { sharedAnswers } from '../../kit/shared-answers.js';
import type { EngineStore } from '../../ports/record.js';
import { dynamodbClient } from '../../store/dynamodb/client.js';
import { dynamodbStore } from '../../store/dynamodb/store.js';
import { createLog } from '../../log.js';
import { StartFault } from '../wiring/late-part.js';
import { openBot, type OpenBot } from '../wiring/bot.js';
import { whoWeAre, type Connected } from '../wiring/slack-identity.js';
import { containerPolicies, freshSecrets } from './kept.js';
import { accountOf, type Container, type Invocation } from './runtime.js';

/** Of a question to Slack: what has something to end does not wait long for it. */
const HASTE = { timeout: 1_500, retries: 0 };

/**
 * A bot, put together once and kept for the container. Slack and the policies come when they come: what is lacking is
 * said, and tried again at later calls, and access ends without it.
 * @param watch what stands between the engine and the table
 * @returns `open` rejects only where the configuration is wrong
 */
export function engineOf(
  container: Container,
  watch = (store: EngineStore) => store,
): { log: Logger; open: (invocation: Invocation) => Promise<OpenBot> } {
  const { now } = container;
  const config = readLambdaConfig('engine', container);
  const log = createLog('problems' in config ? 'info' : config.logLevel, container.destination);
  if ('problems' in config) return { log, open: () => Promise.reject(new StartFault(config.problems)) };
  useProxies(config.proxies);
  const store = watch(dynamodbStore({ client: dynamodbClient(), table: config.table, now }));
  const policies = containerPolicies(config, {
    here: container.here,
    log,
    now,
    notes: store,
    evenNone: true,
  });
  // Access is taken away without Slack: an old token only keeps people from hearing of it.
  const secrets = freshSecrets({ botToken: config.slack.botToken }, { grace: Infinity, now, log });
  const known = sharedAnswers(
    async ({ botToken }: { botToken: string }): Promise<Connected> => ({
      botToken,
      us: await whoWeAre(config, botToken, HASTE),
    }),
    { now },
  );
  let account: string | undefined;
  const bot = openBot({
    config,
    store,
    log,
    now,
    policies: () => policies(account),
    slack: async () => known(await secrets()),
  });
  return {
    log,
    async open(invocation) {
      account = accountOf(invocation);
      await Promise.all([bot.policies.attempt(), bot.slack.attempt()]);
      bot.report();
      return bot;
    },
  };
}
