/** @project outside */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startCloud, type Cloud, type PolicyDocument } from '../../src/sandbox/aws/index.js';
import { NOW, onItems, TABLE, type Deed } from '../support/deploy/account.js';
import { ACCOUNT } from '../support/deploy/values.js';

// What docs/operations.md gives an operator for `jit revoke`, as IAM would judge it.

const operations = readFileSync(resolve(__dirname, '../../docs/operations.md'), 'utf8');

let cloud: Cloud;
let principalArn: string;
beforeAll(async () => {
  const [, text] =
    /^## Ending access from a terminal\n[\s\S]*?```json\n([\s\S]*?)```/m.exec(operations) ?? [];
  cloud = await startCloud({ now: () => NOW });
  const inline = { revoke: JSON.parse(text ?? '') as PolicyDocument };
  principalArn = cloud.addUser({ account: ACCOUNT, name: 'kim', inline }).arn;
});
afterAll(async () => {
  await cloud.close();
});

const may = ({ action, resource, context = {} }: Deed) =>
  cloud.authorize({ principalArn, action, resource, context }).allowed;

test('an operator can order an end, with the policy that docs/operations.md shows', () => {
  expect(may(onItems('PutItem', 'REQUEST#01KAEX7Q5V9Z3M2N8R4T6W0YBC'))).toBe(true);
});

const CANNOT: [string, Deed][] = [
  ['read a request', onItems('GetItem', 'REQUEST#01')],
  ['read its history', onItems('Query', 'REQUEST#01')],
  ['take an order back', onItems('DeleteItem', 'REQUEST#01')],
  ['change one in place', onItems('UpdateItem', 'REQUEST#01')],
  ['write a grant', onItems('PutItem', 'GRANT#01')],
  ['write a lease', onItems('PutItem', 'LEASE#01')],
  ['use up a signature', onItems('PutItem', 'SEEN#01')],
  ['say who is in which group', onItems('PutItem', 'NOTE#directory')],
  ['hide a grant beside an order', onItems('PutItem', 'REQUEST#01', 'GRANT#01')],
  ['write without naming an item', { action: 'dynamodb:PutItem', resource: TABLE }],
  ['read the whole table', { action: 'dynamodb:Scan', resource: TABLE }],
  [
    'write to another table',
    { ...onItems('PutItem', 'REQUEST#01'), resource: TABLE.replace('jit-prod', 'x') },
  ],
];
test.each(CANNOT)('an operator cannot %s', (_, deed) => {
  expect(may(deed)).toBe(false);
});
