import { memoryStore } from '../../src/store/memory/store.js';
import { decodeEnd, decodeGrant, decodeHead } from '../../src/store/dynamodb/items.js';
import { brokenAt } from '../../src/domain/record/seal.js';
import { oldRecords } from '../contracts/old-records.js';
import { dump, idsIn, replay, storedIn, type DumpName } from '../support/old-records.js';

const NAMES: DumpName[] = ['0.1.0', 'before-accounts'];

describe.each(NAMES)('records of %s, in memory', (name) => {
  oldRecords(name, { make: memoryStore, fill: replay });
});

test.each(NAMES)('the items of %s are read as they would be written today', (name) => {
  const from = dump(name);
  const items = (sk: string) => from.items.filter((item) => item.sk === sk);
  expect(items('HEAD').length).toBe(14);
  for (const read of [
    ...items('HEAD').map(decodeHead),
    ...items('GRANT').map(decodeGrant),
    ...items('END').map(decodeEnd),
  ]) {
    expect(typeof read).toBe('object');
    expect(JSON.stringify(read)).not.toMatch(/"(?:slackId|team|viewId|channel|ts)":/);
  }
  for (const id of idsIn(from)) expect(brokenAt(storedIn(from, id).records)).toBeUndefined();
});
