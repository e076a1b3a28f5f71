/** @project long */
import { StartFault } from '../../src/run/wiring/late-part.js';
import { restarts } from '../support/restarts.js';
import { HOUR, MINUTE } from '../support/company.js';

type Restarts = Awaited<ReturnType<typeof restarts>>;
let it: Restarts;
beforeEach(async () => {
  it = await restarts();
});
afterEach(() => it.close());

const EVER = Infinity;
/** Those of people; not the bot's own, by which it gets into another account. */
const sessions = () => it.cloud.calls.filter(({ params }) => params['SourceIdentity'] !== undefined);
const OLI = 'arn:aws:iam::777788889999:user/oli@corp.example';
const FAULTS = [
  {
    name: 'Slack that cannot be reached',
    begin: () => it.slack.misbehave('*', { kind: 'status', status: 503 }, EVER),
    end: () => it.slack.behave(),
    says: 'Slack cannot be reached (auth.test): http_503',
    lacks: { what: 'slack', code: 'unreachable' },
  },
  {
    name: 'a token that was revoked',
    begin: () => it.slack.misbehave('*', { kind: 'error', error: 'token_revoked' }, EVER),
    end: () => it.slack.behave(),
    says: 'Slack does not accept SLACK_BOT_TOKEN (auth.test): token_revoked',
    lacks: { what: 'slack', code: 'refused' },
  },
  {
    name: 'a policy folder that does not load',
    begin: () => it.breakFolder(),
    end: () => it.mendFolder(),
    says: expect.stringMatching(/^extra\.cedar:1: .*@id/),
    lacks: { what: 'policies', code: 'none' },
  },
  {
    name: 'policies for another account than that of its credentials',
    begin: () => it.moveFolder(),
    end: () => it.mendFolder(),
    says: expect.stringMatching(
      /^directory\.yml:\d+: account: jit does not run in 777788889999, but in 9999/,
    ),
    lacks: { what: 'policies', code: 'none' },
  },
];

describe.each(FAULTS)('with $name', ({ begin, end, says, lacks }) => {
  test('and nothing to end it does not start, and says why', async () => {
    begin();
    const failed: unknown = await it.start().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(StartFault);
    expect((failed as StartFault).problems).toEqual(expect.arrayContaining([says]));
    expect((failed as StartFault).message).not.toContain(it.slack.botToken);
  });

  test('invariants 2 and 16: it starts where something is to be ended, ends it, gives nothing, and is whole once that has passed', async () => {
    await it.start();
    const session = await it.ask('U0ANA', 'sandbox-power-user');
    await it.click('U0ANA', 'credentials');
    await it.settle();
    const policy = await it.ask('U0OLI', 'sandbox-bucket-reader');
    expect([await it.status(session), await it.status(policy)]).toEqual(['active', 'active']);
    expect(Object.keys(it.cloud.inline(OLI))).toEqual([`jit-${policy}`]);
    // A session is handed back, and AWS cannot be told before the process ends.
    it.cloud.fault('*', 'drop', 1_000);
    await it.click('U0ANA', 'revoke');
    await it.settle();
    // Something is asked for, and cannot be confirmed any more.
    await it.pass(2 * MINUTE);
    const asked = await it.ask('U0DAN', 'sandbox-power-user');
    expect([await it.status(session), await it.status(asked)]).toEqual(['ending', 'pending']);
    await it.stop();
    it.cloud.clearFaults();
    expect(sessions()).toHaveLength(1);

    begin();
    await it.start();
    await it.pass(6 * MINUTE);
    expect(await it.status(session)).toBe('closed');
    expect(it.cloud.calls.some(({ action, error }) => action === 'PutRolePolicy' && !error)).toBe(true);
    expect(await it.status(policy)).toBe('active');
    await it.pass(HOUR);
    expect(await it.status(policy)).toBe('closed');
    expect(it.cloud.inline(OLI)).toEqual({});

    expect(await it.status(asked)).toBe('pending');
    expect(sessions()).toHaveLength(1);
    expect((await it.slack.as('U0ANA').command('/jit list')).body).toContain('jit is out of service');

    const ill = await it.health();
    expect(ill.status).toBe(200);
    expect(ill.body['ailing']).toContainEqual({ ...lacks, since: expect.any(String) });
    const said = it.logged(/^jit only ends access/);
    expect(said[0]).toMatchObject({
      level: 'error',
      lacking: [{ what: lacks.what, problems: expect.arrayContaining([says]) }],
    });
    expect(said.length).toBeGreaterThan(10);
    expect(said.length).toBeLessThan(20);
    expect(it.lines.join()).not.toContain(it.slack.botToken);

    end();
    await it.pass(12 * MINUTE);
    expect(it.said('U0ANA').join()).toMatch(/Sandbox power user[^]*you handed it back/);
    expect(it.said('U0OLI').join()).toMatch(/Your access \*Sandbox bucket reader\* has ended\./);
    expect(await it.status(asked)).toBe('active');
    expect((await it.health()).body['ailing']).toEqual([]);
    expect((await it.slack.as('U0ANA').command('/jit list')).body).not.toContain('out of service');
    expect(it.logged(/^nothing is lacking any more/)).toHaveLength(1);
  });
});

test('what is refused and what cannot be reached are both named at once', async () => {
  it.slack.misbehave('*', { kind: 'status', status: 502 }, EVER);
  const secret = { parameter: '/jit/none' };
  process.env['AWS_ENDPOINT_URL_SSM'] = 'http://127.0.0.1:1';
  const failed: unknown = await it.start({ signingSecret: secret }).catch((error: unknown) => error);
  expect((failed as StartFault).problems).toEqual([
    'Slack cannot be reached (auth.test): http_502',
    expect.stringMatching(
      /^the SSM parameter \/jit\/none in eu-west-1 could not be read \(.*: check AWS_REGION/,
    ),
  ]);
});
