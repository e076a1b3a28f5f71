import type { Instant, Millis } from '../../entitlement.js';
import { defined } from '../../objects.js';
import { isFrom, SKEW, tooLate, type Past } from '../../record/past.js';
import { isInstant, isRequester, isText, wrongReason } from '../../record/values.js';
import type { EventOf } from '../event.js';
import type { Active, State } from '../state.js';
import {
  LIVING,
  NOTHING,
  notTheirs,
  record,
  standing,
  tell,
  type Decisions,
  type EventRow,
} from './story.js';

// The requester asks for sessions while the access lasts, and hears that its end is near.

/** Sessions that one person may ask for within a minute. */
export const MOST_PRESSES = 10;
const MINUTE: Millis = 60_000;

export const USING_COMMANDS: Decisions<'RequestMint' | 'AttemptMint' | 'RefuseMint' | 'RecordMint'> = {
  RequestMint({ at, by, waiting }, state) {
    const refusal = notTheirs(by, state);
    if (refusal) return { refusal };
    if (state.status !== 'active' || at >= state.lease.endsAt)
      return { refusal: { code: 'not-active', ...standing(state) } };
    const retryIn = pressAgainIn(state, at);
    if (retryIn !== undefined)
      return { refusal: { code: 'too-many-sessions', limit: MOST_PRESSES, retryIn } };
    return record(at, { type: 'MintRequested', waiting }, by);
  },
  AttemptMint({ at, permittedAt }, state) {
    if (state.status !== 'active' || at >= state.lease.endsAt) return NOTHING;
    return record(at, { type: 'MintAttempted', permittedAt });
  },
  RefuseMint: ({ at, reason }, { status }) =>
    status === 'active' ? record(at, { type: 'MintRefused', reason }) : NOTHING,
  RecordMint: ({ at, accessKeyId, expiresAt, lingering }, { status }) =>
    status === 'pending'
      ? NOTHING
      : record(at, { type: 'CredentialsMinted', accessKeyId, expiresAt, ...defined({ lingering }) }),
};

/** An answer that comes after the end is still a fact for the record. */
type Approved = Exclude<State['status'], 'pending'>;

export const USING = {
  MintRequested: {
    after: { active: true },
    recordedBy: 'people',
    members: { waiting: 'always' },
    // Older programs wrote no such list into HEAD, and a record leads to the HEAD that they wrote.
    evolve: ({ at }, before) =>
      before.format === undefined
        ? before
        : { ...before, presses: [...(before.presses ?? []), at].slice(-MOST_PRESSES) },
    owes: ({ at, waiting }) => [{ effect: { type: 'mint', waiting, requestedAt: at } }],
    dropsSessions: 'replaced',
    law: ({ at, by, waiting }, before) => {
      if (!isRequester(by, before)) return 'credentials were asked for by somebody other than the requester';
      const late = tooLate(at, before);
      if (late) return late;
      if (pressAgainIn(before, at) !== undefined)
        return 'credentials were asked for more often than is let through';
      return isText(waiting) ? undefined : 'credentials were asked for, and no window waited for them';
    },
  } satisfies EventRow<'MintRequested', 'active'>,

  MintAttempted: {
    after: { active: true },
    members: { permittedAt: 2 },
    evolve: (_, before) => before,
    owes: () => [],
    law: ({ at, permittedAt }, before, past) => {
      const wrong = tooLate(at, before) ?? unasked(past);
      if (wrong || permittedAt === undefined) return wrong;
      return permittedAt <= at + SKEW && permittedAt >= before.lease.startsAt - SKEW
        ? undefined
        : 'credentials were asked of AWS on a permission from outside of that time';
    },
  } satisfies EventRow<'MintAttempted', 'active'>,

  MintRefused: {
    after: { active: true },
    members: { reason: 'always' },
    evolve: (_, before) => before,
    owes: () => [],
    law: ({ reason }, _, past) => {
      const wrong = unasked(past) ?? wrongReason(reason, 'mint');
      if (wrong) return wrong;
      return reason.code === 'policy' && reason.errors.length > 0
        ? 'a session was refused on a question that policy did not answer'
        : undefined;
    },
  } satisfies EventRow<'MintRefused', 'active'>,

  CredentialsMinted: {
    after: { approved: true, active: true, ending: true, closed: true },
    members: { accessKeyId: 'always', expiresAt: 'always', lingering: 'sometimes' },
    evolve: (_, before) => (before.status === 'active' ? { ...before, mints: before.mints + 1 } : before),
    owes: () => [],
    law: wrongCredentials,
  } satisfies EventRow<'CredentialsMinted', Approved>,

  EndAnnounced: {
    after: { active: true },
    members: {},
    evolve: (_, before) => ({ ...before, warned: true }),
    owes: () => [LIVING, tell('ending-soon')],
    law: ({ at }, before) => {
      if (before.warned) return 'its end was announced twice';
      if (before.extension?.agreed) return 'its end was announced while AWS still had another one';
      const { warnAt, endsAt } = before.lease;
      if (warnAt === undefined || at < warnAt) return 'its end was announced before its time';
      return at < endsAt ? undefined : 'its end was announced after it';
    },
  } satisfies EventRow<'EndAnnounced', 'active'>,
};

/** How long until a session may be asked for again, in ms; undefined: now. */
function pressAgainIn({ presses = [] }: Active, at: Instant): Millis | undefined {
  const [first] = presses.slice(-MOST_PRESSES);
  if (presses.length < MOST_PRESSES || first === undefined || first + MINUTE <= at) return undefined;
  return first + MINUTE - at;
}

function unasked(past: Past): string | undefined {
  return past.counts.MintRequested > 0 ? undefined : 'nobody had asked for credentials';
}

function wrongCredentials(
  { accessKeyId, expiresAt, lingering }: EventOf<'CredentialsMinted'>,
  before: Extract<State, { status: Approved }>,
  past: Past,
): string | undefined {
  const attempted = past.counts.MintAttempted;
  if (attempted <= past.counts.CredentialsMinted) return 'credentials were made without an attempt on record';
  if (!isFrom(2, before)) return undefined;
  if (!isText(accessKeyId)) return 'credentials were made without a key';
  if (lingering && !(isInstant(lingering.until) && lingering.until > expiresAt && isText(lingering.why)))
    return 'credentials were made that linger, and not until when or why';
  const { startsAt = 0, endsAt = 0 } = ('lease' in before && before.lease) || {};
  return isInstant(expiresAt) && expiresAt > startsAt && expiresAt <= endsAt
    ? undefined
    : 'credentials were made for another time than that of the lease';
}
