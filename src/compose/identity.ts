import { WebClient } from '@slack/web-api';
import type { Config, Secret } from '../config.js';
import type { Millis } from '../domain/entitlement.js';
import { secureString } from '../store/parameters.js';
import { StartFault } from './faults.js';

export async function reveal(secret: Secret): Promise<string> {
  return 'value' in secret ? secret.value : secureString(secret.parameter);
}

export interface Identity {
  teamId: string;
  botId: string;
  botUserId: string;
}

/**
 * Which workspace and which bot the token belongs to: as configured, or as Slack says.
 * @param patience where a person waits for it, less than by default
 */
export async function whoWeAre(
  { slack }: { slack: Pick<Config['slack'], 'teamId' | 'botId' | 'botUserId' | 'apiUrl'> },
  token: string,
  { timeout, retries }: { timeout: Millis; retries: number } = { timeout: 10_000, retries: 2 },
): Promise<Identity> {
  const { teamId, botId, botUserId, apiUrl: slackApiUrl } = slack;
  if (teamId && botId && botUserId) return { teamId, botId, botUserId };
  const client = new WebClient(token, { slackApiUrl, timeout, retryConfig: { retries } });
  const said = await client.auth.test().catch((error: unknown) => {
    const code = error instanceof Error ? error.message.slice(0, 200) : 'no answer';
    throw new StartFault([`Slack does not accept SLACK_BOT_TOKEN (auth.test): ${code}`]);
  });
  if (said.is_enterprise_install && !teamId)
    throw new StartFault([
      'SLACK_TEAM_ID is missing: the app is installed for a whole organisation, and only one workspace of it is served',
    ]);
  // Of a whole organisation's app, Slack does not name the workspace that is served.
  if (teamId && !said.is_enterprise_install && said.team_id !== teamId)
    throw new StartFault([`SLACK_TEAM_ID is ${teamId}, but SLACK_BOT_TOKEN belongs to ${said.team_id}`]);
  const team = teamId ?? said.team_id;
  if (!team || !said.bot_id || !said.user_id)
    throw new StartFault(['SLACK_BOT_TOKEN is not the token of a bot: auth.test names no bot_id']);
  return { teamId: team, botId: said.bot_id, botUserId: said.user_id };
}
