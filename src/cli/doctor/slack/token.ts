import type { Config } from '../../../config.js';
import type { ChannelStanding, SlackInspection, SlackRefusal, TokenFacts } from '../outside.js';
import { counted, eachOf, failed, wrong, type Diagnosis, type Examined } from '../../../kit/diagnosis.js';

/** What manifest.yml asks for, and jit cannot do without. */
export const BOT_SCOPES = [
  'commands',
  'chat:write',
  'im:write',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'channels:history',
  'groups:history',
  'im:history',
];
/** What older manifests did not ask for, and what is missing without it: jit works as it did then. */
const LATER = [
  {
    scopes: ['channels:read', 'groups:read'],
    without: 'who is mentioned in a channel and is not in it gets no direct message',
  },
  { scopes: ['dnd:read'], without: 'people are reminded even while they have Do Not Disturb on' },
];
export const LATER_SCOPES = LATER.flatMap(({ scopes }) => scopes);

const USE_BOT_TOKEN = 'use the app’s Bot User OAuth Token (xoxb-…): OAuth & Permissions';

/** Whether the token is a bot's, of the workspace that is served. */
export function judgeBot(said: TokenFacts | SlackRefusal, slack: Config['slack']): Examined<TokenFacts> {
  if ('error' in said) return { problems: refusedBot(said) };
  if (said.botId === undefined) return failed('SLACK_BOT_TOKEN is not the token of a bot', USE_BOT_TOKEN);
  if (said.orgWide && slack.teamId === undefined)
    return failed(
      'the app is installed for a whole organisation, and SLACK_TEAM_ID does not say which workspace jit serves',
      'set SLACK_TEAM_ID to the id of the workspace that you mean (T…): only its people may request and approve',
    );
  // Of a whole organisation's app, auth.test does not name the one that is served.
  if (!said.orgWide && slack.teamId !== undefined && slack.teamId !== said.team)
    return failed(
      `SLACK_TEAM_ID is ${slack.teamId}, but the token belongs to the workspace ${said.team}`,
      'set SLACK_TEAM_ID to the workspace that you mean, or install the app there and use that token',
    );
  if (slack.botId !== undefined && slack.botId !== said.botId)
    return failed(
      `SLACK_BOT_ID is ${slack.botId}, but the token belongs to the bot ${said.botId}`,
      `set SLACK_BOT_ID=${said.botId}, or leave it out together with SLACK_BOT_USER_ID`,
    );
  return { value: said, about: `bot ${said.botId} of the workspace ${slack.teamId ?? said.team}` };
}

/** Whether the token was granted what manifest.yml asks for. */
export function judgeScopes({ scopes }: TokenFacts): Examined<true> {
  if (!scopes)
    return failed(
      'Slack did not say which scopes the token has',
      'check that SLACK_API_URL is Slack itself, and that no proxy removes headers',
    );
  const missing = BOT_SCOPES.filter((scope) => !scopes.includes(scope));
  const later = LATER_SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return withLater(scopes);
  return failed(
    `the token lacks ${[...missing, ...later].join(', ')}`,
    'paste manifest.yml again at api.slack.com/apps → App Manifest, then reinstall the app in the workspace',
  );
}

function withLater(has: string[]): Examined<true> {
  const warnings = LATER.flatMap(({ scopes, without }) => {
    const lacking = scopes.filter((scope) => !has.includes(scope));
    if (lacking.length === 0) return [];
    return wrong(
      `the token lacks ${lacking.join(' and ')}, for which older manifests did not ask: ${without}`,
      'paste manifest.yml again at api.slack.com/apps → App Manifest, then reinstall the app in the workspace; without it, all else works as before',
    );
  });
  if (warnings.length > 0) return { value: true, warnings };
  return { value: true, about: `all ${BOT_SCOPES.length + LATER_SCOPES.length}` };
}

const NEWER_MANIFEST =
  'paste manifest.yml again at api.slack.com/apps → App Manifest; without it, /jit and all messages work as before';

/**
 * Whether the app was made from a manifest that has a Home tab. What Slack does not tell is named, to be looked up by
 * hand: an app of an older manifest lacks all of it, and keeps all that it had.
 */
export async function judgeHome(slack: SlackInspection, { userId }: TokenFacts): Promise<Examined<true>> {
  const found = userId === undefined ? { error: 'no user id' } : await slack.homeTab(userId);
  if (found === 'missing')
    return {
      value: true,
      warnings: wrong(
        'the app has no Home tab, so it was made from an older manifest: the shortcuts and the event app_home_opened are missing, too',
        NEWER_MANIFEST,
      ),
    };
  const about =
    'Slack does not tell whether the app has the shortcuts request and request-from-message, and the event app_home_opened: look at api.slack.com/apps';
  if (found === 'there') return { value: true, about: `it has a Home tab. ${about}` };
  return { skipped: `Slack does not say whether the app has a Home tab (${found.error}). ${about}` };
}

function refusedBot({ error }: SlackRefusal): Diagnosis[] {
  switch (error) {
    case 'invalid_auth':
    case 'not_authed':
    case 'token_revoked':
    case 'token_expired':
    case 'account_inactive':
      return wrong(
        `Slack does not accept SLACK_BOT_TOKEN (${error})`,
        'copy the Bot User OAuth Token (xoxb-…) again from OAuth & Permissions; reinstall the app if it has none',
      );
    case 'not_allowed_token_type':
      return wrong('SLACK_BOT_TOKEN is not a bot token', USE_BOT_TOKEN);
    default:
      return slackAway(error);
  }
}

/** Whether the bot may post in each channel that the policy folder names. @param named where it names them */
export async function channels(
  slack: SlackInspection,
  named: Map<string, string[]>,
): Promise<Examined<true>> {
  const problems = await eachOf([...named], async ([id, where]) =>
    judgeChannel(`${id} (${where.join(', ')})`, await slack.channel(id)),
  );
  return { problems: problems.flat(), value: true, about: counted(named.size, 'channel') };
}

function judgeChannel(channel: string, standing: ChannelStanding): Diagnosis[] {
  if (standing === 'member') return [];
  if (standing === 'outside')
    return wrong(`the bot is not in ${channel}`, 'write /invite @jit in that channel');
  if (standing === 'archived')
    return wrong(`${channel} is archived`, 'unarchive it, or name another channel');
  if (standing.error === 'channel_not_found')
    return wrong(
      `the bot cannot see the channel ${channel}`,
      'correct the id (channel details, at the bottom); if it is private, write /invite @jit in it',
    );
  return slackAway(standing.error, channel);
}

/** Slack gave no answer, or one that says no. @param about what was asked about */
export function slackAway(error: string, about?: string): Diagnosis[] {
  const which = about === undefined ? '' : `${about}: `;
  if (/^(?:no_answer|rate_?limited|http_\d+)$/.test(error))
    return wrong(
      `${which}Slack gave no answer (${error})`,
      'check that this machine reaches SLACK_API_URL, and try again in a minute',
    );
  return wrong(
    `${which}Slack refused (${error})`,
    'look up this error at docs.slack.dev, fix the app or the workspace, then try again',
  );
}
