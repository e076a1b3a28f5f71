import { ana } from '../../histories/facts.js';
import { HOUR, SECOND } from '../../../support/requests.js';
import {
  atEnd,
  changed,
  followed,
  leaseOf,
  press,
  started,
  stranger,
  type Of,
  type Wrong,
  SAID,
} from './kinds.js';

const LEASE =
  (change: (lease: Of<'RequestApproved'>['lease']) => object) => (event: Of<'RequestApproved'>) => ({
    ...event,
    lease: { ...event.lease, ...change(event.lease) },
  });

export const making: Wrong[] = [
  changed(
    'RequestApproved',
    'a longer lease',
    LEASE(({ endsAt }) => ({ endsAt: endsAt + SECOND })),
  ),
  changed(
    'RequestApproved',
    'a shorter lease',
    LEASE(({ endsAt }) => ({ endsAt: endsAt - SECOND })),
  ),
  changed(
    'RequestApproved',
    'a lease from an earlier time',
    LEASE(({ startsAt }) => ({ startsAt: startsAt - HOUR })),
  ),
  changed(
    'RequestApproved',
    'a lease from a later time',
    LEASE(({ startsAt, endsAt }) => ({ startsAt: startsAt + HOUR, endsAt: endsAt + HOUR })),
  ),
  changed(
    'RequestApproved',
    'announced before it begins',
    LEASE(({ startsAt }) => ({ warnAt: startsAt - 1 })),
  ),
  changed(
    'RequestApproved',
    'announced after it ends',
    LEASE(({ endsAt }) => ({ warnAt: endsAt })),
  ),
  changed('RequestApproved', 'policies emptied', (event) => ({
    ...event,
    ruling: { ...event.ruling, policies: [] },
  })),
  changed(
    'RequestApproved',
    'by other policies',
    (event) => ({ ...event, ruling: { ...event.ruling, policies: ['x'] } }),
    SAID,
  ),
  changed('RequestApproved', 'given removed', ({ given: _given, ...event }) => event),
  changed('RequestApproved', 'given a text', (event) => ({ ...event, given: { hour: 'ten' } })),
  changed(
    'RequestApproved',
    'given other facts',
    (event) => ({ ...event, given: { hour: 3 } }),
    'what was looked up is not kept elsewhere; the grant’s own record has it too',
  ),
  changed('RequestApproved', 'in a group twice', (event) => ({ ...event, groups: ['dba', 'dba'] })),
  changed('RequestApproved', 'unknown inputs emptied', (event) => ({ ...event, unknownInputs: [] })),
  changed('RequestApproved', 'decided after it was written', (event) => ({
    ...event,
    decidedAt: event.at + HOUR,
  })),
  changed('RequestApproved', 'decided before it was asked for', (event, { events }) => ({
    ...event,
    decidedAt: events[0]!.at - HOUR,
  })),
  changed('RequestApproved', 'decided at no time', (event) => ({ ...event, decidedAt: Number.NaN })),
  changed(
    'RequestApproved',
    'in other groups',
    (event) => ({ ...event, groups: ['security'] }),
    'who was in which groups is not kept elsewhere',
  ),
  changed('RequestApproved', 'in no wording', (event) => ({ ...event, form: 0 })),
  changed('RequestApproved', 'with a way in that leads nowhere', (event) => ({
    ...event,
    access: { manageRoleArn: '' },
  })),
  changed(
    'RequestApproved',
    'with another way in',
    (event) => ({ ...event, access: { manageRoleArn: 'arn:aws:iam::9:role/x' } }),
    'what the directory said then is not kept elsewhere; the grant’s own record has it too',
  ),
  followed('RequestApproved', 'a second approval', (event) => ({ ...event, at: event.at + SECOND })),
  followed('RequestApproved', 'a vote', ({ at }) => ({
    type: 'Voted',
    at,
    by: stranger,
    vote: { stage: 'security', by: stranger, at, policies: ['p'] },
  })),
  followed('RequestApproved', 'access without an attempt', ({ at }) => ({
    type: 'GrantProvisioned',
    at,
    by: 'jit',
    receipt: {},
  })),
  followed('RequestApproved', 'a failure without an attempt', ({ at }) =>
    started(at, { cause: 'failed', reason: { code: 'aws', error: 'X', hint: 'x' } }),
  ),
  followed('RequestApproved', 'cancelled', ({ at }) => ({ type: 'RequestCancelled', at, by: ana })),
  followed('RequestApproved', 'a session asked for before there is access', ({ at }) => press(at)),
  followed('RequestApproved', 'expired, of what was never made', ({ lease }) =>
    started(lease.endsAt, { cause: 'expired' }),
  ),
  changed('ProvisionAttempted', 'until before it began', (event) => ({ ...event, until: event.at - 1 })),
  changed('ProvisionAttempted', 'until an hour later', (event) => ({ ...event, until: event.at + HOUR })),
  changed('ProvisionAttempted', 'at the end', (event, { events }) => atEnd(event, events, { until: 0 })),
  changed(
    'ProvisionAttempted',
    'until a second earlier',
    (event) => ({ ...event, until: event.until - SECOND }),
    'how long a call takes at most is the adapter’s to say; it is only bounded',
  ),
  followed('GrantProvisioned', 'an attempt to make it again', ({ at }) => ({
    type: 'ProvisionAttempted',
    at,
    by: 'jit',
    until: at + 30 * SECOND,
  })),
  changed(
    'GrantProvisioned',
    'another receipt',
    (event) => ({ ...event, receipt: { a: 1 } }),
    'what AWS answered is not kept elsewhere; the grant’s own record has it too',
  ),
  followed('GrantProvisioned', 'announced at once', ({ at }) => ({ type: 'EndAnnounced', at, by: 'jit' })),
  followed('EndAnnounced', 'announced once more, later', ({ at }) => ({
    type: 'EndAnnounced',
    at: at + SECOND,
    by: 'jit',
  })),
  changed('EndAnnounced', 'at the end', (event, { events }) => atEnd(event, events)),
  changed('EndAnnounced', 'a moment before warnAt', (event, { events }) => {
    const warnAt = leaseOf(events)?.warnAt;
    return warnAt === undefined ? undefined : { ...event, at: warnAt - 1 };
  }),
];
