import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PARTITIONS, partitionOfArn, partitionOfRegion } from '../../src/grants/aws/documents/partitions.js';
import { grantKinds } from '../../src/grants/kinds.js';
import { consoleOf } from '../../src/grants/sts-session/signin.js';
import { directory, OTHER, OWN } from '../support/grants.js';

/** The SDK's own files, which it does not export. */
function ofSdk(name: string, file: string): string {
  const root = dirname(require.resolve(`${name}/package.json`));
  return readFileSync(join(root, file), 'utf8');
}

const NAMES = PARTITIONS.map(({ name }) => name);

describe('the table of partitions says what the AWS SDK says', () => {
  const text = ofSdk('@aws-sdk/core', 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const { partitions } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as {
    partitions: { id: string; outputs: { implicitGlobalRegion: string }; regions: object }[];
  };

  test('of the names: all but the isolated ones', () => {
    expect(partitions.map(({ id }) => id).filter((id) => !id.startsWith('aws-iso'))).toEqual(
      expect.arrayContaining(NAMES),
    );
    expect(partitions.filter(({ id }) => !id.startsWith('aws-iso'))).toHaveLength(NAMES.length);
  });

  test.each(NAMES)('of the regions of %s: each is of this partition alone', (name) => {
    const { regions, outputs } = partitions.find(({ id }) => id === name)!;
    const named = Object.keys(regions).filter((region) => !region.endsWith('-global'));
    expect(named.length).toBeGreaterThan(0);
    for (const region of named) {
      const holding = PARTITIONS.filter((one) => one.regions.test(region));
      expect([region, holding.map((one) => one.name)]).toEqual([region, [name]]);
    }
    expect(partitionOfRegion(name)).toBeUndefined();
    expect(PARTITIONS.find((one) => one.name === name)!.home).toBe(outputs.implicitGlobalRegion);
  });

  test('of the isolated regions: none is known', () => {
    const isolated = partitions
      .filter(({ id }) => id.startsWith('aws-iso'))
      .flatMap((one) => Object.keys(one.regions));
    expect(isolated.length).toBeGreaterThan(3);
    expect(isolated.filter((region) => partitionOfRegion(region))).toEqual([]);
  });

  test.each(NAMES)('of the domain in which people of %s sign in', (name) => {
    const rules = ofSdk('@aws-sdk/nested-clients', 'dist-es/submodules/signin/endpoint/bdd.js');
    const { signin } = PARTITIONS.find((one) => one.name === name)!;
    const domain = signin.slice(signin.indexOf('signin.'));
    expect(rules).toContain(`"https://{Region}.${domain}"`);
  });
});

describe('the console', () => {
  const entry = (arn: string, region?: string) => consoleOf(partitionOfArn(arn)!, { region });

  test.each([
    ['aws', 'https://signin.aws.amazon.com/federation', 'https://console.aws.amazon.com/'],
    ['aws-us-gov', 'https://signin.amazonaws-us-gov.com/federation', 'https://console.amazonaws-us-gov.com/'],
    ['aws-cn', 'https://signin.amazonaws.cn/federation', 'https://console.amazonaws.cn/'],
    [
      'aws-eusc',
      'https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation',
      'https://console.amazonaws-eusc.eu/',
    ],
  ])('of a role in %s is that of its partition', (name, signinUrl, destination) => {
    expect(entry(`arn:${name}:iam::${OTHER}:role/jit/R`)).toEqual({ signinUrl, destination });
  });

  test('opens in the region that the guardrails name', () => {
    expect(entry(`arn:aws:iam::${OTHER}:role/R`, 'eu-west-1').destination).toBe(
      'https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1',
    );
    expect(entry(`arn:aws-us-gov:iam::${OTHER}:role/R`, 'us-gov-east-1').destination).toBe(
      'https://us-gov-east-1.console.amazonaws-us-gov.com/console/home?region=us-gov-east-1',
    );
  });

  test('is told where to sign in instead', () => {
    const signinUrl = 'http://127.0.0.1:1/federation';
    expect(consoleOf(partitionOfArn(`arn:aws:iam::${OTHER}:role/R`)!, { signinUrl })).toEqual({
      signinUrl,
      destination: 'https://console.aws.amazon.com/',
    });
  });
});

const inPartition = (name: string) => ({
  roleArn: `arn:${name}:iam::${OTHER}:role/jit/R`,
  manageRoleArn: `arn:${name}:iam::${OTHER}:role/jit/Manage`,
});

/** What is wrong with an entitlement; empty: nothing. */
function problems(
  kind: 'sts-session' | 'iam-policy',
  config: object,
  about: { manageRoleArn?: string; ownPartition?: string } = {},
): string {
  const { manageRoleArn, ownPartition } = about;
  const result = grantKinds
    .find(({ name }) => name === kind)!
    .parse(config, {
      account: OTHER,
      directory: { ...directory, accounts: manageRoleArn ? { [OTHER]: { manageRoleArn } } : {} },
      ownAccount: kind === 'iam-policy' && !manageRoleArn ? OTHER : OWN,
      ...(ownPartition !== undefined && { ownPartition }),
    });
  return 'problems' in result ? result.problems.join('\n') : '';
}

describe.each([
  ['aws', 'eu-west-1'],
  ['aws-us-gov', 'us-gov-east-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-eusc', 'eusc-de-east-1'],
])('an entitlement in %s', (name, region) => {
  const { roleArn, manageRoleArn } = inPartition(name);
  const elsewhere = NAMES.find((one) => one !== name)!;
  const statements = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:${name}:s3:::b/*` }];
  const session = (more: object, about = {}) => problems('sts-session', { roleArn, ...more }, about);
  const inline = (more: object, about: object = { manageRoleArn }) =>
    problems('iam-policy', { statements, ...more }, about);

  test('loads, with its regions, its policies and its resources', () => {
    const full = {
      statements,
      policyArns: [`arn:${name}:iam::aws:policy/X`],
      guardrails: { regions: [region] },
    };
    expect(session(full, { manageRoleArn, ownPartition: name })).toBe('');
    expect(inline({ guardrails: { regions: [region] } }, { manageRoleArn, ownPartition: name })).toBe('');
    expect(inline({ guardrails: { regions: [region] } }, { ownPartition: name })).toBe('');
  });

  test('is refused once jit is known to run in another partition', () => {
    const about = { ownPartition: elsewhere };
    expect(session({}, about)).toContain(
      `roleArn is in the partition ${name} of AWS, and jit runs in ${elsewhere}`,
    );
    expect(
      inline({ statements: [{ ...statements[0], Resource: '*' }] }, { ...about, manageRoleArn }),
    ).toContain(`manageRoleArn of account ${OTHER} in directory.yml is in the partition ${name}`);
    expect(session({})).toBe('');
  });

  test('is refused where the way into its account is in another partition', () => {
    const way = inPartition(elsewhere).manageRoleArn;
    expect(session({}, { manageRoleArn: way })).toContain('an account is in one of them only');
  });

  test('is refused with regions, managed policies or resources of another partition', () => {
    const foreign = PARTITIONS.find((one) => one.name === elsewhere)!.home;
    const resource = [{ ...statements[0], Resource: `arn:${elsewhere}:s3:::b/*` }];
    expect(session({ guardrails: { regions: [region, foreign] } })).toContain(
      `"${foreign}" is in the partition ${elsewhere} of AWS`,
    );
    expect(inline({ guardrails: { regions: [foreign] } })).toContain(`write one of its regions`);
    expect(session({ policyArns: [`arn:${elsewhere}:iam::aws:policy/X`] })).toContain(`write arn:${name}:…`);
    expect(session({ statements: resource })).toContain('where it matches nothing');
    expect(inline({ statements: resource })).toContain('where it matches nothing');
    expect(
      session({
        statements: [...statements, { Effect: 'Deny', Action: '*', NotResource: `arn:${elsewhere}:s3:::b` }],
      }),
    ).toContain('statements[1]');
    expect(session({ statements: [{ ...statements[0], Resource: ['*', 'arn:*:s3:::b/*'] }] })).toBe('');
  });
});

test('where the partition is not known, regions are still of one only', () => {
  const statements = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];
  const of = (regions: string[]) => problems('iam-policy', { statements, guardrails: { regions } });
  expect(of(['us-gov-west-1', 'us-gov-east-1'])).toBe('');
  expect(of(['eu-west-1', 'us-gov-west-1'])).toContain('access is in one of them only');
});

test.each(['aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'])(
  'the isolated partition %s is refused with a sentence',
  (name) => {
    const { roleArn, manageRoleArn } = inPartition(name);
    const says = `is in ${name}, an isolated partition of AWS`;
    expect(problems('sts-session', { roleArn })).toBe(
      `roleArn ${says}: jit knows no console and no regions there, and gives no access in it`,
    );
    const statements = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }];
    expect(problems('iam-policy', { statements }, { manageRoleArn })).toContain(says);
    expect(problems('sts-session', { roleArn }, { ownPartition: name })).toContain(says);
    expect(problems('iam-policy', { statements }, { ownPartition: name })).toContain(`jit itself ${says}`);
  },
);

test('a partition that nobody knows is refused with those that jit knows', () => {
  expect(problems('sts-session', { roleArn: inPartition('aws-moon').roleArn })).toContain(
    'it knows aws, aws-us-gov, aws-cn, aws-eusc',
  );
});
