import { App, type Receiver } from '@slack/bolt';
import type { Desk } from './acts/handler-context.js';
import { register } from './register.js';
import { onlySlack } from './wire/only-slack.js';
import { slackLogger } from './wire/slack-logger.js';

/** Bolt with our handlers behind a receiver: the front door, or Socket Mode. */
export function boltApp(
  desk: Desk,
  options: { receiver: Receiver; botToken: string; botId: string; botUserId: string },
): App {
  const { receiver, botToken, botId, botUserId } = options;
  const app = new App({
    receiver,
    token: botToken,
    botId,
    botUserId,
    // With both ids given, Bolt never asks who it is: not at start, and not at each request.
    tokenVerificationEnabled: false,
    convoStore: false,
    logger: slackLogger(desk.log),
    clientOptions: { slackApiUrl: desk.slack.slackApiUrl, fetch: onlySlack(desk.slack.slackApiUrl) },
  });
  app.error(async (error) => {
    desk.log.error({ err: error }, 'Bolt could not handle a request');
  });
  register(app, desk);
  return app;
}
