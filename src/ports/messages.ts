import type { Instant, Millis } from '../domain/entitlement.js';
import type { News, NoCredentials } from '../domain/request/effects.js';
import type { Post, Unasked } from '../domain/request/head.js';
import type { State } from '../domain/request/state.js';
import type { Credentials } from './access.js';
import type { Candidate } from './people.js';

export interface RequestView {
  state: State;
  /** By stage: where its card stands. */
  posts: Record<string, Post>;
  /** By stage: why no approver can be asked for it now. */
  unasked?: Record<string, Unasked>;
  /** By stage: whom it waits for. */
  asked: Record<string, Candidate[]>;
  /** For those who decide; absent where it could not be looked up, and of what is decided. */
  about?: AboutRequester;
  /** Whether AWS ends the access on time with jit down; absent of a grant kind that this version does not know. */
  endsAlone?: boolean;
}

/** What an approver may want to know of the requester. */
export interface AboutRequester {
  /** What they are, in their own words. */
  title?: string;
  /** The access that they have by other requests, what ends first first. */
  live: { name: string; until: Instant }[];
  /** How often they asked for the same thing before, from `since` until this request, and what came of it. */
  asked: { times: number; approved: number; denied: number; since: Instant };
}

/** Messages out. Throws `NotifyFault`, or anything else for a passing fault. */
export interface Notifier {
  /**
   * Brings the cards in line with the request: posts what is missing, in the default channel where its own takes
   * nothing, and updates what differs. @returns all posts
   */
  cards(view: RequestView, retry: boolean): Promise<Record<string, Post>>;
  /** @param id names this message for ever, so that it can be looked up before it is sent again */
  tell(view: RequestView, news: News, id: string, retry: boolean): Promise<void>;
  /** Puts credentials into the window that waits for them. They rest nowhere else. */
  showCredentials(waiting: string, state: State, credentials: Credentials): Promise<void>;
  /** Says in the waiting window why there are none. */
  showNoCredentials(waiting: string, why: NoCredentials, hint?: string): Promise<void>;
}

export class NotifyFault extends Error {
  constructor(
    /** The error's name, as the one who carries messages gives it. */
    readonly code: string,
    readonly permanent: boolean,
    /** Asked to wait this long. */
    readonly retryAfter?: Millis,
    /** Present where no approver can be asked: the stage whose card no channel takes. */
    readonly unasked?: { stage: string; tried: Unasked['tried'] },
  ) {
    super(code);
    this.name = 'NotifyFault';
  }
}
