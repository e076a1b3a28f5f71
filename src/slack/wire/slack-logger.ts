import { LogLevel, type Logger as SlackLogger } from '@slack/web-api';
import type { Logger } from 'pino';

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
