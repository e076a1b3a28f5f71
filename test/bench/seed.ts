import { ulid } from 'ulid';
import { sha256, type Instant } from '../../src/domain/entitlement.js';
import { evolveGrant, grantFrom } from '../../src/domain/grant.js';
import { apply } from '../../src/domain/request/head.js';
import type { Asked, Pending } from '../../src/domain/request/state.js';
import type { Event } from '../../src/domain/request/event.js';
import { policyName } from '../../src/grants/iam-policy/documents.js';
import { sideBySide } from './load.js';
import { ACCOUNT, TEAM, type Place } from './place.js';
import { slackAccount } from '../support/accounts.js';

const HOUR = 3_600_000;

/**
 * Puts active leases on record, with the policies that they made in IAM, as if they had been asked for an hour ago.
 * @param ends when each ends, in whole seconds
 * @returns their ids
 */
export async function activeLeases({ store, cloud }: Place, ends: Instant[]): Promise<string[]> {
  const ids: string[] = [];
  await sideBySide(16, [...ends.entries()], async ([i, endsAt]) => {
    const id = ulid();
    const name = `lease${i}@corp.example`;
    const { events, pending } = history(id, name, endsAt);
    const [, , approved] = events;
    if (approved?.type !== 'RequestApproved') throw new Error('the history has changed');
    const { head, records } = apply(undefined, events);
    const grant = events.reduce(evolveGrant, grantFrom(pending, approved));
    // Everything that was owed has been done long ago.
    const written = await store.write({
      head: { ...head, outbox: [], dueAt: endsAt },
      records,
      grant,
      lease: 'put',
    });
    if (written !== 'written') throw new Error(written);
    cloud.addUser({
      account: ACCOUNT,
      name,
      inline: {
        [policyName(id)]: {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
        },
      },
    });
    ids.push(id);
  });
  return ids;
}

function history(id: string, email: string, endsAt: Instant): { events: Event[]; pending: Pending } {
  const at = endsAt - HOUR;
  const requester = { email, account: slackAccount('U0ASK0', TEAM) };
  const ruling = { policies: ['sandbox-at-once'], advice: [], bundle: sha256('bundle') };
  const asked: Omit<Asked, 'revision' | 'votes'> = {
    id,
    requester,
    entitlement: {
      id: 'sandbox-bucket-reader',
      name: 'Sandbox bucket reader',
      description: 'Read the sample data from your own IAM user.',
      environment: 'sandbox',
      account: ACCOUNT,
      risk: 'low',
      owners: ['engineers'],
    },
    duration: HOUR,
    justification: 'looking at the sample data',
    requestedAt: at,
    lapsesAt: at + HOUR,
    grant: {
      kind: 'iam-policy',
      account: ACCOUNT,
      principal: { type: 'user', name: email },
      config: { statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] }] },
      hash: sha256('grant'),
    },
    ruling,
    chain: [],
  };
  const by = 'jit';
  return {
    pending: { ...asked, revision: 0, votes: [], status: 'pending', checked: true },
    events: [
      { type: 'RequestSubmitted', at, by: requester, asked },
      { type: 'PreflightPassed', at, by },
      { type: 'RequestApproved', at, by, lease: { startsAt: at, endsAt }, ruling },
      { type: 'ProvisionAttempted', at, by, until: at + 30_000 },
      { type: 'GrantProvisioned', at, by, receipt: { kind: 'iam-policy' } },
      { type: 'EndAnnounced', at: endsAt - 600_000, by },
    ],
  };
}
