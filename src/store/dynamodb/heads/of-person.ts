import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../../../domain/entitlement.js';
import { sameAccount, type Person } from '../../../domain/person.js';
import type { Head } from '../../../domain/request/head.js';
import type { Listed } from '../../../ports/record.js';
import { decodeHead } from '../items.js';
import { BY_REQUESTER, idOf, requesterKey } from '../keys.js';
import type { Table } from '../table.js';

interface Only extends Pick<QueryCommandInput, 'FilterExpression' | 'ProjectionExpression'> {
  until?: Instant | undefined;
  after?: Instant | undefined;
}

/**
 * What this account has asked for, newest first: `atMost` from under the account, as many from under the e-mail. Under
 * an e-mail address are items of the version before, of the person who held that address.
 */
export async function headsOf(table: Table, person: Person, only: Only, atMost = Infinity): Promise<Head[]> {
  const found = await Promise.all(
    [requesterKey(person.account), person.email].map((requester) =>
      headsUnder(table, { requester, person }, only, atMost),
    ),
  );
  // A HEAD that moves from the e-mail to the account at this moment may be seen in both places.
  const newest = new Map<string, Head>();
  for (const head of found.flat()) {
    if (head.version > (newest.get(head.id)?.version ?? 0)) newest.set(head.id, head);
  }
  return [...newest.values()].sort((a, b) => b.state.requestedAt - a.state.requestedAt);
}

/** The same without what the requests say. DynamoDB reads as much, but it sends a tenth, and nothing is decoded. */
export async function listedOf(
  table: Table,
  person: Person,
  atMost: number,
  after?: Instant,
): Promise<Listed[]> {
  const keysAlone = { after, ProjectionExpression: 'pk, requestedAt, due' };
  const [keys, former] = await Promise.all([
    table.query(about(requesterKey(person.account), keysAlone), atMost),
    // Whose these are, only their content says.
    headsUnder(table, { requester: person.email, person }, { after }, atMost),
  ]);
  const all = [
    ...former.map(({ id, dueAt, state: { requestedAt } }) => ({
      id,
      requestedAt,
      isDue: dueAt !== undefined,
    })),
    ...keys.map(({ pk, requestedAt, due }) => ({
      id: idOf(pk),
      requestedAt: Number(requestedAt),
      isDue: due !== undefined,
    })),
  ];
  const each = new Map(all.map((one) => [one.id, one]));
  return [...each.values()].sort((a, b) => b.requestedAt - a.requestedAt).slice(0, atMost);
}

async function headsUnder(
  table: Table,
  { requester, person }: { requester: string; person: Person },
  only: Only,
  atMost: number,
): Promise<Head[]> {
  const heads: Head[] = [];
  for await (const items of table.pages(about(requester, only), atMost)) {
    heads.push(
      ...items.map(decodeHead).filter(({ state }) => sameAccount(state.requester.account, person.account)),
    );
    if (heads.length >= atMost) break;
  }
  return heads;
}

function about(requester: string, { until, after, ...only }: Only) {
  const times = [
    ...(until === undefined ? [] : ['requestedAt <= :until']),
    ...(after === undefined ? [] : ['requestedAt > :after']),
  ];
  return {
    IndexName: BY_REQUESTER,
    KeyConditionExpression: ['requester = :requester', ...times].join(' AND '),
    ExpressionAttributeValues: {
      ':requester': requester,
      ...(until !== undefined && { ':until': until }),
      ...(after !== undefined && { ':after': after }),
    },
    ScanIndexForward: false,
    ...only,
  };
}
