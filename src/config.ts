import type * as z from 'zod';
import { environment, isLoopback } from './environment.js';
import type { Proxies } from './kit/outbound/address.js';

/** Where a secret comes from: the environment itself, or an SSM SecureString by its name. */
export type Secret = { value: string } | { parameter: string };

export interface Config {
  slack: {
    botToken: Secret;
    signingSecret: Secret;
    /** Present: Socket Mode. */
    appToken?: string;
    teamId?: string;
    botId?: string;
    botUserId?: string;
    apiUrl: string;
  };
  port: number;
  store: 'dynamodb' | 'memory';
  table: string;
  createTable: boolean;
  policyDir: string;
  /** Where the policies are that count; those of the folder stand in for them only at the start. */
  policyObject?: { bucket: string; key: string };
  sweepSeconds: number;
  /** In place of AWS's own federation endpoints. */
  signinUrl?: string;
  /** Where the environment names it; the SDK may find it elsewhere. */
  region?: string;
  /** To ask who is on call. */
  pagerDutyToken?: Secret;
  /** Present: where a proxy is set. */
  proxies?: Proxies;
  logLevel: string;
}

const PROXIES = { HTTPS_PROXY: true, HTTP_PROXY: true, NO_PROXY: true } as const;

/**
 * Reads the environment: only this file does.
 * @returns the configuration, or every problem, each a sentence that begins with the variable's name.
 * No problem repeats a value: it may be a secret.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config | { problems: string[] } {
  const { given, found: e, problems } = read(env);
  for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET']) {
    if (!given[name] && !given[`${name}_PARAMETER`])
      problems.push(
        `${name} is missing (or ${name}_PARAMETER, the name of an SSM SecureString that holds it)`,
      );
  }
  if (given['JIT_STORE'] === 'memory') {
    for (const service of ['IAM', 'STS']) {
      const endpoint = given[`AWS_ENDPOINT_URL_${service}`] ?? given['AWS_ENDPOINT_URL'];
      if (!isLoopback(endpoint))
        problems.push(
          `JIT_STORE is memory, which forgets its duty to end access when the process ends: ` +
            `only with AWS_ENDPOINT_URL_${service} on this machine (http://127.0.0.1:…)`,
        );
    }
  }
  if (!e || problems.length > 0) return { problems };
  return {
    slack: {
      botToken: secret(e.SLACK_BOT_TOKEN, e.SLACK_BOT_TOKEN_PARAMETER),
      signingSecret: secret(e.SLACK_SIGNING_SECRET, e.SLACK_SIGNING_SECRET_PARAMETER),
      apiUrl: withSlash(e.SLACK_API_URL),
      ...(e.SLACK_APP_TOKEN && { appToken: e.SLACK_APP_TOKEN }),
      ...(e.SLACK_TEAM_ID && { teamId: e.SLACK_TEAM_ID }),
      ...(e.SLACK_BOT_ID && { botId: e.SLACK_BOT_ID }),
      ...(e.SLACK_BOT_USER_ID && { botUserId: e.SLACK_BOT_USER_ID }),
    },
    port: e.PORT,
    store: e.JIT_STORE,
    table: e.JIT_TABLE,
    createTable: e.JIT_CREATE_TABLE === 'true',
    policyDir: e.JIT_POLICY_DIR,
    ...objectOf(e.JIT_POLICY_S3),
    sweepSeconds: e.JIT_SWEEP_SECONDS,
    ...awsOf(e),
    ...((e.PAGERDUTY_TOKEN ?? e.PAGERDUTY_TOKEN_PARAMETER) !== undefined && {
      pagerDutyToken: secret(e.PAGERDUTY_TOKEN, e.PAGERDUTY_TOKEN_PARAMETER),
    }),
    ...proxiesOf(e),
    logLevel: e.LOG_LEVEL,
  };
}

/** What a Lambda is told. Its secrets are named only: a function's variables are read by too many. */
export interface LambdaConfig extends Pick<
  Config,
  'table' | 'policyDir' | 'policyObject' | 'signinUrl' | 'region' | 'pagerDutyToken' | 'proxies' | 'logLevel'
> {
  slack: Pick<Config['slack'], 'botId' | 'botUserId' | 'apiUrl'> & {
    teamId: string;
    /** SSM parameters, by name. */
    botToken: string;
    /** Empty where nothing of Slack's comes in. */
    signingSecret: string;
  };
}

/**
 * Reads the environment of a Lambda.
 * @param role only `slack` needs the signing secret
 * @param where.here the folder of the bundle: the policies lie beside it, unless JIT_POLICY_DIR says otherwise
 */
export function readLambdaConfig(
  role: 'slack' | 'engine',
  { here, env = process.env }: { here: string; env?: NodeJS.ProcessEnv },
): LambdaConfig | { problems: string[] } {
  const { given, found: e, problems } = read(env);
  if (!given['SLACK_TEAM_ID']) problems.push('SLACK_TEAM_ID is missing: the one workspace that jit serves');
  for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'PAGERDUTY_TOKEN']) {
    const isNeeded = name === 'SLACK_BOT_TOKEN' || (name === 'SLACK_SIGNING_SECRET' && role === 'slack');
    if (given[name])
      problems.push(
        `${name} is in plain text in this function's configuration: ` +
          `store it as an SSM SecureString, and give its name as ${name}_PARAMETER`,
      );
    else if (isNeeded && !given[`${name}_PARAMETER`])
      problems.push(`${name}_PARAMETER is missing: the name of an SSM SecureString that holds it`);
  }
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY'] as const) {
    if (e?.[name]?.authorization)
      problems.push(
        `${name} has a password in plain text in this function's configuration: ` +
          'name a proxy that knows the function by its address',
      );
  }
  if (given['JIT_STORE'] === 'memory')
    problems.push('JIT_STORE is memory, which a Lambda function forgets: leave it out');
  if (!e || problems.length > 0) return { problems };
  return {
    slack: {
      botToken: e.SLACK_BOT_TOKEN_PARAMETER ?? '',
      signingSecret: e.SLACK_SIGNING_SECRET_PARAMETER ?? '',
      teamId: e.SLACK_TEAM_ID ?? '',
      apiUrl: withSlash(e.SLACK_API_URL),
      ...(e.SLACK_BOT_ID && { botId: e.SLACK_BOT_ID }),
      ...(e.SLACK_BOT_USER_ID && { botUserId: e.SLACK_BOT_USER_ID }),
    },
    table: e.JIT_TABLE,
    policyDir: given['JIT_POLICY_DIR'] ?? `${here}/policies`,
    ...objectOf(e.JIT_POLICY_S3),
    ...awsOf(e),
    ...(e.PAGERDUTY_TOKEN_PARAMETER !== undefined && {
      pagerDutyToken: secret(undefined, e.PAGERDUTY_TOKEN_PARAMETER),
    }),
    ...proxiesOf(e),
    logLevel: e.LOG_LEVEL,
  };
}

/** What a command needs that only reads the record: no secret of Slack's. */
export function readTableConfig(
  env: NodeJS.ProcessEnv = process.env,
): Pick<Config, 'table' | 'proxies'> | { problems: string[] } {
  const given = spelledUp(withoutEmpty(env));
  const parsed = environment.pick({ JIT_TABLE: true, JIT_STORE: true, ...PROXIES }).safeParse(given);
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  if (parsed.data.JIT_STORE === 'memory')
    return {
      problems: ['JIT_STORE is memory, which has no table to read: its record ends with its process'],
    };
  return { table: parsed.data.JIT_TABLE, ...proxiesOf(parsed.data) };
}

/** The proxies alone. Undefined where there is none, or where one cannot be read: `readConfig` says why. */
export function readProxies(env: NodeJS.ProcessEnv = process.env): Proxies | undefined {
  const { data } = environment.pick(PROXIES).safeParse(spelledUp(withoutEmpty(env)));
  return data && proxiesOf(data).proxies;
}

/** Where the policies lie that the bot would run by. */
export function readPolicyDir(env: NodeJS.ProcessEnv = process.env): string {
  return environment.pick({ JIT_POLICY_DIR: true }).parse(withoutEmpty(env)).JIT_POLICY_DIR;
}

/** The AWS SDK's own switch: https://github.com/aws/aws-sdk-js-v3/issues/7983 */
const SDK_WARNS_NOT = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * Says in one sentence what the AWS SDK would say in five lines about a Node.js below 22, and keeps the SDK from saying it.
 * Says nothing where the operator has switched the SDK's warning off. To be called before the first client of AWS is made.
 * @param version as `process.version` has it
 */
export function adviseOnNode(
  say: (advice: string) => void,
  { version = process.version, env = process.env }: { version?: string; env?: NodeJS.ProcessEnv } = {},
): void {
  if (Number.parseInt(version.slice(1), 10) >= 22 || env[SDK_WARNS_NOT] === 'true') return;
  env[SDK_WARNS_NOT] = 'true';
  say(
    `Node.js 24 is recommended: this is ${version.slice(1)}, and from January 2027 on the AWS SDK is no longer updated for it.`,
  );
}

function read(env: NodeJS.ProcessEnv) {
  const given = spelledUp(withoutEmpty(env));
  const { data: found, error } = environment.safeParse(given);
  return { given, found, problems: error ? problemsOf(error) : [] };
}

// An empty variable is an absent one, as in most shells' habits (`X= npm start`).
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** Most programs know these in lower case too, which counts first. */
function spelledUp(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const up = Object.keys(PROXIES).map((name) => [name, given[name.toLowerCase()] ?? given[name]]);
  return { ...given, ...Object.fromEntries(up.filter(([, value]) => value !== undefined)) };
}

function proxiesOf(e: Pick<z.infer<typeof environment>, keyof typeof PROXIES>): Pick<Config, 'proxies'> {
  const { HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: except = '' } = e;
  if (!https && !http) return {};
  return { proxies: { except, ...(https && { https }), ...(http && { http }) } };
}

function problemsOf({ issues }: z.ZodError): string[] {
  return issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
}

const withSlash = (address: string) => (address.endsWith('/') ? address : `${address}/`);

function secret(value: string | undefined, parameter: string | undefined): Secret {
  return value === undefined ? { parameter: parameter ?? '' } : { value };
}

function objectOf(address: string | undefined): Pick<Config, 'policyObject'> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address ?? '') ?? [];
  return bucket && key ? { policyObject: { bucket, key } } : {};
}

function awsOf(e: z.infer<typeof environment>): Pick<Config, 'signinUrl' | 'region'> {
  return {
    ...(e.JIT_SIGNIN_URL !== undefined && { signinUrl: e.JIT_SIGNIN_URL }),
    ...(e.AWS_REGION !== undefined && { region: e.AWS_REGION }),
  };
}
