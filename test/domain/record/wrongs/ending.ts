import type { Event } from '../../../../src/domain/request/event.js';
import { ana } from '../../histories/facts.js';
import { HOUR, MINUTE, SECOND, ruling } from '../../../support/requests.js';
import { OPERATOR } from '../lives.js';
import {
  changed,
  count,
  followed,
  leaseOf,
  mint,
  started,
  stranger,
  type Around,
  type Of,
  type Wrong,
} from './kinds.js';

const TOO_LATE = {
  code: 'aws',
  error: 'TooLate',
  hint: 'AWS did not confirm the access before its end. Ask again.',
} as const;

const CAUSE =
  (by: Event['by'], more: Omit<Of<'RevocationStarted'>, 'type' | 'at' | 'by'>, last = false) =>
  ({ at }: Event, { events }: Around) =>
    started(last ? leaseOf(events)!.endsAt : at, more, by);

export const ending: Wrong[] = [
  changed(
    'RevocationStarted',
    'by jit, taken back for a reason of nobody’s',
    CAUSE('jit', { cause: 'revoked' }),
  ),
  changed(
    'RevocationStarted',
    'by the requester, as revoked',
    CAUSE(ana, { cause: 'revoked', policies: ['p'] }),
  ),
  changed('RevocationStarted', 'by somebody else, as handed back', CAUSE(stranger, { cause: 'released' })),
  changed('RevocationStarted', 'by somebody else, under no policy', CAUSE(stranger, { cause: 'revoked' })),
  changed(
    'RevocationStarted',
    'by somebody else, policies emptied',
    CAUSE(stranger, { cause: 'revoked', policies: [] }),
  ),
  changed(
    'RevocationStarted',
    'by somebody else, groups emptied',
    CAUSE(stranger, { cause: 'revoked', policies: ['p'], unknownGroups: [] }),
  ),
  changed('RevocationStarted', 'by jit, as handed back', CAUSE('jit', { cause: 'released' })),
  changed(
    'RevocationStarted',
    'by jit, for a reason of a person',
    CAUSE('jit', { cause: 'revoked', reason: { code: 'taken-back', text: 'x' } }),
  ),
  changed(
    'RevocationStarted',
    'by jit, of somebody who has left without a problem',
    CAUSE('jit', { cause: 'revoked', reason: { code: 'requester', problem: '' } }),
  ),
  changed(
    'RevocationStarted',
    'by jit, of somebody who has left, under policies',
    CAUSE('jit', { cause: 'revoked', reason: { code: 'requester', problem: 'guest' }, policies: ['p'] }),
  ),
  changed('RevocationStarted', 'by an operator whom nobody ordered', CAUSE(OPERATOR, { cause: 'revoked' })),
  changed(
    'RevocationStarted',
    'on an order that does not stand',
    CAUSE('jit', { cause: 'revoked', reason: { code: 'end-stands' } }),
  ),
  changed('RevocationStarted', 'on an order, after the end', CAUSE(OPERATOR, { cause: 'revoked' }, true)),
  changed('RevocationStarted', 'expired a moment early', (_, { events }) =>
    started(leaseOf(events)!.endsAt - 1, { cause: 'expired' }),
  ),
  changed(
    'RevocationStarted',
    'expired for a reason',
    CAUSE('jit', { cause: 'expired', reason: { code: 'changed' } }, true),
  ),
  changed(
    'RevocationStarted',
    'expired under policies',
    CAUSE('jit', { cause: 'expired', policies: ['p'] }, true),
  ),
  changed(
    'RevocationStarted',
    'handed back under policies',
    CAUSE(ana, { cause: 'released', policies: ['p'] }),
  ),
  changed(
    'RevocationStarted',
    'handed back, text emptied',
    CAUSE(ana, { cause: 'released', reason: { code: 'taken-back', text: '' } }),
  ),
  changed(
    'RevocationStarted',
    'handed back for a reason of AWS',
    CAUSE(ana, { cause: 'released', reason: { code: 'aws', error: 'X', hint: 'x' } }),
  ),
  changed('RevocationStarted', 'failed for no reason', CAUSE('jit', { cause: 'failed' })),
  changed(
    'RevocationStarted',
    'failed for a reason of policy',
    CAUSE('jit', { cause: 'failed', reason: { code: 'policy', policies: [], advice: [], errors: [] } }),
  ),
  changed(
    'RevocationStarted',
    'failed for want of time, before the end',
    CAUSE('jit', { cause: 'failed', reason: TOO_LATE }),
  ),
  changed('RevocationStarted', 'failed after it was made', (event, { events }) =>
    count(events, 'GrantProvisioned') > 0
      ? started(event.at, { cause: 'failed', reason: { code: 'aws', error: 'X', hint: 'x' } })
      : undefined,
  ),
  changed(
    'RevocationStarted',
    'with another text',
    (event) =>
      event.reason?.code === 'taken-back' ? { ...event, reason: { ...event.reason, text: 'y' } } : undefined,
    'it is free text',
  ),
  changed(
    'RevocationStarted',
    'by somebody else, under some policy',
    CAUSE(stranger, { cause: 'revoked', policies: ['p'] }),
    'who may take access back is policy’s to say, and what it said is not on record but by name',
  ),
  changed(
    'RevocationStarted',
    'by jit, of somebody who had not left',
    CAUSE('jit', { cause: 'revoked', reason: { code: 'requester', problem: 'guest' } }),
    'who has left is Slack’s to say',
  ),
  followed('RevocationStarted', 'begun once more', (event) => ({ ...event, at: event.at + SECOND })),
  followed('RevocationStarted', 'a session opened', ({ at }) => mint(at)),
  followed('RevocationStarted', 'access made', ({ at }) => ({
    type: 'GrantProvisioned',
    at,
    by: 'jit',
    receipt: {},
  })),
  changed('RequestClosed', 'as another outcome', (event) => ({
    ...event,
    outcome: event.outcome === 'expired' ? 'released' : 'expired',
  })),
  changed('RequestClosed', 'looked at before a call had landed', (event) => ({
    ...event,
    proof: { ...event.proof, checkedAt: 1 },
  })),
  changed('RequestClosed', 'looked at after it was closed', (event) => ({
    ...event,
    proof: { ...event.proof, checkedAt: event.at + MINUTE },
  })),
  changed('RequestClosed', 'evidence emptied', (event) => ({
    ...event,
    proof: { ...event.proof, evidence: '' },
  })),
  changed(
    'RequestClosed',
    'other evidence',
    (event) => ({ ...event, proof: { ...event.proof, evidence: 'gone, really' } }),
    'what was found in AWS is not on record otherwise',
  ),
  changed(
    'RequestClosed',
    'nothing left to clear away',
    (event, { events }) => {
      if (count(events, 'CleanedUp') > 0) return undefined;
      const { cleanUpAt: _, ...proof } = event.proof;
      return { ...event, proof };
    },
    'what was found in AWS is not on record otherwise',
  ),
  followed('RequestClosed', 'cleared away, and nothing was left', (event) =>
    event.proof.cleanUpAt === undefined ? { type: 'CleanedUp', at: event.at + HOUR, by: 'jit' } : undefined,
  ),
  followed('RequestClosed', 'cleared away at once', (event) => {
    const { cleanUpAt } = event.proof;
    return cleanUpAt !== undefined && cleanUpAt > event.at + MINUTE
      ? { type: 'CleanedUp', at: event.at, by: 'jit' }
      : undefined;
  }),
  followed('RequestClosed', 'approved', (event) => ({
    type: 'RequestApproved',
    at: event.at,
    by: 'jit',
    ruling,
    lease: { startsAt: event.at, endsAt: event.at + HOUR },
    given: {},
  })),
  changed('CleanedUp', 'while a session may live', (event, { events }) => {
    const due = events.find((one) => one.type === 'RequestClosed')?.proof.cleanUpAt;
    return due === undefined ? undefined : { ...event, at: due - MINUTE };
  }),
  followed('CleanedUp', 'cleared away once more, later', ({ at }) => ({
    type: 'CleanedUp',
    at: at + SECOND,
    by: 'jit',
  })),
  followed('CleanedUp', 'credentials', ({ at }) => ({
    type: 'CredentialsMinted',
    at,
    by: 'jit',
    accessKeyId: 'ASIA2',
    expiresAt: at + 1,
  })),
];
