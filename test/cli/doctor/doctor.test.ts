import { mkdirSync, writeFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from '../../../src/cli/doctor/command.js';
import { check } from '../../../src/cli/doctor/step.js';
import { judgeTable } from '../../../src/cli/doctor/table.js';
import type { TableFacts } from '../../../src/store/dynamodb/inspect.js';
import { folder, POLICIES, SIGNING_SECRET } from '../../support/company.js';
import { installation, jit } from '../../support/doctor.js';
import { tries } from '../../support/tries.js';

describe('jit doctor', () => {
  let here: Awaited<ReturnType<typeof installation>>;
  beforeAll(async () => {
    here = await installation(Date.now);
  });
  afterAll(() => here.close());

  test('names every problem of the configuration, and skips all that rests on it', async () => {
    const over = { SLACK_BOT_TOKEN: 'xoxp-of-another-kind', PORT: 'many', SLACK_SIGNING_SECRET: '' };
    const { code, out } = await jit({ ...here.environment, ...over }, 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✗ configuration: SLACK_BOT_TOKEN is not a bot token.* → set it in the environment/m,
    );
    expect(out).toMatch(/^✗ configuration: PORT /m);
    expect(out).toMatch(/^✗ configuration: SLACK_SIGNING_SECRET is missing/m);
    expect(out).toMatch(/^– table: skipped: first fix configuration$/m);
    expect(out).toMatch(/^0 fine, 1 failed, 18 skipped; warnings: 0$/m);
    expect(out).not.toContain('xoxp-of-another-kind');
  });

  test('a policy folder that does not load, and one whose cases fail', async () => {
    const broken = folder();
    expect(await here.of('policy bundle', { JIT_POLICY_DIR: broken })).toContainEqual(
      expect.stringMatching(/catalog.yml.* → correct it; the program does not start with it$/),
    );
    expect((await here.examined({ JIT_POLICY_DIR: broken })).get('user groups')).toMatchObject({
      why: 'first fix policy bundle',
    });
    const contradicted = join(folder(), 'policies');
    cpSync(POLICIES, contradicted, { recursive: true });
    mkdirSync(join(contradicted, 'cases'), { recursive: true });
    writeFileSync(
      join(contradicted, 'cases/wrong.yml'),
      '- name: everybody may\n  at: 2026-11-20T10:00:00Z\n  requester: { email: x@corp.example, groups: [] }\n' +
        '  request: { entitlement: orders-db-admin, duration: 1h }\n  expect: { outcome: auto }\n',
    );
    expect(await here.of('policy cases', { JIT_POLICY_DIR: contradicted })).toEqual([
      expect.stringMatching(
        /^cases\/wrong.yml:1: "everybody may": expected auto, got denied.* → correct the policy/,
      ),
    ]);
  });

  test('everything that works is said in order, and warnings fail nothing', async () => {
    const { code, out } = await jit(here.environment, 'doctor', '--url', here.url);
    const marks = out
      .split('\n')
      .filter((line) => /^[✓✗–]/.test(line))
      .map((line) => /^. [\w ]+/.exec(line)?.[0]);
    const wellBefore = ['configuration', 'policy bundle', 'policy cases', 'Slack token', 'Slack scopes'];
    const wellInSlack = ['channels', 'user groups', 'people', 'direct messages'];
    const wellOutside = ['App Home', 'signing secret', ...wellInSlack];
    const wellInAws = ['AWS identity', 'clock', 'accounts', 'catalog roles', 'IAM principals'];
    const well = (names: string[]) => names.map((name) => `✓ ${name}`);
    expect(marks).toEqual([
      ...well([...wellBefore, ...wellOutside]),
      '– PagerDuty key',
      '– table',
      ...well(wellInAws),
      '– Lambda quota',
    ]);
    expect(out).toMatch(/^! catalog roles: .* → put it on the role as docs\/target-role.yml does$/m);
    expect(code).toBe(0);
  });

  test('as JSON for programs', async () => {
    const { code, out } = await jit({ ...here.environment, SLACK_TEAM_ID: 'T0ELSE' }, 'doctor', '--json');
    const { ok, steps } = JSON.parse(out) as { ok: boolean; steps: { name: string; outcome: string }[] };
    expect([code, ok]).toEqual([1, false]);
    expect(steps.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)).toEqual([
      'Slack token',
    ]);
  });

  test('one step alone is told, and nothing is asked that it does not need', async () => {
    const asked = () => [here.cloud.calls.length, here.slack.calls('users.lookupByEmail').length];
    const before = asked();
    const steps = await here.examined({}, { only: 'Slack scopes' });
    expect([...steps.keys()]).toEqual(['Slack scopes']);
    expect(steps.get('Slack scopes')).toMatchObject({ outcome: 'ok' });
    expect(asked()).toEqual(before);
    expect((await here.examined({}, { only: 'nothing' })).size).toBe(0);
  });

  test('what is no address is refused, and so is one in the clear', async () => {
    for (const url of ['jit.example.com', 'http://jit.example.com/slack/events', 'file:///etc/passwd'])
      expect(await jit(here.environment, 'doctor', '--url', url)).toMatchObject({ code: 2 });
    expect(await jit(here.environment, 'doctor', '--fix')).toMatchObject({ code: 2 });
  });

  test('invariant 9: no secret is ever printed, whatever goes wrong', async () => {
    const secrets = [
      here.slack.botToken,
      SIGNING_SECRET,
      here.environment['AWS_SECRET_ACCESS_KEY']!,
      here.environment['AWS_ACCESS_KEY_ID']!,
      'jit-production',
      'jit-staging',
    ];
    const outputs: string[] = [];
    const look = async (...args: string[]) =>
      outputs.push((await jit(here.environment, 'doctor', ...args)).out);
    await look('--url', here.url);
    await look('--json');
    const actions = ['AssumeRole', 'GetRolePolicy', 'GetCallerIdentity', 'ListUserPolicies'];
    for (const action of tries(actions.slice(0, 1), actions)) {
      const message = `User: ${secrets.join(' ')} is not authorized to perform: sts:AssumeRole`;
      here.cloud.fault(action, { fail: 'AccessDenied', message }, 100);
      await look();
      here.cloud.clearFaults();
    }
    const methods = ['users.lookupByEmail', 'auth.test', 'conversations.info', 'usergroups.list'];
    for (const method of tries(methods.slice(0, 1), methods)) {
      here.slack.misbehave(method, { kind: 'error', error: `token ${here.slack.botToken} is wrong` }, 100);
      await look();
      here.slack.behave();
    }
    const minted = here.cloud.calls.map(({ accessKeyId }) => accessKeyId);
    expect(outputs.every((text) => text.length > 200)).toBe(true);
    for (const text of outputs)
      for (const secret of [...secrets, ...minted, 'v0=']) expect(text).not.toContain(secret);
    expect(outputs.join('')).not.toMatch(/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/);
  });
});

describe('a step', () => {
  test('that throws tells a name, and nothing of what a client hung on its error', async () => {
    const { step } = check('it', [], async () => {
      throw new TypeError('xoxb-secret');
    });
    const found = await step();
    expect(found.outcome).toBe('failed');
    expect(linesOf(found)).toBe('✗ it: could not be checked (TypeError) → try again in a minute\n');
  });

  test('that hangs is given up', async () => {
    const { step } = check('it', [], () => new Promise<never>(() => undefined), 10);
    expect(await step()).toMatchObject({
      outcome: 'failed',
      problems: [{ what: expect.stringContaining('OutOfTime') }],
    });
  });

  test('whose text would move the cursor cannot', () => {
    const line = linesOf({
      name: 'it',
      outcome: 'failed',
      warnings: [],
      problems: [{ what: '\u001b[2J', fix: 'x\ny' }],
    });
    expect(line).toBe('✗ it: \uFFFD[2J → x\uFFFDy\n');
  });
});

describe('the table', () => {
  const good: TableFacts = {
    status: 'ACTIVE',
    key: 'pk:S HASH, sk:S RANGE',
    indexes: [
      {
        name: 'by-requester',
        key: 'requester:S HASH, requestedAt:N RANGE',
        projection: 'ALL',
        status: 'ACTIVE',
      },
      {
        name: 'by-entitlement-time',
        key: 'entitlement:S HASH, requestedAt:N RANGE',
        projection: 'KEYS_ONLY',
        status: 'ACTIVE',
      },
      { name: 'by-due', key: 'due:S HASH, dueAt:N RANGE', projection: 'KEYS_ONLY', status: 'ACTIVE' },
    ],
    stream: 'NEW_AND_OLD_IMAGES',
    ttl: 'ttl',
    recovery: true,
    deletionProtection: true,
  };
  const wrong = (over: Partial<TableFacts>, less: (keyof TableFacts)[] = []) => {
    const facts = { ...good, ...over };
    for (const key of less) delete facts[key];
    const found = judgeTable('jit', facts, false);
    return 'skipped' in found ? [] : (found.problems ?? []).map(({ what, fix }) => `${what} → ${fix}`);
  };

  const warnings = (facts: TableFacts) => {
    const found = judgeTable('jit', facts, false);
    return 'skipped' in found ? [] : (found.warnings ?? []).map(({ fix }) => fix);
  };

  test('as it should be, there is nothing to say', () => {
    expect(judgeTable('jit', good, false)).toMatchObject({ problems: [], warnings: [] });
  });

  test('each way of being wrong has its fix', () => {
    expect(wrong({ key: 'id:S HASH' })).toEqual([expect.stringMatching(/not jit’s table → give JIT_TABLE/)]);
    expect(wrong({ indexes: good.indexes.slice(0, 2) })).toEqual([
      expect.stringMatching(/index by-due is missing → start jit once with JIT_CREATE_TABLE=true/),
    ]);
    const half = good.indexes.map((index) => ({ ...index, projection: 'KEYS_ONLY' }));
    expect(wrong({ indexes: half })).toEqual([
      expect.stringMatching(/by-requester is .*KEYS_ONLY.* → delete this/),
    ]);
    const making = good.indexes.map((index) => ({ ...index, status: 'CREATING' }));
    expect(wrong({ indexes: making })).toHaveLength(2);
    expect(warnings({ ...good, indexes: making })).toEqual(['wait until it is ACTIVE']);
    expect(wrong({ status: 'DELETING' })).toEqual(['the table is DELETING → wait until it is ACTIVE']);
    expect(wrong({}, ['stream'])).toEqual([expect.stringMatching(/no stream.* → enable it/)]);
    expect(wrong({ stream: 'NEW_IMAGE' })).toEqual([
      expect.stringMatching(/NEW_IMAGE.* → turn the stream off and on/),
    ]);
    expect(wrong({}, ['ttl'])).toEqual([
      expect.stringMatching(/not enabled → enable it on the attribute "ttl"/),
    ]);
    expect(wrong({ ttl: 'expires' })).toEqual([
      expect.stringMatching(/on "expires", not on "ttl" → turn it off/),
    ]);
    expect(wrong({ ttl: { error: 'AccessDeniedException' } })).toEqual([
      expect.stringMatching(/cannot read the time to live.* → allow .*dynamodb:DescribeTimeToLive/),
    ]);
  });

  test('one that is absent, or cannot be described', () => {
    expect(judgeTable('jit', 'absent', true)).toMatchObject({
      problems: [{ fix: expect.stringContaining('start jit once') }],
    });
    for (const [error, fix] of [
      ['AccessDeniedException', 'dynamodb:DescribeTable'],
      ['CredentialsProviderError', 'AWS_PROFILE'],
      ['RegionMissing', 'AWS_REGION'],
      ['ExpiredTokenException', 'renew'],
      ['TimeoutError', 'AWS_ENDPOINT_URL_DYNAMODB'],
    ] as const)
      expect(judgeTable('jit', { error }, false)).toMatchObject({
        problems: [{ fix: expect.stringContaining(fix) }],
      });
  });

  test('of version 0.1 it works, and is told which index it needs and which it does not', () => {
    const [byRequester, , byDue] = good.indexes;
    const former = {
      name: 'by-entitlement',
      key: 'entitlement:S HASH, endsAt:N RANGE',
      projection: 'KEYS_ONLY',
      status: 'ACTIVE',
    };
    const installed = { ...good, indexes: [byRequester!, former, byDue!] };
    expect(judgeTable('jit', installed, false)).toMatchObject({
      problems: [],
      warnings: [
        {
          what: 'the index by-entitlement-time is missing; this version works without it, a later one will not',
          fix: 'start jit once with JIT_CREATE_TABLE=true, or deploy the stack of this version',
        },
        {
          what: 'the index by-entitlement is of an earlier version, and nothing uses it any more',
          fix: expect.stringContaining(`--table-name jit --global-secondary-index-updates '[{"Delete"`),
        },
      ],
      value: true,
    });
    const going = [...good.indexes, { ...former, status: 'DELETING' }];
    expect(judgeTable('jit', { ...good, indexes: going }, false)).toMatchObject({ warnings: [] });
  });

  test('without recovery or deletion protection it is warned of', () => {
    expect(warnings({ ...good, recovery: false })).toEqual([
      expect.stringContaining('update-continuous-backups'),
    ]);
    expect(warnings({ ...good, deletionProtection: false })).toEqual([
      expect.stringContaining('--deletion-protection-enabled'),
    ]);
    const { recovery: _, ...unread } = good;
    expect(warnings(unread)).toEqual([expect.stringContaining('DescribeContinuousBackups')]);
  });
});
