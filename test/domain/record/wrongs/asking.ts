import { HOUR, SECOND, ruling } from '../../../support/requests.js';
import { changed, denied, followed, stranger, type Of, type Wrong, SAID } from './kinds.js';

const ASKED =
  (change: (asked: Of<'RequestSubmitted'>['asked']) => object) => (event: Of<'RequestSubmitted'>) => ({
    ...event,
    asked: { ...event.asked, ...change(event.asked) },
  });

export const asking: Wrong[] = [
  changed(
    'RequestSubmitted',
    'asked for at another time',
    ASKED(({ requestedAt }) => ({ requestedAt: requestedAt - HOUR })),
  ),
  changed(
    'RequestSubmitted',
    'lapsed from the beginning',
    ASKED(({ requestedAt }) => ({ lapsesAt: requestedAt })),
  ),
  changed(
    'RequestSubmitted',
    'for no whole minutes',
    ASKED(({ duration }) => ({ duration: duration + 1 })),
  ),
  changed(
    'RequestSubmitted',
    'for a month',
    ASKED(() => ({ duration: 720 * HOUR })),
  ),
  changed(
    'RequestSubmitted',
    'justification emptied',
    ASKED(() => ({ justification: '' })),
  ),
  changed(
    'RequestSubmitted',
    'justification that nobody can see',
    ASKED(() => ({ justification: '\u200b\u2060' })),
  ),
  changed(
    'RequestSubmitted',
    'for another account',
    ASKED(({ entitlement }) => ({ entitlement: { ...entitlement, account: '9' } })),
  ),
  changed(
    'RequestSubmitted',
    'for another grant than its hash says',
    ASKED(({ grant }) => ({ grant: { ...grant, config: { a: 1 } } })),
  ),
  changed(
    'RequestSubmitted',
    'policies emptied',
    ASKED(() => ({ ruling: { ...ruling, policies: [] } })),
  ),
  changed(
    'RequestSubmitted',
    'a stage twice in its chain',
    ASKED(({ chain }) => ({
      chain: [...chain, ...chain, { name: 'a', quorum: 1 }, { name: 'a', quorum: 1 }],
    })),
  ),
  changed(
    'RequestSubmitted',
    'a quorum of none',
    ASKED(({ chain }) => ({ chain: [...chain, { name: 'zero', quorum: 0 }] })),
  ),
  changed(
    'RequestSubmitted',
    'in the name of somebody else',
    ASKED(() => ({ requester: stranger })),
  ),
  changed(
    'RequestSubmitted',
    'votes smuggled in',
    ASKED(() => ({ votes: [] })),
  ),
  changed(
    'RequestSubmitted',
    'a lease smuggled in',
    ASKED(() => ({ lease: { startsAt: 0, endsAt: 9e15 } })),
  ),
  changed('RequestSubmitted', 'in a group twice', (event) => ({ ...event, groups: ['dba', 'dba'] })),
  changed('RequestSubmitted', 'in a group without a name', (event) => ({ ...event, groups: [''] })),
  changed('RequestSubmitted', 'in groups that are no list', (event) => ({ ...event, groups: 'dba' })),
  changed('RequestSubmitted', 'unknown groups emptied', (event) => ({ ...event, unknownGroups: [] })),
  changed('RequestSubmitted', 'given a text', (event) => ({ ...event, given: { onCall: 'yes' } })),
  changed('RequestRefused', 'unknown inputs emptied', (event) => ({ ...event, unknownInputs: [] })),
  changed(
    'RequestSubmitted',
    'in other groups',
    (event) => ({ ...event, groups: ['security'] }),
    'who was in which groups is not kept elsewhere',
  ),
  changed(
    'RequestSubmitted',
    'groups left out',
    ({ groups: _groups, ...event }) => event,
    'an earlier program kept none of them, and of more than can be kept none are',
  ),
  changed(
    'RequestRefused',
    'given other facts',
    (event) => ({ ...event, given: { liveGrants: 9 } }),
    'what was looked up is not kept elsewhere',
  ),
  changed('RequestSubmitted', 'a format that there is not', (event) => ({ ...event, format: 3 })),
  changed(
    'RequestSubmitted',
    'format left out',
    ({ format: _format, ...event }) => event,
    'an older program may have begun it, and the next one gone on',
  ),
  changed(
    'RequestSubmitted',
    'another justification',
    ASKED(() => ({ justification: 'something nicer' })),
    'it is free text',
  ),
  changed(
    'RequestSubmitted',
    'another ticket',
    ASKED(() => ({ ticket: 'OPS-1' })),
    'it is free text',
  ),
  changed(
    'RequestSubmitted',
    'another name of the entitlement',
    ASKED(({ entitlement }) => ({ entitlement: { ...entitlement, name: 'harmless' } })),
    SAID,
  ),
  changed(
    'RequestSubmitted',
    'it lapses a day later',
    ASKED(({ lapsesAt }) => ({ lapsesAt: lapsesAt + 24 * HOUR })),
    'later events may depend on it, but how long approvers have stands in the directory',
  ),
  changed('RequestRefused', 'for a reason of the engine', (event) => ({
    ...event,
    reason: { code: 'changed' },
  })),
  changed('RequestRefused', 'by other policies than its ruling names', (event) =>
    event.reason.code === 'policy'
      ? { ...event, reason: { ...event.reason, policies: ['other'] } }
      : undefined,
  ),
  changed('RequestRefused', 'for want of people of whom there are enough', (event) =>
    event.reason.code === 'unfillable'
      ? { ...event, reason: { ...event.reason, available: event.reason.needed } }
      : undefined,
  ),
  changed('RequestRefused', 'for want of people in a stage that was not asked for', (event) =>
    event.reason.code === 'unfillable'
      ? { ...event, reason: { ...event.reason, stage: 'choir' } }
      : undefined,
  ),
  changed('RequestRefused', 'by policy, with a chain', (event) => ({
    ...event,
    asked: { ...event.asked, chain: [{ name: 'manager', quorum: 1 }] },
  })),
  changed('PreflightPassed', 'an empty note', (event) => ({ ...event, note: '' })),
  changed(
    'PreflightPassed',
    'another note',
    (event) => ({ ...event, note: 'AWS was asleep' }),
    'what AWS answered is not on record',
  ),
  followed('PreflightPassed', 'checked once more, later', ({ at }) => ({
    type: 'PreflightPassed',
    at: at + SECOND,
    by: 'jit',
  })),
  followed('PreflightPassed', 'AWS refuses what it had let through', ({ at }) =>
    denied(at, { code: 'aws', error: 'AccessDenied', hint: 'no' }),
  ),
];
