import * as z from 'zod';
import { proxyAddress } from './kit/outbound/address.js';

const text = z.string().min(1);
const id = (prefix: string, what: string) =>
  text.regex(new RegExp(`^${prefix}\\w+$`), `is not ${what}: expected ${prefix}…`).optional();
const url = z.url({ protocol: /^https?$/, error: 'is not an http(s) URL', abort: true });
/** For where a secret is sent: the bot's token, the keys of a session, or what is signed. */
export const secureUrl = url.refine((address) => /^https:/i.test(address) || isLoopback(address), {
  error:
    'is not https, and jit sends a secret there: expected https://…, or http://127.0.0.1:… on this machine',
});
const flag = z.enum(['true', 'false'], { error: 'is neither true nor false' }).default('false');
const whole = (min: number, max: number, byDefault: number) =>
  z.coerce
    .number({ error: 'is not a number' })
    .int(`is not a whole number from ${min} to ${max}`)
    .min(min, `is less than ${min}`)
    .max(max, `is more than ${max}`)
    .default(byDefault);
const proxy = text.transform((address, context) => {
  const read = proxyAddress(address);
  if (!('problem' in read)) return read;
  context.addIssue({ code: 'custom', message: read.problem });
  return z.NEVER;
});
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The variables that jit reads, and what each must look like. */
export const environment = z.object({
  SLACK_BOT_TOKEN: text.regex(/^xox(?:b-|e\.xoxb-)/, 'is not a bot token: expected xoxb-…').optional(),
  SLACK_BOT_TOKEN_PARAMETER: text.optional(),
  SLACK_SIGNING_SECRET: text.optional(),
  SLACK_SIGNING_SECRET_PARAMETER: text.optional(),
  SLACK_APP_TOKEN: text.startsWith('xapp-', 'is not an app-level token: expected xapp-…').optional(),
  SLACK_TEAM_ID: id('T', 'a workspace id'),
  SLACK_BOT_ID: id('B', "a bot's id"),
  SLACK_BOT_USER_ID: id('[UW]', "a bot user's id"),
  SLACK_API_URL: secureUrl.default('https://slack.com/api/'),
  PORT: whole(0, 65_535, 3000),
  JIT_TABLE: text.regex(/^[\w.-]{3,255}$/, 'is not a name that DynamoDB takes').default('jit'),
  JIT_CREATE_TABLE: flag,
  JIT_STORE: z.enum(['dynamodb', 'memory'], { error: 'is neither dynamodb nor memory' }).default('dynamodb'),
  JIT_POLICY_DIR: text.default('policies'),
  JIT_POLICY_S3: text
    .regex(
      /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.*[^/]$/,
      'is not an S3 object: expected s3://bucket/key',
    )
    .optional(),
  JIT_SWEEP_SECONDS: whole(1, 3600, 60),
  PAGERDUTY_TOKEN: text.optional(),
  PAGERDUTY_TOKEN_PARAMETER: text.optional(),
  JIT_SIGNIN_URL: secureUrl.optional(),
  LOG_LEVEL: z.enum(LEVELS, { error: `is none of ${LEVELS.join(', ')}` }).default('info'),
  AWS_REGION: text.optional(),
  AWS_ENDPOINT_URL: url.optional(),
  AWS_ENDPOINT_URL_IAM: url.optional(),
  AWS_ENDPOINT_URL_STS: url.optional(),
  HTTPS_PROXY: proxy.optional(),
  HTTP_PROXY: proxy.optional(),
  NO_PROXY: text.optional(),
});

/** Whether this address is of this machine. */
export function isLoopback(endpoint: string | undefined): boolean {
  if (!endpoint || !URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
