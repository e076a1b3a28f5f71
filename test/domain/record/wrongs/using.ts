import { ana } from '../../histories/facts.js';
import { MINUTE, SECOND } from '../../../support/requests.js';
import {
  atEnd,
  changed,
  count,
  followed,
  leaseOf,
  mint,
  place,
  press,
  reasonOf,
  type Wrong,
  SAID,
} from './kinds.js';

export const using: Wrong[] = [
  changed('MintRequested', 'at the end', (event, { events }) => atEnd(event, events)),
  changed('MintRequested', 'by another account of the requester', (event) => ({
    ...event,
    by: { ...ana, account: { ...ana.account, id: 'UANA9' } },
  })),
  changed('MintRequested', 'no window', (event) => ({ ...event, waiting: '' })),
  changed(
    'MintRequested',
    'from another window',
    (event) => ({ ...event, waiting: 'V77' }),
    'windows are Slack’s',
  ),
  {
    name: 'after MintRequested: more than ten within a minute',
    make({ events }, chance) {
      const n = place(events, 'MintRequested', chance);
      if (n === undefined) return undefined;
      const more = Array.from({ length: 10 }, (_, i) => press(events[n]!.at + i));
      return events.toSpliced(n + 1, 0, ...more);
    },
  },
  followed(
    'MintRequested',
    'one more a minute later',
    ({ at }, { events }) => (at + MINUTE < (leaseOf(events)?.endsAt ?? 0) ? press(at + SECOND) : undefined),
    'people press more than once; ten times a minute is let through',
  ),
  followed('GrantProvisioned', 'a session opened that nobody had asked for', ({ at }) => mint(at)),
  followed('GrantProvisioned', 'a session refused that nobody had asked for', ({ at }) => ({
    type: 'MintRefused',
    at,
    by: 'jit',
    reason: { code: 'requester', problem: 'guest' },
  })),
  followed('GrantProvisioned', 'credentials without an attempt', ({ at }) => ({
    type: 'CredentialsMinted',
    at,
    by: 'jit',
    accessKeyId: 'ASIA2',
    expiresAt: at + 1,
  })),
  changed('MintAttempted', 'at the end', (event, { events }) => atEnd(event, events)),
  changed('MintAttempted', 'permitted after it', (event) => ({ ...event, permittedAt: event.at + MINUTE })),
  changed('MintAttempted', 'permitted before the lease', (event, { events }) => ({
    ...event,
    permittedAt: leaseOf(events)!.startsAt - MINUTE,
  })),
  changed('MintAttempted', 'permittedAt removed', ({ permittedAt: _permittedAt, ...event }) => event),
  changed(
    'MintAttempted',
    'permitted a second earlier',
    (event) => ({ ...event, permittedAt: event.at - SECOND }),
    'when policy was asked is kept nowhere else',
  ),
  ...(['vote', 'changed', 'aws', 'taken-back', 'no-room', 'unfillable', 'end-stands'] as const).map((code) =>
    changed('MintRefused', `for "${code}"`, (event) => ({ ...event, reason: reasonOf(code) })),
  ),
  changed('MintRefused', 'for a question that policy did not answer', (event) => ({
    ...event,
    reason: { code: 'policy', policies: [], advice: [], errors: ['x'] },
  })),
  changed(
    'MintRefused',
    'by other policies',
    (event) =>
      event.reason.code === 'policy' ? { ...event, reason: { ...event.reason, policies: ['x'] } } : undefined,
    SAID,
  ),
  followed('CredentialsMinted', 'more credentials than attempts', (event, { events }) =>
    count(events, 'MintAttempted') === count(events, 'CredentialsMinted')
      ? { ...event, accessKeyId: 'ASIA9' }
      : undefined,
  ),
  changed('CredentialsMinted', 'that outlive the lease', (event, { events }) => ({
    ...event,
    expiresAt: leaseOf(events)!.endsAt + 1,
  })),
  changed('CredentialsMinted', 'that never lived', (event) => ({ ...event, expiresAt: 0 })),
  changed('CredentialsMinted', 'that linger until before their end', (event) => ({
    ...event,
    lingering: { until: event.expiresAt, why: 'AccessDenied' },
  })),
  changed('CredentialsMinted', 'that linger, and not why', (event) => ({
    ...event,
    lingering: { until: event.expiresAt + 1, why: '' },
  })),
  changed('CredentialsMinted', 'key emptied', (event) => ({ ...event, accessKeyId: '' })),
  changed(
    'CredentialsMinted',
    'another key',
    (event) => ({ ...event, accessKeyId: 'ASIA3' }),
    'CloudTrail has the keys; the record does not have them twice',
  ),
];
