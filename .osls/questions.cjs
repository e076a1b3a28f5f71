/**
 * What is asked of AWS before a deployment: calls that whoever deploys makes anyway, by osls or through CloudFormation. Each
 * answers `{ found }`, `{ absent: true }`, or `{ error, message }` with the name of AWS's error.
 */
const { createRequire } = require('node:module');

/** The client that osls brings along. */
const ofOsls = createRequire(require.resolve('osls/package.json'));

/** @param provider osls's provider `aws` */
exports.questions = async function questions(provider, { stackName }) {
  // Loaded only now: no other command of osls waits for them.
  const { DescribeStackResourceCommand, DescribeStacksCommand } = ofOsls('@aws-sdk/client-cloudformation');
  const { DescribeTableCommand, DynamoDBClient } = require('@aws-sdk/client-dynamodb');
  const { HeadBucketCommand, S3Client } = require('@aws-sdk/client-s3');
  const { paginateDescribeParameters, SSMClient } = require('@aws-sdk/client-ssm');
  const client = async (Client) => new Client(await provider.getAwsSdkV3Config());
  const cloudformation = await provider.getCloudFormationClient();

  return {
    identity: () => answered(async () => ({ account: await provider.getAccountId() })),

    /** The state of the stack. */
    stack: () =>
      answered(async () => {
        const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackName }));
        return Stacks[0].StackStatus;
      }, notThere),

    /** The name of what the stack made, and has. */
    resource: (LogicalResourceId) =>
      answered(async () => {
        const which = { StackName: stackName, LogicalResourceId };
        const { StackResourceDetail: one } = await cloudformation.send(
          new DescribeStackResourceCommand(which),
        );
        return one.ResourceStatus.startsWith('DELETE_') ? undefined : one.PhysicalResourceId;
      }, notThere),

    /** Where a bucket is, and whether it is this account's. */
    bucket: (Bucket, account) =>
      answered(
        async () => {
          const s3 = await client(S3Client);
          const region = await regionOf(s3.send(new HeadBucketCommand({ Bucket })));
          const mine = new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account });
          // Who may see it without this may see it with it, if it is theirs.
          const { error } = await answered(() => regionOf(s3.send(mine)));
          return { region, ours: error === undefined };
        },
        (error) => statusOf(error) === 404,
      ),

    /** Name and type of those that are there; no value is read. */
    parameters: (Values) =>
      answered(async () => {
        const which = { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }] };
        const found = [];
        const pages = paginateDescribeParameters({ client: await client(SSMClient) }, which);
        for await (const { Parameters = [] } of pages) found.push(...Parameters);
        return found.map(({ Name: name, Type: type }) => ({ name, type }));
      }),

    table: (TableName) =>
      answered(
        async () => {
          const dynamodb = await client(DynamoDBClient);
          return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;
        },
        ({ name }) => name === 'ResourceNotFoundException',
      ),
  };
};

/** A bucket elsewhere is told by a redirection, which names its region. */
async function regionOf(headed) {
  try {
    return (await headed).BucketRegion;
  } catch (error) {
    const region = error.$response?.headers?.['x-amz-bucket-region'];
    if (statusOf(error) === 301 && region) return region;
    throw error;
  }
}

const statusOf = ({ $metadata }) => $metadata?.httpStatusCode;

/** CloudFormation has no error of its own for what is not there. */
const notThere = ({ name, message }) => name === 'ValidationError' && /does not exist/.test(message);

async function answered(ask, isAbsent = () => false) {
  try {
    const found = await ask();
    return found === undefined ? { absent: true } : { found };
  } catch (error) {
    if (isAbsent(error)) return { absent: true };
    return { error: nameOf(error), message: String(error.message).split('\n')[0].slice(0, 200) };
  }
}

function nameOf(error) {
  // S3 answers a HEAD without a body, so without a name; osls and Node.js have codes of their own.
  if (/^(?:403|Forbidden|Unknown\w*)$/.test(error.name) && statusOf(error) === 403) return 'AccessDenied';
  const plain = ['Error', 'ServerlessError', 'AggregateError'].includes(error.name);
  return String((plain && error.code) || error.name);
}
