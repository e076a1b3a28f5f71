import { company, FRIDAY, SIGNING_SECRET } from '../company.js';
import { listening } from '../http.js';
import { httpEvent, type HttpEvent } from './events.js';
import { startSsm } from './ssm.js';

export const TOKEN_NAME = '/jit/slack-bot-token';
export const SECRET_NAME = '/jit/slack-signing-secret';
export interface Result {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** The company with its Parameter Store and an API Gateway, on a clock that runs on from a Friday morning. */
export async function lambdaWorld() {
  const real = Date.now();
  let moved = 0;
  const now = () => FRIDAY + moved + Date.now() - real;
  // Fresh processes on a busy machine: how fast the bot is, is measured elsewhere.
  const clock = { now, answerWithin: 15_000, stopwatch: () => 0 };
  const firm = await company(clock);
  const { slack, cloud, awsEnvironment } = firm;
  const ssm = await startSsm({ [TOKEN_NAME]: slack.botToken, [SECRET_NAME]: SIGNING_SECRET });
  const aws = { ...awsEnvironment, AWS_ENDPOINT_URL_SSM: ssm.url };
  const gateways: (() => Promise<void>)[] = [];
  return {
    slack,
    cloud,
    ssm,
    now,
    /** What the template gives to each function. */
    env: {
      SLACK_BOT_TOKEN_PARAMETER: TOKEN_NAME,
      SLACK_SIGNING_SECRET_PARAMETER: SECRET_NAME,
      SLACK_TEAM_ID: slack.teamId,
      SLACK_BOT_ID: slack.botId,
      SLACK_BOT_USER_ID: slack.botUserId,
      SLACK_API_URL: slack.apiUrl,
      JIT_TABLE: 'jit',
      JIT_SIGNIN_URL: cloud.signinUrl,
      LOG_LEVEL: 'info',
    },
    aws,
    pass(ms: number) {
      moved += ms;
    },
    /** From now on, Slack's requests go through an HTTP API to this function. */
    async connect(invoke: (event: HttpEvent) => Promise<Result>) {
      let base64 = false;
      const { url, close } = await listening((request, raw, response) => {
        base64 = !base64;
        const { method, url: path } = request;
        const how = { base64, ...(method && { method }), ...(path && { path }) };
        invoke(httpEvent(raw, request.headers, how)).then(
          ({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body),
          () => response.writeHead(502).end(),
        );
      });
      gateways.push(close);
      slack.connect(`${url}/slack/events`);
    },
    async close() {
      for (const end of gateways) await end();
      await ssm.close();
      await firm.close();
    },
  };
}
