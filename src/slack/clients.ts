import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { slackLogger } from './log.js';

export interface Connection {
  token: string;
  slackApiUrl: string;
  log: Logger;
}

/** For calls while a person waits: 1.5 s, no second try, since a trigger_id lives for 3 s. */
export function requestClient(connection: Connection): WebClient {
  return client(connection, 1_500);
}

/** For the engine: 5 s, no second try of its own, since what fails is owed and put off. */
export function engineClient(connection: Connection): WebClient {
  return client(connection, 5_000);
}

function client({ token, slackApiUrl, log }: Connection, timeout: number): WebClient {
  return new WebClient(token, {
    slackApiUrl,
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // A token is only ever sent to the one place that was configured.
    allowAbsoluteUrls: false,
    logger: slackLogger(log),
  });
}
