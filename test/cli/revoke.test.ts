/** @project outside */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Orders } from '../../src/cli/outside.js';
import { CannotRead } from '../../src/cli/outside.js';
import { dynamodbClient } from '../../src/store/dynamodb/client.js';
import { createTable } from '../../src/store/dynamodb/create-table.js';
import { dynamodbStore } from '../../src/store/dynamodb/store.js';
import { jitIn } from '../support/cli.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';
import { TEN } from '../support/heads.js';

const ID = '01KAEX7Q5V9Z3M2N8R4T6W0YBC';
const ARN = 'arn:aws:sts::777788889999:assumed-role/Operators/kim';

const jit = (orders: (() => Promise<Orders>) | undefined, ...args: string[]) =>
  jitIn({ now: () => TEN, ...(orders && { orders }) }, ...args);

function orders(answer: 'written' | 'stood' = 'written') {
  const put: unknown[] = [];
  const open = async (): Promise<Orders> => ({
    operator: ARN,
    putEnd: async (...order) => (put.push(order), answer),
  });
  return { put, open };
}

describe('jit revoke', () => {
  test('writes the order in the name of the caller, and says what it knows and what it cannot', async () => {
    const { put, open } = orders();
    const { code, out, err } = await jit(open, 'revoke', ID, '--reason', 'a stolen laptop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(put).toEqual([[ID, { at: TEN, by: { operator: ARN }, text: 'a stolen laptop' }]]);
    expect(out).toBe(
      `The order to end ${ID} is written, in the name of ${ARN}. jit ends the access within seconds, at the latest ` +
        `with its next sweep, if there is any: this command cannot see that. Check with /jit status ${ID}, or with ` +
        `jit audit verify --request ${ID}.\n`,
    );
  });

  test('an order that stood already is no failure, and is said', async () => {
    const { open } = orders('stood');
    const { code, out } = await jit(open, 'revoke', ID, '--reason', 'again');
    expect(code).toBe(0);
    expect(out).toContain(`An order to end ${ID} stood already, and stays as it was.`);
    expect(JSON.parse((await jit(open, 'revoke', ID, '--reason', 'again', '--json')).out)).toEqual({
      request: ID,
      order: 'stood',
      operator: ARN,
    });
  });

  test('takes an id as people copy it', async () => {
    const { put, open } = orders();
    expect((await jit(open, 'revoke', `\`${ID.toLowerCase()}\``, '--reason', 'x')).code).toBe(0);
    expect(put).toMatchObject([[ID, {}]]);
  });

  test.each([
    ['an id that is none', ['01KAEX', '--reason', 'x'], 'A request has 26 letters and digits'],
    ['an id that is a path', ['../../GRANT#01', '--reason', 'x'], 'A request has 26 letters and digits'],
    ['no id', ['--reason', 'x'], "missing required argument 'id'"],
    ['no reason', [ID], "required option '--reason <text>' not specified"],
    ['an empty reason', [ID, '--reason', '  '], 'Say why'],
    ['a reason that is too long', [ID, '--reason', 'x'.repeat(1001)], 'It has 1001 characters; 1000 at most'],
  ])('%s is refused with a sentence, with 2, and orders nothing', async (_, args, sentence) => {
    const { put, open } = orders();
    const { code, err, out } = await jit(open, 'revoke', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
    expect(put).toEqual([]);
  });

  test('what keeps it from being written is said, with 2', async () => {
    const open = async () => {
      throw new CannotRead(['The table "jit" is not there.']);
    };
    expect(await jit(open, 'revoke', ID, '--reason', 'x')).toEqual({
      code: 2,
      out: '',
      err: 'jit: The table "jit" is not there.\n',
    });
  });
});

/** One endpoint of AWS that gives one answer. */
async function answering(status: number, type: string, body: string) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

const identity = () =>
  answering(
    200,
    'text/xml',
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${ARN}</Arn>` +
      '<UserId>A</UserId><Account>777788889999</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
  );

/** The command with its own SDK clients, against these endpoints. */
async function against(env: Record<string, string>, ...args: string[]) {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
    JIT_TABLE: 'jit-orders',
    ...env,
  });
  try {
    return await jit(undefined, ...args);
  } finally {
    process.env = before;
  }
}

describe('jit revoke, with the SDK', () => {
  test.each([
    ['AccessDeniedException', `${ARN} may not write into the table "jit-orders". Nothing was written`],
    ['ResourceNotFoundException', 'This account and region have no table "jit-orders".'],
    ['ValidationException', 'The table "jit-orders" did not answer (ValidationException).'],
  ])('%s is told in a sentence that says whether anything was written', async (error, sentence) => {
    const sts = await identity();
    const table = await answering(
      400,
      'application/x-amz-json-1.0',
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: 'no' }),
    );
    const env = { AWS_ENDPOINT_URL_STS: sts.url, AWS_ENDPOINT_URL_DYNAMODB: table.url };
    const { code, out, err } = await against(env, 'revoke', ID, '--reason', 'x');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
    await sts.close();
    await table.close();
  });

  test('credentials that AWS does not know are said before anything is written', async () => {
    const error =
      '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>';
    const sts = await answering(403, 'text/xml', error);
    const { code, err } = await against({ AWS_ENDPOINT_URL_STS: sts.url }, 'revoke', ID, '--reason', 'x');
    expect(code).toBe(2);
    expect(err).toContain('AWS does not say who you are (sts:GetCallerIdentity: InvalidClientTokenId)');
    await sts.close();
  });
});

describeWithDynamoDb('jit revoke on DynamoDB', (local) => {
  test('invariant 2: the order stands in the table, once, and is due', async () => {
    const sts = await identity();
    const config = {
      endpoint: local().endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    };
    const client = dynamodbClient(config);
    await createTable(client, 'jit-orders');
    const store = dynamodbStore({ client, table: 'jit-orders', now: () => TEN });
    const env = { AWS_ENDPOINT_URL_STS: sts.url, AWS_ENDPOINT_URL_DYNAMODB: local().endpoint };
    expect(await against(env, 'revoke', ID, '--reason', 'a stolen laptop')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await against(env, 'revoke', ID, '--reason', 'once more')).toMatchObject({ code: 0, err: '' });
    expect(await store.end(ID)).toEqual({ at: TEN, by: { operator: ARN }, text: 'a stolen laptop' });
    expect(await store.due(TEN, 10)).toEqual([ID]);
    client.destroy();
    await sts.close();
  });
});
