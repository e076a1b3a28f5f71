import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { company, FRIDAY, SIGNING_SECRET } from '../company.js';
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
  const gateways: (() => void)[] = [];
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
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          base64 = !base64;
          const { method, url } = request;
          const how = { base64, ...(method && { method }), ...(url && { path: url }) };
          invoke(httpEvent(Buffer.concat(chunks), request.headers, how)).then(
            ({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body),
            () => response.writeHead(502).end(),
          );
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      gateways.push(() => void server.close());
      slack.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
    },
    async close() {
      for (const end of gateways) end();
      await ssm.close();
      await firm.close();
    },
  };
}
