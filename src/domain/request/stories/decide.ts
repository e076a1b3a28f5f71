import { confirm } from './confirm.js';
import { MOST_PRESSES, pressAgainIn } from '../presses.js';
import { refusalFor, type Refusal } from '../../refusal.js';
import type { Command } from '../command.js';
import type { Event } from '../event.js';
import type { State } from '../state.js';
import { submit } from './submit.js';
import { vote } from './vote.js';
import { samePerson } from '../../person.js';

export type Decided = { events: Event[] } | { refusal: Refusal };

/**
 * What a command leads to. People's commands are refused with a code; the engine's are reports,
 * and one that has lost its meaning (something else came first) leads to no event.
 */
export function decide(command: Command, state: State | undefined): Decided {
  if (command.type === 'Submit') return submit(command, state);
  if (!state) return { refusal: { code: 'unknown-request' } };
  const { at } = command;
  switch (command.type) {
    case 'Approve':
    case 'Deny':
      return vote(command, state);
    case 'Cancel':
    case 'Revoke':
    case 'RequestMint':
      return byPerson(command, state);
    case 'Confirm':
      return { events: confirm(command, state) };
    case 'Tick':
      return { events: tick(at, state) };
    case 'EndForLeaver':
      if (state.status !== 'approved' && state.status !== 'active') return NOTHING;
      return engine(at, { type: 'RevocationStarted', cause: 'revoked', reason: command.reason });
    case 'End':
      // Later, the clock says it.
      if ((state.status !== 'approved' && state.status !== 'active') || at >= state.lease.endsAt)
        return NOTHING;
      return { events: [{ ...command.start, type: 'RevocationStarted', at }] };
    case 'PassPreflight':
      if (state.status !== 'pending' || state.checked) return NOTHING;
      return engine(at, { type: 'PreflightPassed', ...(command.note && { note: command.note }) });
    case 'FailPreflight':
      if (state.status !== 'pending' || state.checked) return NOTHING;
      return engine(at, { type: 'RequestDenied', reason: command.reason });
    case 'AttemptProvision':
      if (state.status !== 'approved' || at >= state.lease.endsAt) return NOTHING;
      return engine(at, { type: 'ProvisionAttempted', until: command.until });
    case 'RecordProvisioned':
      if (state.status !== 'approved') return NOTHING;
      return engine(at, { type: 'GrantProvisioned', receipt: command.receipt });
    case 'FailProvision':
      if (state.status !== 'approved') return NOTHING;
      return engine(at, { type: 'RevocationStarted', cause: 'failed', reason: command.reason });
    case 'AttemptMint':
      if (state.status !== 'active' || at >= state.lease.endsAt) return NOTHING;
      return engine(at, { type: 'MintAttempted', permittedAt: command.permittedAt });
    case 'RefuseMint':
      if (state.status !== 'active') return NOTHING;
      return engine(at, { type: 'MintRefused', reason: command.reason });
    case 'RecordMint': {
      if (state.status === 'pending') return NOTHING;
      const { accessKeyId, expiresAt } = command;
      return engine(at, { type: 'CredentialsMinted', accessKeyId, expiresAt });
    }
    case 'RecordGone':
      // A provisioning call may still land until `settledBy`: only a later look proves that it is gone.
      if (state.status !== 'ending' || command.proof.checkedAt <= state.settledBy) return NOTHING;
      return engine(at, { type: 'RequestClosed', outcome: state.cause, proof: command.proof });
    case 'RecordCleanUp':
      if (state.status !== 'closed' || state.proof?.cleanUpAt === undefined || state.cleanedUp)
        return NOTHING;
      return engine(at, { type: 'CleanedUp' });
    default:
      return command satisfies never;
  }
}

const NOTHING: Decided = { events: [] };

type Fact<E = Event> = E extends Event ? Omit<E, 'at' | 'by'> : never;

function engine(at: number, fact: Fact): Decided {
  return { events: [{ ...fact, at, by: 'jit' }] };
}

type PersonCommand = Extract<Command, { type: 'Cancel' | 'Revoke' | 'RequestMint' }>;

function byPerson(command: PersonCommand, state: State): Decided {
  const { at, by } = command;
  const who = samePerson(by, state.requester);
  if (who === 'changed') return { refusal: { code: 'identity-changed' } };
  const own = who === 'same';
  const standing = {
    status: state.status,
    ...(state.status === 'closed' && { outcome: state.outcome }),
  };
  if (command.type === 'Cancel') {
    if (!own) return { refusal: { code: 'not-yours' } };
    if (state.status !== 'pending') return { refusal: { code: 'not-pending', ...standing } };
    return { events: [{ type: 'RequestCancelled', at, by }] };
  }
  if (command.type === 'RequestMint') {
    if (!own) return { refusal: { code: 'not-yours' } };
    if (state.status !== 'active' || at >= state.lease.endsAt)
      return { refusal: { code: 'not-active', ...standing } };
    const retryIn = pressAgainIn(state, at);
    if (retryIn !== undefined)
      return { refusal: { code: 'too-many-sessions', limit: MOST_PRESSES, retryIn } };
    return { events: [{ type: 'MintRequested', at, by, waiting: command.waiting }] };
  }
  const { verdict, unknownGroups = [] } = command;
  if (!own && verdict?.outcome !== 'allowed') return { refusal: refusalFor(verdict) };
  // It is being taken away already; that somebody asks again makes it sooner, where it was put off.
  if (state.status === 'ending') return NOTHING;
  if (state.status !== 'approved' && state.status !== 'active')
    return { refusal: { code: 'not-active', ...standing } };
  return {
    events: [
      {
        type: 'RevocationStarted',
        at,
        by,
        cause: own ? 'released' : 'revoked',
        ...(!own && verdict && { policies: verdict.policies }),
        ...(!own && unknownGroups.length > 0 && { unknownGroups }),
        ...(command.text && { reason: { code: 'taken-back', text: command.text } }),
      },
    ],
  };
}

const EXPIRED = { cause: 'expired' } as const;
const TOO_LATE = {
  cause: 'failed',
  reason: {
    code: 'aws',
    error: 'TooLate',
    hint: 'AWS did not confirm the access before its end. Ask again.',
  },
} as const;

/** What the clock alone has changed. */
function tick(at: number, state: State): Event[] {
  switch (state.status) {
    case 'pending':
      return at >= state.lapsesAt ? [{ type: 'RequestLapsed', at, by: 'jit' }] : [];
    case 'approved':
    case 'active':
      if (at >= state.lease.endsAt)
        return [
          { type: 'RevocationStarted', at, by: 'jit', ...(state.status === 'active' ? EXPIRED : TOO_LATE) },
        ];
      if (state.status === 'approved' || state.warned) return [];
      return at >= (state.lease.warnAt ?? Infinity) ? [{ type: 'EndAnnounced', at, by: 'jit' }] : [];
    case 'ending':
    case 'closed':
      return [];
    default:
      return state satisfies never;
  }
}
