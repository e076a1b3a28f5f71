import { App, type Receiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { outboundFetch } from '../../kit/outbound/index.js';
import { slackLogger } from './clients.js';

export interface Bot {
  botToken: string;
  botId: string;
  botUserId: string;
}

/** Bolt behind a receiver of ours. */
export function bolt(options: { receiver: Receiver; slackApiUrl: string; log: Logger; bot: Bot }): App {
  const { receiver, slackApiUrl, log, bot } = options;
  const { botToken, ...ids } = bot;
  return new App({
    receiver,
    token: botToken,
    // With both ids given, Bolt never asks who it is: not at start, and not at each request.
    ...ids,
    tokenVerificationEnabled: false,
    convoStore: false,
    logger: slackLogger(log),
    clientOptions: { slackApiUrl, fetch: onlySlack(slackApiUrl) },
  });
}

/**
 * A `fetch` for answers by response_url, on which Bolt sets no time limit. A payload names the URL, so only Slack's own
 * are called. @throws without saying what it was
 */
function onlySlack(slackApiUrl: string): typeof fetch {
  return async (to, init) => {
    const url = to instanceof Request ? to.url : String(to);
    if (!isSlack(url, slackApiUrl)) throw new Error('a response URL that is not Slack’s');
    return outboundFetch(url, { signal: AbortSignal.timeout(3_000), ...init });
  };
}

function isSlack(text: string, slackApiUrl: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname, port } = new URL(text);
  if (origin === new URL(slackApiUrl).origin) return true;
  return protocol === 'https:' && port === '' && /^hooks\.slack(?:-gov)?\.com$/.test(hostname);
}
