import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { judgeQuota } from '../../../src/cli/doctor/aws.js';
import { lambdaQuota } from '../../../src/grants/aws/lambda-quota.js';

const judged = (atOnce: number, unreserved = atOnce) => {
  const found = judgeQuota({ atOnce, unreserved });
  if ('skipped' in found) throw new Error(found.skipped);
  return { about: found.about, warnings: (found.warnings ?? []).map(({ what, fix }) => `${what} → ${fix}`) };
};

describe('the quota of Lambda', () => {
  test('of an ordinary account has room, and how much is said', () => {
    expect(judged(1000)).toEqual({
      about: '1000 at once, 1000 of them unreserved: slackConcurrency may be up to 900, and 20 is plenty',
      warnings: [],
    });
    expect(judged(1000, 150).about).toContain('slackConcurrency may be up to 50');
  });

  test('of a small one leaves something to set apart, and that is advised', () => {
    expect(judged(200).warnings).toEqual([
      expect.stringMatching(/^only 200 functions .* → deploy with --param slackConcurrency=20$/),
    ]);
  });

  test.each([
    [10, 10, 'none can be reserved'],
    [100, 100, 'none can be reserved'],
    [1000, 90, 'none can be reserved'],
    [115, 115, 'only 15 can be reserved'],
  ])('of %i with %i not set apart has no room for it, and how to get more is said', (atOnce, free, why) => {
    const [warning] = judged(atOnce, free).warnings;
    expect(warning).toContain(`leave slackConcurrency out, since ${why}`);
    expect(warning).toContain('L-B99A9384');
  });

  test('is not asked for in vain', () => {
    expect(judgeQuota({ refused: { code: 'AccessDenied' } })).toMatchObject({
      skipped: expect.stringContaining('lambda:GetAccountSettings'),
    });
    expect(judgeQuota({ refused: { code: 'TimeoutError' } })).toMatchObject({
      value: true,
      warnings: [{ what: 'lambda:GetAccountSettings: no answer (TimeoutError)' }],
    });
  });

  describe('as Lambda says it', () => {
    const before = { ...process.env };
    let asked: string[];
    let answer: { status: number; body: object };
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const type = 'message' in answer.body ? { 'x-amzn-errortype': 'AccessDeniedException' } : {};
      response.writeHead(answer.status, { 'content-type': 'application/json', ...type });
      response.end(JSON.stringify(answer.body));
    });
    beforeAll(async () => {
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      Object.assign(process.env, {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      });
    });
    beforeEach(() => {
      asked = [];
    });
    afterAll(async () => {
      process.env = before;
      await new Promise((closed) => server.close(closed));
    });

    test('it is read once, and nothing else is', async () => {
      const AccountLimit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10, TotalCodeSize: 1 };
      answer = { status: 200, body: { AccountLimit, AccountUsage: { FunctionCount: 3 } } };
      expect(await lambdaQuota()).toEqual({ atOnce: 10, unreserved: 10 });
      expect(asked).toEqual(['GET /2016-08-19/account-settings']);
    });

    test('a refusal is its code, and none of its words', async () => {
      answer = { status: 403, body: { message: 'User: arn:aws:iam::1:user/x is not authorized' } };
      expect(await lambdaQuota()).toEqual({ refused: { code: 'AccessDenied' } });
    });
  });
});
