import { principalOf } from '../../src/people/principal.js';
import type { DirectoryConfig } from '../../src/domain/directory.js';
import type { Entitlement } from '../../src/domain/entitlement.js';
import { grantKinds } from '../../src/grants/index.js';
import { seedOf } from '../../src/grants/seeds.js';
import { loadFolder } from '../../src/policy/load.js';
import { startCloud, type Cloud } from '../../src/sandbox/aws/index.js';
import { CAST, seedCloud, seedSlack, SHARED_CHANNELS, slackSetup } from '../../src/sandbox/company.js';
import { startSlack, type SlackDouble } from '../../src/sandbox/slack/index.js';
import { FRIDAY, POLICIES } from '../support/company.js';

const OWN_ACCOUNT = '999900001111';
const now = () => FRIDAY;

async function defaults(): Promise<{ directory: DirectoryConfig; entitlements: Entitlement[] }> {
  const loaded = await loadFolder(POLICIES, { kinds: grantKinds, ownAccount: OWN_ACCOUNT });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const { directory, entitlements } = loaded.bundle;
  return { directory, entitlements: [...entitlements.values()] };
}

/** A directory of somebody's own, of which the cast is no part. */
const FOREIGN: DirectoryConfig = {
  channel: 'C0APPROVALS',
  timezone: 'UTC',
  justification: { minLength: 1 },
  approvalTimeout: 3_600_000,
  startWithin: 3 * 86_400_000,
  warnBefore: 600_000,
  groups: {
    platform: { source: 'slack', id: 'S0PLATFORM' },
    engineers: { source: 'slack', id: 'S0ENG' },
    auditors: { members: ['Joe.Smith@acme.test', 'ana@acme.test'] },
  },
  stages: [
    { name: 'manager', kind: 'manager' },
    { name: 'auditors', kind: 'group', group: 'auditors', channel: 'C0AUDIT' },
  ],
  people: { 'max@acme.test': { manager: 'joe.smith@acme.test' }, 'joesmith@acme.test': {} },
  identity: { type: 'user', template: '{local}', domains: ['acme.test'] },
  accounts: {
    '111111111111': { manageRoleArn: 'arn:aws:iam::111111111111:role/deep/path/Manage', externalId: 'x-1' },
  },
};

function entitlement(id: string, grant: Entitlement['grant'], more: Partial<Entitlement> = {}): Entitlement {
  return {
    id,
    name: id,
    description: id,
    environment: 'production',
    account: '111111111111',
    risk: 'low',
    owners: ['platform'],
    tags: {},
    durations: [3_600_000],
    grant,
    ...more,
  };
}
const FOREIGN_ENTITLEMENTS = [
  entitlement(
    'ledger',
    { kind: 'sts-session', config: { roleArn: 'arn:aws:iam::111111111111:role/Ledger', policyArns: [] } },
    { channel: 'C0LEDGER' },
  ),
  entitlement('ledger-reader', {
    kind: 'sts-session',
    config: {
      roleArn: 'arn:aws:iam::111111111111:role/Ledger',
      policyArns: ['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess'],
    },
  }),
  entitlement('files', { kind: 'iam-policy', config: { statements: [] } }),
];

describe('the people of the sandbox', () => {
  test('everybody in the cast who is of the company and no guest has an IAM principal by the default policies', async () => {
    const { directory } = await defaults();
    for (const { email, guest } of CAST) {
      const without = guest !== undefined || !email.endsWith('@corp.example');
      expect({ email, without: typeof principalOf(email, directory) === 'string' }).toEqual({
        email,
        without,
      });
    }
  });

  test('all who may ask for what a manager agrees to have one', async () => {
    const { directory } = await defaults();
    const asking = CAST.filter(({ role, groups }) => groups.length > 0 && role !== 'manager');
    for (const { email } of asking) expect(directory.people[email]?.manager).toBe('bob@corp.example');
  });

  test('nobody has another’s id, handle or address', () => {
    for (const key of ['id', 'name', 'email', 'realName'] as const)
      expect(new Set(CAST.map((member) => member[key])).size).toBe(CAST.length);
  });
});

describe('the workspace', () => {
  test('of the default policies has their channels and groups, by friendly names', async () => {
    const { directory, entitlements } = await defaults();
    const { channels, usergroups, users } = slackSetup(directory, entitlements);
    expect(Object.fromEntries(channels.map(({ id, name }) => [id, name]))).toEqual({
      C0ACCESS: 'access',
      C0SECURITY: 'security',
      C0INCIDENTS: 'incidents',
      C0PRODACCESS: 'prod-access',
      C0PARTNERS: 'partners',
    });
    expect(new Set(users.map(({ tz }) => tz))).toEqual(new Set([directory.timezone]));
    expect(Object.fromEntries(usergroups.map(({ handle, users }) => [handle, users]))).toEqual({
      engineers: ['U0ANA', 'U0EVA', 'U0OTTO', 'U0BOB', 'U0DORA', 'U0MIA'],
      contractors: ['U0CLEO'],
      'on-call': ['U0OTTO'],
      dba: ['U0DORA'],
    });
    expect(users.map(({ id }) => id)).toEqual(CAST.map(({ id }) => id));
  });

  test('shows somebody of another company the shared channel only, and a guest little more', async () => {
    const { directory, entitlements } = await defaults();
    const { channels } = slackSetup(directory, entitlements);
    const channelsOf = (who: string) =>
      channels.filter(({ members }) => members?.includes(who)).map(({ id }) => id);
    for (const outsider of ['U0ZOE', 'U0OLE']) expect(channelsOf(outsider)).toEqual(SHARED_CHANNELS);
    expect(channelsOf('U0GUS')).toEqual(['C0ACCESS', 'C0PARTNERS']);
    expect(channelsOf('U0ANA')).toEqual([
      'C0ACCESS',
      'C0SECURITY',
      'C0INCIDENTS',
      'C0PRODACCESS',
      'C0PARTNERS',
    ]);
    expect(channels.find(({ id }) => id === 'C0PARTNERS')?.members).toEqual([
      'U0ANA',
      'U0GUS',
      'U0ZOE',
      'U0OLE',
    ]);
  });

  test('of a foreign directory has all whom it mentions, each once, beside the cast', () => {
    const { users } = slackSetup(FOREIGN, FOREIGN_ENTITLEMENTS);
    const newcomers = users
      .slice(CAST.length)
      .map(({ id, name, realName, email }) => [id, name, realName, email]);
    expect(newcomers).toEqual([
      ['U0JOESMITH', 'joesmith', 'Joe Smith', 'joe.smith@acme.test'],
      ['U0ANA2', 'ana2', 'Ana', 'ana@acme.test'],
      ['U0MAX', 'max', 'Max', 'max@acme.test'],
      ['U0JOESMITH2', 'joesmith2', 'Joesmith', 'joesmith@acme.test'],
    ]);
  });

  test('of a foreign directory has the groups and channels that it and the catalog name', () => {
    const { usergroups, channels } = slackSetup(FOREIGN, FOREIGN_ENTITLEMENTS);
    expect(usergroups).toContainEqual({
      id: 'S0PLATFORM',
      handle: 'platform',
      users: ['U0ANA', 'U0EVA', 'U0BOB'],
    });
    expect(usergroups.filter(({ id }) => id === 'S0ENG')).toHaveLength(1);
    expect(channels.map(({ id, name }) => `${id} ${name}`)).toEqual([
      'C0APPROVALS approvals',
      'C0AUDIT audit',
      'C0LEDGER ledger',
      'C0PARTNERS partners',
    ]);
  });
});

describe('a running workspace', () => {
  let slack: SlackDouble;
  beforeEach(async () => {
    slack = await startSlack({ now, signingSecret: 'secret', team: { id: 'T0CORP' }, users: [] });
  });
  afterEach(async () => {
    await slack.stop();
  });

  test('gets what policies that were loaded anew name, and loses nothing', async () => {
    seedSlack(slack, await defaults());
    slack.changeUsergroup('S0ENG', { users: ['U0EVA'] });
    slack.changeUser('U0ANA', { deleted: true });
    seedSlack(slack, { directory: FOREIGN, entitlements: FOREIGN_ENTITLEMENTS });
    expect(slack.channels().map(({ id }) => id)).toEqual([
      'C0ACCESS',
      'C0SECURITY',
      'C0INCIDENTS',
      'C0PRODACCESS',
      'C0PARTNERS',
      'C0APPROVALS',
      'C0AUDIT',
      'C0LEDGER',
    ]);
    expect(slack.users().map(({ id }) => id)).toEqual(expect.arrayContaining(['U0ZOE', 'U0MAX']));
    expect(slack.usergroups().find(({ id }) => id === 'S0ENG')?.users).toEqual(['U0EVA']);
    expect(slack.users().find(({ id }) => id === 'U0ANA')?.deleted).toBe(true);
  });

  test('is not touched when nothing new is named', async () => {
    const of = await defaults();
    seedSlack(slack, of);
    const heard = jest.fn();
    slack.onChange(heard);
    seedSlack(slack, of);
    expect(heard).not.toHaveBeenCalled();
  });

  test('lets somebody who is new into the channels that are there already', async () => {
    const { directory, entitlements } = await defaults();
    seedSlack(slack, { directory, entitlements });
    const people = { ...directory.people, 'ida@corp.example': {} };
    seedSlack(slack, { directory: { ...directory, people }, entitlements });
    const channels = slack.channels().filter(({ members }) => members?.includes('U0IDA'));
    expect(channels.map(({ id }) => id)).toEqual(['C0ACCESS', 'C0SECURITY', 'C0INCIDENTS', 'C0PRODACCESS']);
  });
});

describe('the AWS accounts', () => {
  let cloud: Cloud;
  let bot: ReturnType<Cloud['addUser']>;
  beforeEach(async () => {
    cloud = await startCloud({ now });
    bot = cloud.addUser({
      account: OWN_ACCOUNT,
      name: 'jit',
      inline: { all: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
    });
  });
  afterEach(async () => {
    await cloud.close();
  });

  const seed = (of: { directory: DirectoryConfig; entitlements: Entitlement[] }) =>
    seedCloud(cloud, {
      seedOf,
      ...of,
      principalOf: (email) => principalOf(email, of.directory),
      botArn: bot.arn,
    });
  const may = (principalArn: string, action: string) => cloud.authorize({ principalArn, action });

  /** @returns AWS's error code, or the answer */
  async function assume(params: Record<string, string>, accessKeyId = bot.keys.accessKeyId): Promise<string> {
    const answer = await fetch(cloud.url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261120/eu-west-1/sts/aws4_request`,
      },
      body: new URLSearchParams({ Action: 'AssumeRole', RoleSessionName: 'jit-test', ...params }),
    });
    const text = await answer.text();
    return /<Code>(\w+)/.exec(text)?.[1] ?? text;
  }
  const TAGGED = {
    SourceIdentity: 'ana@corp.example',
    'Tags.member.1.Key': 'jit:request',
    'Tags.member.1.Value': '1',
  };

  test('of the default policies have roles that may do what their name says, and nothing else', async () => {
    seed(await defaults());
    const admin = 'arn:aws:iam::111122223333:role/jit/OrdersDbAdmin';
    expect(may(admin, 'rds:ModifyDBInstance').allowed).toBe(true);
    expect(may(admin, 'iam:CreateUser').allowed).toBe(false);
    const deployer = 'arn:aws:iam::444455556666:role/jit/StagingDeployer';
    expect(may(deployer, 'ecs:UpdateService').allowed).toBe(true);
    expect(may(deployer, 'rds:DeleteDBInstance').allowed).toBe(false);
  });

  test('let the bot assume these roles with source identity and tags, and nobody else', async () => {
    const of = await defaults();
    seed(of);
    const other = cloud.addUser({ account: OWN_ACCOUNT, name: 'other' });
    const arns = of.entitlements.flatMap(({ grant }) => grant.config['roleArn'] ?? []) as string[];
    expect(arns).toHaveLength(5);
    for (const RoleArn of arns) {
      expect(await assume({ RoleArn, ...TAGGED })).toContain('AssumeRoleResponse');
      expect(await assume({ RoleArn, ...TAGGED }, other.keys.accessKeyId)).toBe('AccessDenied');
    }
  });

  test('let the bot work in them only with their external id', async () => {
    const of = await defaults();
    seed(of);
    for (const { manageRoleArn: RoleArn, externalId } of Object.values(of.directory.accounts)) {
      expect(await assume({ RoleArn })).toBe('AccessDenied');
      expect(await assume({ RoleArn, ExternalId: 'wrong' })).toBe('AccessDenied');
      expect(await assume({ RoleArn, ExternalId: externalId! })).toContain('AssumeRoleResponse');
      expect(may(RoleArn, 'iam:PutUserPolicy').allowed).toBe(true);
      expect(may(RoleArn, 'iam:CreateAccessKey').allowed).toBe(false);
    }
  });

  test('have a user for each person where an iam-policy may go to, and it may do nothing', async () => {
    seed(await defaults());
    for (const account of ['111122223333', '777788889999']) {
      for (const name of ['ana.lopez', 'eva@corp.example', 'cleo@corp.example'])
        expect(may(`arn:aws:iam::${account}:user/${name}`, 's3:GetObject').why).not.toBe('no such principal');
      expect(may(`arn:aws:iam::${account}:user/ana.lopez`, 's3:GetObject').allowed).toBe(false);
      expect(may(`arn:aws:iam::${account}:user/gus@agency.example`, 's3:GetObject').why).toBe(
        'no such principal',
      );
    }
    expect(may('arn:aws:iam::444455556666:user/ana.lopez', 's3:GetObject').why).toBe('no such principal');
  });

  test('can be seeded again: what is there stays as it is, and what is missing comes', async () => {
    const of = await defaults();
    seed(of);
    const user = 'arn:aws:iam::777788889999:user/ana.lopez';
    cloud.remove('arn:aws:iam::777788889999:user/eva@corp.example');
    const before = cloud.inline('arn:aws:iam::111122223333:role/jit/OrdersDbAdmin');
    seed(of);
    expect(cloud.inline('arn:aws:iam::111122223333:role/jit/OrdersDbAdmin')).toEqual(before);
    expect(may(user, 's3:GetObject').why).not.toBe('no such principal');
    expect(may('arn:aws:iam::777788889999:user/eva@corp.example', 's3:GetObject').why).not.toBe(
      'no such principal',
    );
    seed({ directory: FOREIGN, entitlements: FOREIGN_ENTITLEMENTS });
    expect(may('arn:aws:iam::111111111111:user/max', 's3:GetObject').why).not.toBe('no such principal');
  });

  test('of a foreign catalog have roles of any path that may do everything, and the managed policies it names', async () => {
    seed({ directory: FOREIGN, entitlements: FOREIGN_ENTITLEMENTS });
    const RoleArn = 'arn:aws:iam::111111111111:role/Ledger';
    expect(may(RoleArn, 'qldb:SendCommand').allowed).toBe(true);
    expect(may('arn:aws:iam::111111111111:role/deep/path/Manage', 'iam:PutRolePolicy').allowed).toBe(true);
    const narrowed = { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess' };
    expect(await assume({ RoleArn, ...TAGGED, ...narrowed })).toContain('AssumeRoleResponse');
  });

  test('give a role to whoever has one of their own in the place of a user', () => {
    const identity: DirectoryConfig['identity'] = {
      type: 'role',
      template: 'people/{local}',
      domains: ['acme.test'],
    };
    seed({ directory: { ...FOREIGN, identity }, entitlements: FOREIGN_ENTITLEMENTS });
    expect(may('arn:aws:iam::111111111111:role/max', 's3:GetObject').why).not.toBe('no such principal');
  });

  test('pass on what is wrong apart from that', () => {
    const broken = {
      ...cloud,
      addUser: () => {
        throw new Error('the disk is full');
      },
    };
    expect(() =>
      seedCloud(broken, {
        seedOf,
        directory: FOREIGN,
        entitlements: FOREIGN_ENTITLEMENTS,
        principalOf: (email) => principalOf(email, FOREIGN),
        botArn: bot.arn,
      }),
    ).toThrow('the disk is full');
  });
});
