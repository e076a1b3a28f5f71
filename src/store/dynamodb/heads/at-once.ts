import { TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Item } from '../items.js';
import { headKey } from '../keys.js';
import type { Table } from '../table.js';

/** DynamoDB takes no more in one call (TransactGetItems). */
const MOST = 100;
/** What one call may not give: an item that is being written, or more than 4 MB. */
const ONE_BY_ONE = ['TransactionCanceledException', 'ValidationException'];

type Read = (id: string) => Promise<Item | undefined>;

/**
 * Reads HEADs, strongly consistent: those that are asked for at the same moment in one call. Lists ask for fifty, and a
 * call costs a process seven times what an item in it does. It needs the right to GetItem, as one by one does (Amazon
 * DynamoDB Developer Guide, "Using IAM with DynamoDB transactions").
 */
export function headsAtOnce(table: Pick<Table, 'db' | 'name' | 'get'>): Read {
  let asked: { id: string; answer: (item: ReturnType<Read>) => void }[] = [];
  const one: Read = (id) => table.get(headKey(id));

  function send(): void {
    const all = asked;
    asked = [];
    for (let n = 0; n < all.length; n += MOST) {
      const some = all.slice(n, n + MOST);
      const items = some.length > 1 ? together(some.map(({ id }) => id)) : undefined;
      for (const [at, { id, answer }] of some.entries())
        answer(items ? items.then((found) => (found ? found[at] : one(id))) : one(id));
    }
  }

  /** Undefined where they must be read one by one. */
  async function together(ids: string[]): Promise<(Item | undefined)[] | undefined> {
    const TransactItems = ids.map((id) => ({ Get: { TableName: table.name, Key: headKey(id) } }));
    try {
      const { Responses = [] } = await table.db.send(new TransactGetCommand({ TransactItems }));
      return Responses.map(({ Item: item }) => item as Item | undefined);
    } catch (error) {
      if (error instanceof Error && ONE_BY_ONE.includes(error.name)) return undefined;
      throw error;
    }
  }

  return (id) =>
    new Promise((answer) => {
      if (asked.push({ id, answer }) === 1) queueMicrotask(send);
    });
}
