import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import { sha256, type Instant } from '../../src/domain/entitlement.js';
import { evolveGrant, grantFrom } from '../../src/domain/grant.js';
import type { Person } from '../../src/domain/person.js';
import type { Event, EventOf } from '../../src/domain/request/event.js';
import { apply, type Head } from '../../src/domain/request/head.js';
import type { Pending } from '../../src/domain/request/state.js';
import { grantItem, headItem, type Item } from '../../src/store/dynamodb/items.js';
import { sideBySide } from './load.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const by = 'jit';
const AT_ONCE = 25;

/** A request of somebody's that has access now, for hours yet. */
export function live(requester: Person, now: Instant): Item[] {
  const { asked, pending } = ask(requester, now - HOUR, []);
  const { approved, given } = give(now - HOUR, now + 3 * HOUR);
  const events = [...asked, approved, ...given];
  const { head } = apply(undefined, events);
  const grant = events.reduce(evolveGrant, grantFrom(pending, approved));
  return [itemOf(head, now + 2 * HOUR), grantItem(grant)];
}

/** One that is over, and all of it told. */
export function past(requester: Person, at: Instant): Item[] {
  const { asked } = ask(requester, at, []);
  const { approved, given } = give(at, at + HOUR);
  const gone = at + HOUR + MINUTE;
  const { head } = apply(undefined, [
    ...asked,
    approved,
    ...given,
    { type: 'RevocationStarted', at: gone, by, cause: 'expired' },
    {
      type: 'RequestClosed',
      at: gone,
      by,
      outcome: 'expired',
      proof: { checkedAt: gone, evidence: 'no session is left' },
    },
  ]);
  return [itemOf(head)];
}

/** One that waits for an owner, of whom each engineer is one. */
export function waiting(requester: Person, now: Instant): Item[] {
  const { asked } = ask(requester, now - MINUTE, [{ name: 'owners', quorum: 1 }]);
  return [itemOf(apply(undefined, asked).head, now + 8 * HOUR)];
}

/** The parts of a request that its list is made of, and not its events: nobody here reads those. */
export async function put(client: DynamoDBClient, table: string, items: Item[]): Promise<void> {
  const db = DynamoDBDocumentClient.from(client);
  const batches = Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, n) =>
    items.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
  );
  await sideBySide(4, batches, (batch) => {
    const writes = batch.map((Item) => ({ PutRequest: { Item } }));
    return db.send(new BatchWriteCommand({ RequestItems: { [table]: writes } }));
  });
}

/** As if all that was owed had been done long ago. */
function itemOf(head: Head, dueAt?: Instant): Item {
  const { dueAt: _, ...rest } = head;
  return headItem({ ...rest, outbox: [], ...(dueAt !== undefined && { dueAt }) }, 'bench');
}

function ask(requester: Person, at: Instant, chain: Pending['chain']): { asked: Event[]; pending: Pending } {
  const asked: EventOf<'RequestSubmitted'>['asked'] = {
    id: ulid(at),
    requester,
    entitlement: {
      id: 'staging-deployer',
      name: 'Staging deployer',
      description: 'Deploy services to staging, restart them, and read their logs.',
      environment: 'staging',
      account: '444455556666',
      risk: 'medium',
      owners: ['engineers'],
    },
    duration: HOUR,
    justification: 'deploying the new orders service, which answers too slowly since this morning',
    ticket: 'OPS-12',
    requestedAt: at,
    lapsesAt: at + 8 * HOUR,
    grant: {
      kind: 'sts-session',
      account: '444455556666',
      config: { roleArn: 'arn:aws:iam::444455556666:role/jit/StagingDeployer' },
      hash: sha256('grant'),
    },
    ruling: { policies: ['staging-manager'], advice: [], bundle: sha256('bundle') },
    chain,
  };
  return {
    asked: [
      { type: 'RequestSubmitted', at, by: requester, asked },
      { type: 'PreflightPassed', at, by },
    ],
    pending: { ...asked, revision: 0, votes: [], status: 'pending', checked: true },
  };
}

function give(startsAt: Instant, endsAt: Instant): { approved: EventOf<'RequestApproved'>; given: Event[] } {
  const ruling = { policies: ['staging-manager'], advice: [], bundle: sha256('bundle') };
  return {
    approved: { type: 'RequestApproved', at: startsAt, by, lease: { startsAt, endsAt }, ruling },
    given: [
      { type: 'ProvisionAttempted', at: startsAt, by, until: startsAt + 30_000 },
      { type: 'GrantProvisioned', at: startsAt, by, receipt: { kind: 'sts-session' } },
    ],
  };
}
