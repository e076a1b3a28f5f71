import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../../../domain/entitlement.js';
import { sameAccount, type Person } from '../../../domain/person.js';
import type { Head } from '../../../domain/request/head.js';
import { decodeHead } from '../items.js';
import { BY_REQUESTER, requesterKey } from '../keys.js';
import type { Table } from '../table.js';

/**
 * What this account has asked for, newest first: `atMost` from under the account, as many from under the e-mail. Under
 * an e-mail address are items of the version before, of the person who held that address.
 */
export async function headsOf(
  table: Table,
  person: Person,
  { until, ...only }: Pick<QueryCommandInput, 'FilterExpression'> & { until?: Instant | undefined },
  atMost = Infinity,
): Promise<Head[]> {
  const found = await Promise.all(
    [requesterKey(person.account), person.email].map(async (requester) => {
      const about = {
        IndexName: BY_REQUESTER,
        KeyConditionExpression: `requester = :requester${until === undefined ? '' : ' AND requestedAt <= :until'}`,
        ExpressionAttributeValues: {
          ':requester': requester,
          ...(until !== undefined && { ':until': until }),
        },
        ScanIndexForward: false,
        ...only,
      };
      const heads: Head[] = [];
      for await (const items of table.pages(about, atMost)) {
        heads.push(
          ...items
            .map(decodeHead)
            .filter(({ state }) => sameAccount(state.requester.account, person.account)),
        );
        if (heads.length >= atMost) break;
      }
      return heads;
    }),
  );
  // A HEAD that moves from the e-mail to the account at this moment may be seen in both places.
  const newest = new Map<string, Head>();
  for (const head of found.flat()) {
    if (head.version > (newest.get(head.id)?.version ?? 0)) newest.set(head.id, head);
  }
  return [...newest.values()].sort((a, b) => b.state.requestedAt - a.state.requestedAt);
}
