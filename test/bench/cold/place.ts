import { resolve } from 'node:path';
import { startSlack } from '../../../src/sandbox/slack/index.js';
import { listening } from '../../support/http.js';
import { arnOf, httpEvent } from '../../support/lambda/events.js';
import { timed, type Timed } from './process.js';

export const CONTAINER = resolve('test/bench/cold/container.cjs');
const TEAM = 'T0CORP';
const ANA = 'U0ANA';
const SECRET = 'signing-secret-of-the-company';
const TOKEN_NAME = '/jit/slack-bot-token';
const SECRET_NAME = '/jit/slack-signing-secret';

/**
 * What is around the function that faces people: Slack's double, an HTTP API that starts a fresh process for each request, and
 * an AWS with its two secrets and a table in which nothing stands yet.
 * @param bundle the function's
 */
export async function coldPlace(bundle: string) {
  const slack = await startSlack({
    now: () => Date.now(),
    // It waits, since on a busy machine, too, something is to be measured.
    stopwatch: () => 0,
    answerWithin: 60_000,
    signingSecret: SECRET,
    team: { id: TEAM, domain: 'corp' },
    users: [{ id: ANA, name: 'ana', email: 'ana@corp.example' }],
    usergroups: [
      { id: 'S0ENG', handle: 'engineers', users: [ANA] },
      ...['S0CONTRACT', 'S0ONCALL', 'S0DBA'].map((id) => ({ id, handle: id.toLowerCase(), users: [] })),
    ],
    channels: [{ id: 'C0ACCESS', name: 'access' }],
  });
  const aws = await startAws({ [TOKEN_NAME]: slack.botToken, [SECRET_NAME]: SECRET });
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDOFTHEFUNCTION',
    AWS_SECRET_ACCESS_KEY: 'key-of-the-function',
    AWS_SESSION_TOKEN: 'session-of-the-function',
    AWS_ENDPOINT_URL: aws.url,
    JIT_TABLE: 'jit',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN_PARAMETER: TOKEN_NAME,
    SLACK_SIGNING_SECRET_PARAMETER: SECRET_NAME,
    SLACK_TEAM_ID: TEAM,
  };
  let last: Timed | undefined;
  const invoke = async (input: string): Promise<Answer> => {
    last = await timed(process.execPath, [CONTAINER, bundle, 'click'], { env, input });
    return last.answer as Answer;
  };
  const gateway = await listening((request, body, response) => {
    const input = JSON.stringify({ event: httpEvent(body, request.headers), arn: arnOf('slack') });
    invoke(input).then(
      ({ statusCode, headers, body: answer }) => void response.writeHead(statusCode, headers).end(answer),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        response.writeHead(502).end();
      },
    );
  });
  slack.connect(`${gateway.url}/slack/events`);
  return {
    /** The first `/jit` that a fresh process hears. @throws where it does not open the form */
    async click(): Promise<Timed> {
      const opened = () => slack.calls('views.open').filter(({ answer }) => answer?.['ok'] === true).length;
      const before = opened();
      const answer = await slack.as(ANA).command('/jit');
      if (!last || answer.status !== 200 || opened() === before)
        throw new Error(`the first /jit was answered with ${answer.status}: ${answer.body}`);
      return last;
    },
    close: async () => void (await Promise.all([slack.stop(), aws.close(), gateway.close()])),
  };
}

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** As much of AWS as a first click asks. */
async function startAws(parameters: Record<string, string>) {
  const answers: Record<string, (asked: { Name?: string }) => object> = {
    GetParameter: ({ Name = '' }) => ({ Parameter: { Name, Type: 'SecureString', Value: parameters[Name] } }),
    GetItem: () => ({}),
    Query: () => ({ Items: [], Count: 0, ScannedCount: 0 }),
    PutItem: () => ({}),
  };
  return listening((request, body, response) => {
    const [, action = ''] = String(request.headers['x-amz-target']).split('.');
    const answer = answers[action];
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    const asked = JSON.parse(body.toString()) as { Name?: string };
    response.end(JSON.stringify(answer?.(asked) ?? { __type: 'UnknownOperationException', message: action }));
  });
}
