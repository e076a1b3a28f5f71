import {
  LogLevel,
  WebAPIRateLimitedError,
  WebClient,
  type Logger as SlackLogger,
  type WebAPICallResult,
  type WebClientOptions,
} from '@slack/web-api';
import type { Logger } from 'pino';
import { outboundFetch } from '../../kit/outbound/index.js';
import type { Ailing } from '../../ports/health.js';
import type { ChannelPace } from './channel-pace.js';
import { notifyFault, slackError, TOKEN_FAULTS } from './faults.js';
import { textAt } from './payload.js';

export interface Connection {
  token: string;
  slackApiUrl: string;
  log: Logger;
  /** Hears whether Slack answers, and takes the token. */
  ailing?: Ailing | undefined;
  /** Shared by all who send messages in this process; absent: as fast as they come. */
  pace?: ChannelPace | undefined;
}

/** For calls while a person waits: 1.5 s, no second try, since a trigger_id lives for 3 s. */
export function requestClient(connection: Connection): WebClient {
  return client(connection, 1_500);
}

/** For the engine: 5 s, no second try of its own, since what fails is owed and put off. */
export function engineClient(connection: Connection): WebClient {
  return client(connection, 5_000);
}

function client({ token, slackApiUrl, log, ailing, pace }: Connection, timeout: number): WebClient {
  const options = {
    slackApiUrl,
    fetch: outboundFetch,
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // A token is only ever sent to the one place that was configured.
    allowAbsoluteUrls: false,
    logger: slackLogger(log),
  };
  return ailing || pace ? new HeardClient(token, options, ailing, pace) : new WebClient(token, options);
}

/** Every method of the client goes through `apiCall`, and nothing else of it can be listened to. */
class HeardClient extends WebClient {
  constructor(
    token: string,
    options: WebClientOptions,
    private readonly ailing: Ailing | undefined,
    private readonly pace: ChannelPace | undefined,
  ) {
    super(token, options);
  }

  override async apiCall(...call: Parameters<WebClient['apiCall']>): Promise<WebAPICallResult> {
    const [method, args] = call;
    const channel = textAt(args, 'channel');
    await this.pace?.turn(method, channel);
    try {
      const answer = await super.apiCall(method, asSent(args));
      this.heard(undefined);
      return answer;
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) this.pace?.close(method, channel, error.retryAfter * 1000);
      this.heard(error);
      throw error;
    }
  }

  private heard(error: unknown): void {
    const { ailing } = this;
    if (!ailing) return;
    const said = slackError(error);
    const answered = error === undefined || said !== undefined;
    if (answered) ailing.works('slack');
    else ailing.fails('slack', notifyFault(error).code);
    if (said !== undefined && TOKEN_FAULTS.has(said)) ailing.fails('slack-token', said);
    else if (answered) ailing.works('slack-token');
  }
}

/**
 * Views and blocks as JSON text, in which Slack gets them in any case: of those that are not text yet the client makes a
 * copy without tokens, block by block, for a log that is not written.
 */
function asSent(args: Parameters<WebClient['apiCall']>[1]): typeof args {
  const large = ['view', 'blocks'].filter((name) => typeof args?.[name] === 'object');
  return { ...args, ...Object.fromEntries(large.map((name) => [name, JSON.stringify(args?.[name])])) };
}

/** The person has chosen again since (that choice draws the modal by its own call), or has closed the modal. */
const MOVED_ON = ['hash_conflict', 'not_found'];

/**
 * Draws an open modal anew. That the person has moved on is no error. @throws what else Slack says
 * @returns the hash of the view as it is now; undefined where it was not drawn
 */
export async function updateView(
  slack: WebClient,
  call: Parameters<WebClient['views']['update']>[0],
): Promise<string | undefined> {
  try {
    const { view } = await slack.views.update(call);
    return view?.hash;
  } catch (error) {
    if (MOVED_ON.includes(slackError(error) ?? '')) return undefined;
    throw error;
  }
}

/** Bolt's logger on ours. Never debug: there Bolt and its clients print whole payloads, credentials included. */
export function slackLogger(log: Logger): SlackLogger {
  return {
    debug: () => {},
    info: (...parts: unknown[]) => log.info(words(parts)),
    warn: (...parts: unknown[]) => log.warn(words(parts)),
    error: (...parts: unknown[]) => log.error(words(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

/** Texts, and of errors the message only: Slack's errors carry requests and answers with them. */
function words(parts: unknown[]): string {
  const texts = parts.map((part) => (part instanceof Error ? part.message : part));
  return texts.map((text) => (typeof text === 'string' ? text.slice(0, 300) : typeof text)).join(' ');
}
