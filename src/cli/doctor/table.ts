import { FOR_LATER, RETIRED, TABLE } from '../../store/dynamodb/keys.js';
import { keyOf, type TableFacts } from '../../store/dynamodb/inspect.js';
import { counted, failed, wrong, type Diagnosis, type Examined } from '../../kit/diagnosis.js';

const TYPES = new Map<string | undefined, string>(
  TABLE.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]),
);
const VIEW = TABLE.StreamSpecification.StreamViewType;
const TTL = TABLE.TimeToLiveSpecification.AttributeName;

const RENEW = 'renew the AWS credentials: AWS does not accept these';
/** What to do about AWS's errors. */
const FIXES: Record<string, string> = {
  AccessDeniedException: 'allow these credentials dynamodb:DescribeTable on the table',
  CredentialsProviderError: 'give this process AWS credentials: a role, AWS_PROFILE, or keys',
  RegionMissing: 'set AWS_REGION to the region of the table',
  UnrecognizedClientException: RENEW,
  ExpiredTokenException: RENEW,
};
const LOOK = 'check AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB and that this machine reaches AWS, then try again';

/** Whether the table is as store/keys.ts writes it. */
export function judgeTable(
  table: string,
  facts: TableFacts | 'absent' | { error: string },
  createTable: boolean,
): Examined<true> {
  if (facts === 'absent')
    return failed(
      `this account and region have no table "${table}"`,
      createTable
        ? 'start jit once: JIT_CREATE_TABLE is true, so jit creates it'
        : 'set JIT_CREATE_TABLE=true and start jit once, or correct JIT_TABLE or AWS_REGION',
    );
  if ('error' in facts)
    return failed(`the table "${table}" cannot be described (${facts.error})`, FIXES[facts.error] ?? LOOK);
  const key = keyOf(TABLE.KeySchema, TYPES);
  if (facts.key !== key)
    return failed(
      `the key of "${table}" is ${facts.key}, not ${key}: this is not jit’s table`,
      'give JIT_TABLE another name',
    );
  const indexes = (forLater: boolean) =>
    TABLE.GlobalSecondaryIndexes.filter(
      ({ IndexName }) => FOR_LATER.includes(IndexName) === forLater,
    ).flatMap((index) => judgeIndex(index, facts));
  return {
    problems: [...judgeStatus(facts), ...indexes(false), ...judgeStream(facts), ...judgeTtl(facts)],
    warnings: [...indexes(true), ...retired(table, facts), ...judgeSafety(table, facts)],
    value: true,
    about: `"${table}", ${counted(facts.indexes.length, 'index', 'indexes')}, stream and TTL`,
  };
}

function judgeStatus({ status }: TableFacts): Diagnosis[] {
  if (status === 'ACTIVE' || status === 'UPDATING') return [];
  return wrong(`the table is ${status}`, 'wait until it is ACTIVE');
}

type Index = (typeof TABLE.GlobalSecondaryIndexes)[number];

function judgeIndex({ IndexName: name, KeySchema, Projection }: Index, { indexes }: TableFacts): Diagnosis[] {
  const found = indexes.find((index) => index.name === name);
  if (!found) {
    const spare = FOR_LATER.includes(name) ? '; this version works without it, a later one will not' : '';
    return wrong(
      `the index ${name} is missing${spare}`,
      `start jit once with JIT_CREATE_TABLE=true${spare && ', or deploy the stack of this version'}`,
    );
  }
  const [wanted, there] = [
    `${keyOf(KeySchema, TYPES)}, ${Projection.ProjectionType}`,
    `${found.key}, ${found.projection}`,
  ];
  if (there !== wanted)
    return wrong(
      `the index ${name} is ${there}, not ${wanted}`,
      'delete this index, then start jit once with JIT_CREATE_TABLE=true',
    );
  if (found.status !== 'ACTIVE')
    return wrong(`the index ${name} is ${found.status}`, 'wait until it is ACTIVE');
  return [];
}

function retired(table: string, { indexes }: TableFacts): Diagnosis[] {
  const left = indexes.filter(({ name, status }) => RETIRED.includes(name) && status !== 'DELETING');
  return left.map(({ name }) => ({
    what: `the index ${name} is of an earlier version, and nothing uses it any more`,
    fix: `delete it: aws dynamodb update-table --table-name ${table} --global-secondary-index-updates '[{"Delete":{"IndexName":"${name}"}}]'; where a stack made the table, as docs/aws.md says under “Upgrading to 0.2”`,
  }));
}

function judgeStream({ stream }: TableFacts): Diagnosis[] {
  if (stream === VIEW) return [];
  if (stream === undefined)
    return wrong(
      'the table has no stream, so nothing wakes jit up',
      `enable it with ${VIEW}, or start jit once with JIT_CREATE_TABLE=true`,
    );
  return wrong(
    `the stream shows ${stream}: jit cannot recognise the leases that TTL removes`,
    `turn the stream off and on again with ${VIEW}`,
  );
}

function judgeTtl({ ttl }: TableFacts): Diagnosis[] {
  if (ttl === TTL) return [];
  if (typeof ttl === 'object')
    return wrong(
      `jit cannot read the time to live (${ttl.error})`,
      'allow these credentials dynamodb:DescribeTimeToLive on the table',
    );
  if (ttl === undefined)
    return wrong(
      'the time to live is not enabled',
      `enable it on the attribute "${TTL}", or start jit once with JIT_CREATE_TABLE=true`,
    );
  return wrong(`the time to live is on "${ttl}", not on "${TTL}"`, `turn it off, and enable it on "${TTL}"`);
}

function judgeSafety(table: string, { recovery, deletionProtection }: TableFacts): Diagnosis[] {
  const warnings: Diagnosis[] = [];
  if (recovery === undefined)
    warnings.push({
      what: 'jit cannot read whether point-in-time recovery is on',
      fix: 'allow these credentials dynamodb:DescribeContinuousBackups, or check yourself',
    });
  if (recovery === false)
    warnings.push({
      what: 'point-in-time recovery is off: a deleted or overwritten item is lost, the audit trail included',
      fix: `aws dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
    });
  if (!deletionProtection)
    warnings.push({
      what: 'one call can delete the table',
      fix: `aws dynamodb update-table --table-name ${table} --deletion-protection-enabled`,
    });
  return warnings;
}
