import type { Instant, Millis } from '../entitlement.js';
import type { Active, Asked, Closed, Extension, PastExtension, Pending, State } from './state.js';

/** An active request of which an extension waits. */
export type Extending = Active & { extension: Extension };

/** Whether people are asked for an extension of it, or have all agreed: AWS has not been asked yet. */
export function isExtending(state: State): state is Extending {
  return state.status === 'active' && state.extension !== undefined && !state.extension.agreed;
}

/** The whole time that has been approved, extensions included. */
export function approvedFor({ duration, extended = [] }: Pick<Asked, 'duration' | 'extended'>): Millis {
  return extended.reduce((sum, { more }) => sum + more, duration);
}

/** The time from its start, to the full minute, that an extension by so much would make of it. */
export function totalWith(state: Pick<Asked, 'duration' | 'extended'>, more: Millis): Millis {
  return approvedFor(state) + more;
}

/**
 * Whether it goes past what approvers gave in the place of what was asked for: then the request's own chain decides, whatever
 * policies say of extensions.
 */
export function passesShortening({ shortened = [] }: Pick<Asked, 'shortened'>): boolean {
  return shortened.length > 0;
}

/** Extensions that are decided, in order. */
export function pastExtensions({ extended = [], notExtended = [] }: Asked): PastExtension[] {
  return [...extended, ...notExtended].sort((a, b) => a.number - b.number);
}

/** The end that an extension was to move. */
export function endBefore({ endsAt, more }: Extension): Instant {
  return endsAt - more;
}

/** The extension as a request for the whole time: voted on, checked and shown as one. It lapses at the old end. */
export function asRequest(state: Asked, extension: Extension): Pending {
  const { id, format, requester, entitlement, justification, ticket, emergency, grant, extended } = state;
  const { total: duration, requestedAt, ruling, chain, revision, votes } = extension;
  return {
    id,
    requester,
    entitlement,
    justification,
    grant,
    ...(format !== undefined && { format }),
    ...(ticket !== undefined && { ticket }),
    ...(emergency && { emergency }),
    ...(extended && { extended }),
    duration,
    requestedAt,
    ruling,
    chain,
    revision,
    votes,
    lapsesAt: endBefore(extension),
    status: 'pending',
    checked: true,
  };
}

/** The same of one that is decided. */
export function asPastRequest(state: Asked, extension: PastExtension): Closed {
  const { checked: _, ...request } = asRequest(state, extension);
  const { at, by, reason } = extension;
  return {
    ...request,
    ...(by && { by }),
    ...(reason && { reason }),
    status: 'closed',
    outcome: reason ? 'denied' : 'expired',
    closedAt: at,
  };
}

/** What somebody decides who decides on it now: the extension that waits, else the request. */
export function decidedOn(state: State): State {
  return isExtending(state) ? asRequest(state, state.extension) : state;
}
