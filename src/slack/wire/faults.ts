import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { NotifyFault } from '../../ports/messages.js';
import { TooMuchAsked } from '../../ports/people.js';
import { textAt } from './payload.js';

/** Slack is not well. */
const UNWELL = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'team_added_to_org',
  'external_channel_migrating',
]);
/** Slack is not well, or an operator has to replace the token: people should still hear once it works again. */
const PASSING = new Set([
  ...UNWELL,
  'access_denied',
  'invalid_auth',
  'not_authed',
  'token_expired',
  'token_revoked',
  'org_login_required',
]);
/** The token is no good: no call of the bot's can succeed until an operator replaces it. */
export const TOKEN_FAULTS = new Set([
  'invalid_auth',
  'not_authed',
  'token_expired',
  'token_revoked',
  'account_inactive',
  'not_allowed_token_type',
]);
const ERROR_NAME = /^[a-z0-9_]{1,80}$/;

/** The name by which Slack calls the error; undefined when it was not Slack that answered. */
export function slackError(error: unknown): string | undefined {
  if (!(error instanceof WebAPIPlatformError)) return undefined;
  // Where the answer is not JSON (a proxy's page), the client puts the whole of it here.
  return ERROR_NAME.test(error.data.error) ? error.data.error : undefined;
}

/** For the engine: permanent (drop the message and say so) or passing (put it off). */
export function notifyFault(error: unknown): NotifyFault {
  if (error instanceof NotifyFault) return error;
  if (error instanceof TooMuchAsked) return notifyFault(error.cause);
  if (error instanceof WebAPIRateLimitedError)
    return new NotifyFault('ratelimited', false, error.retryAfter * 1000);
  if (error instanceof WebAPIHTTPError) return new NotifyFault(`http_${error.statusCode}`, false);
  const name = slackError(error);
  if (name !== undefined) return new NotifyFault(name, !PASSING.has(name));
  return new NotifyFault('no_answer', false);
}

/**
 * After a call that needs a good token and no more: whether Slack refused the token, or could not be asked. Time-outs, names
 * that do not resolve, 429, 5xx and everything else that is not Slack's answer say nothing about the token.
 * @returns why, by a name of Slack's or Node's, and never with what was sent
 */
export function tokenFault(error: unknown): { refused: string } | { unreachable: string } {
  const said = slackError(error);
  if (said !== undefined && !UNWELL.has(said)) return { refused: said };
  const { code } = notifyFault(error);
  const cause = textAt(error, 'original', 'cause', 'code') ?? textAt(error, 'original', 'name');
  return { unreachable: code === 'no_answer' ? (cause ?? 'no answer') : code };
}
