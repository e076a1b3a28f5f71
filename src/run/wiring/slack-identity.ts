import { LogLevel, WebClient } from '@slack/web-api';
import type { Config, Secret } from '../../config.js';
import type { Millis } from '../../domain/entitlement.js';
import { outboundFetch } from '../../kit/outbound/index.js';
import { secureString } from '../../store/parameters.js';
import { tokenFault } from '../../slack/wire/faults.js';
import { StartFault } from './late-part.js';

export async function reveal(secret: Secret): Promise<string> {
  return 'value' in secret ? secret.value : secureString(secret.parameter);
}

interface BotIdentity {
  teamId: string;
  botId: string;
  botUserId: string;
}

/** How long each try may take, and how many more there are. */
export interface Patience {
  timeout: Millis;
  retries: number;
}

/** Slack, as far as it is there: whose token we hold, and the token. */
export interface Connected {
  botToken: string;
  us: BotIdentity;
}

/**
 * Which workspace and which bot the token belongs to: as configured, or as Slack says.
 * @param patience where a caller waits for it, less than by default
 * @throws StartFault
 */
export async function whoWeAre(
  { slack }: { slack: Pick<Config['slack'], 'teamId' | 'botId' | 'botUserId' | 'apiUrl'> },
  token: string,
  { timeout, retries }: Patience = { timeout: 10_000, retries: 2 },
): Promise<BotIdentity> {
  const { teamId, botId, botUserId, apiUrl: slackApiUrl } = slack;
  if (teamId && botId && botUserId) return { teamId, botId, botUserId };
  const client = new WebClient(token, {
    slackApiUrl,
    fetch: outboundFetch,
    timeout,
    retryConfig: { retries },
    rejectRateLimitedCalls: true,
    // The caller reports what came of it.
    logLevel: LogLevel.ERROR,
  });
  const said = await client.auth.test().catch((error: unknown) => {
    throw notTaken(error, 'SLACK_BOT_TOKEN', 'auth.test');
  });
  if (said.is_enterprise_install && !teamId)
    throw new StartFault([
      'SLACK_TEAM_ID is missing: the app is installed for a whole organisation, and jit serves one workspace of it',
    ]);
  // Of a whole organisation's app, Slack does not name the workspace that is served.
  if (teamId && !said.is_enterprise_install && said.team_id !== teamId)
    throw new StartFault([`SLACK_TEAM_ID is ${teamId}, but SLACK_BOT_TOKEN belongs to ${said.team_id}`]);
  const team = teamId ?? said.team_id;
  if (!team || !said.bot_id || !said.user_id)
    throw new StartFault(['SLACK_BOT_TOKEN is not the token of a bot: auth.test names no bot_id']);
  return { teamId: team, botId: said.bot_id, botUserId: said.user_id };
}

/** The token is named only where Slack answered, and said no to it. */
export function notTaken(error: unknown, variable: string, method: string): StartFault {
  const fault = tokenFault(error);
  return 'refused' in fault
    ? new StartFault([`Slack does not accept ${variable} (${method}): ${fault.refused}`])
    : new StartFault([`Slack cannot be reached (${method}): ${fault.unreachable}`], 'unreachable');
}
