import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Statement } from './statements.js';

/**
 * A part of AWS with accounts, IAM and a console of its own: nothing of one is of use in another, and STS opens no
 * session from one into another.
 */
export interface Partition {
  /** What stands in its ARNs: `arn:<name>:…`. */
  name: 'aws' | 'aws-us-gov' | 'aws-cn' | 'aws-eusc';
  regions: RegExp;
  /** Where its global services answer, or most of them; also an example. */
  home: string;
  /**
   * Services with one endpoint for all regions: `aws:RequestedRegion` is that endpoint's, whatever region the person
   * works in. STS is not among them: it has an endpoint in every region.
   */
  globalServices: readonly string[];
  /** The hosts of the console, before which a region may stand, and of the federation endpoint. */
  console: string;
  signin: string;
}

/**
 * The rows of aws-us-gov, aws-cn and aws-eusc have not been tried live.
 * Regions, homes and the domains of sign-in: the AWS SDK's own tables, against which a test holds these rows.
 * Console and federation: https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html,
 * https://docs.aws.amazon.com/general/latest/gr/signin-service.html, and for all four `customizations/console.py` of
 * the AWS CLI, which names https://docs.aws.eu/general/latest/gr/endpoints.html for aws-eusc.
 * Global services: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
 * for aws; for the others, those of its list that botocore's `endpoints.json` and rule sets give one endpoint there
 * (Health, for one, has an endpoint in both regions of aws-us-gov).
 */
export const COMMERCIAL: Partition = {
  name: 'aws',
  // Those of the others have more words, or another beginning.
  regions: /^(?!cn-)[a-z]{2}-[a-z]+-\d$/,
  // Of Global Accelerator, us-west-2.
  home: 'us-east-1',
  globalServices: [
    'budgets',
    'cloudfront',
    'globalaccelerator',
    'health',
    'iam',
    'organizations',
    'route53',
    'shield',
    'support',
    'waf',
  ],
  console: 'console.aws.amazon.com',
  signin: 'signin.aws.amazon.com',
};

/** All that jit gives access in. AWS's isolated partitions are none of them. */
export const PARTITIONS: readonly Partition[] = [
  COMMERCIAL,
  {
    name: 'aws-us-gov',
    regions: /^us-gov-[a-z]+-\d$/,
    home: 'us-gov-west-1',
    globalServices: ['iam', 'organizations', 'route53', 'support'],
    console: 'console.amazonaws-us-gov.com',
    signin: 'signin.amazonaws-us-gov.com',
  },
  {
    name: 'aws-cn',
    regions: /^cn-[a-z]+-\d$/,
    // Of IAM and Support, cn-north-1.
    home: 'cn-northwest-1',
    globalServices: ['budgets', 'cloudfront', 'health', 'iam', 'organizations', 'route53', 'support'],
    console: 'console.amazonaws.cn',
    signin: 'signin.amazonaws.cn',
  },
  {
    name: 'aws-eusc',
    regions: /^eusc-[a-z]+-[a-z]+-\d$/,
    home: 'eusc-de-east-1',
    globalServices: ['budgets', 'iam', 'route53'],
    console: 'console.amazonaws-eusc.eu',
    // It has no host without a region.
    signin: 'eusc-de-east-1.signin.amazonaws-eusc.eu',
  },
];

export const partitionOfArn = (arn: string): Partition | undefined => partitionNamed(nameIn(arn));

export const partitionOfRegion = (region: string): Partition | undefined =>
  PARTITIONS.find(({ regions }) => regions.test(region));

const partitionNamed = (name: string | undefined): Partition | undefined =>
  PARTITIONS.find((one) => one.name === name);

const nameIn = (arn: string): string | undefined => /^arn:([\w-]+):/.exec(arn)?.[1];

/**
 * The partition of an entitlement: its role's, that of the way into its account, or else the bot's own.
 * @returns undefined where nothing tells, or none that jit knows; what does not fit is added to `problems`
 */
export function partitionOf(
  roleArn: string | undefined,
  about: { account: string; directory: DirectoryConfig; ownPartition?: string },
  problems: string[],
): Partition | undefined {
  const { account, directory, ownPartition } = about;
  const manage = directory.accounts[account]?.manageRoleArn;
  const named = [
    { what: 'roleArn', name: nameIn(roleArn ?? '') },
    { what: `manageRoleArn of account ${account} in directory.yml`, name: nameIn(manage ?? '') },
  ].flatMap(({ what, name }) => (name === undefined ? [] : { what, name }));
  if (named.length === 0 && ownPartition !== undefined)
    named.push({ what: 'jit itself', name: ownPartition });
  const [one, other] = named;
  const wrong = one && problemOf(one.name, ownPartition);
  if (wrong) problems.push(`${one.what} ${wrong}`);
  if (one && other && one.name !== other.name)
    problems.push(
      `${one.what} is in the partition ${one.name} of AWS, and ${other.what} in ${other.name}: an account is in one of them only`,
    );
  return partitionNamed(one?.name);
}

function problemOf(name: string, own: string | undefined): string | undefined {
  if (name.startsWith('aws-iso'))
    return `is in ${name}, an isolated partition of AWS: jit knows no console and no regions there, and gives no access in it`;
  if (!partitionNamed(name))
    return `is in a partition that jit does not know, "${name}": it knows ${PARTITIONS.map((one) => one.name).join(', ')}`;
  if (own === undefined || own === name) return undefined;
  return `is in the partition ${name} of AWS, and jit runs in ${own}: STS opens no session across partitions, so ${name} needs a jit of its own`;
}

/** Reports resources that name another partition: they match nothing, so that a Deny of them denies nothing. */
export function checkResources(statements: Statement[], { name }: Partition, problems: string[]): void {
  statements.forEach(({ Resource = [], NotResource = [] }, n) => {
    for (const resource of [...Resource, ...NotResource]) {
      const other = nameIn(resource);
      if (other !== undefined && other !== name)
        problems.push(
          `statements[${n}]: "${resource}" is in the partition ${other}, and the access in ${name}, where it matches nothing: write arn:${name}:…`,
        );
    }
  });
}
