import type { Delegation } from '../domain/delegation.js';
import type { Instant, Millis } from '../domain/entitlement.js';
import type { Person } from '../domain/person.js';
import type { News, NoCredentials } from '../domain/request/effects.js';
import type { AuditRecord } from '../domain/record/seal.js';
import type { Post, TriedPlace, Unasked } from '../domain/request/posts.js';
import type { Extension, State } from '../domain/request/state.js';
import type { Credentials } from './access.js';
import type { Candidate } from './people.js';
import type { Shell } from './shell.js';

export interface RequestView {
  state: State;
  /** What is asked for is an extension, which `state` holds as a request for the whole time. */
  extension?: Extension;
  /** By stage: where its card stands. */
  posts: Record<string, Post>;
  /** By stage: why no approver can be asked for it now. */
  unasked?: Record<string, Unasked>;
  /** By stage: whom it waits for. */
  asked: Record<string, Candidate[]>;
  /** The accounts of all who may decide at the open stage, in their own right; absent: not known of each of them. */
  deciders?: string[];
  /** Whether they are not those who could when its card was drawn last. */
  decidersChanged?: boolean;
  /** By stage that has escalated: the people of the group to which it went, who are among `asked`; absent: not known. */
  escalatedTo?: Record<string, Candidate[]>;
  /** By stage: who stands in for whom; absent: not known. */
  standIns?: Record<string, StandIn[]>;
  /** For those who decide; absent where it could not be looked up, and of what is decided. */
  about?: AboutRequester;
  /** Whether AWS ends the access on time with jit down; absent of a grant kind that this version does not know. */
  endsAlone?: boolean;
  /** Whether there is less to approve than what is asked for: a shorter time on offer. Absent of what is decided. */
  canShorten?: boolean;
}

/** Somebody who may vote in the place of one who may fill a stage. */
export interface StandIn {
  candidate: Candidate;
  for: Person;
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

/** A card in the direct messages of one who is asked. */
export interface Copy extends Omit<Post, 'tried' | 'direct' | 'from' | 'deciders'> {
  stage: string;
  /** The id of their account. */
  to: string;
  /** It has no buttons any more, and is drawn again only where nobody knows what it shows. */
  done?: true;
  /** The number of the extension that it asks about; absent: the request. */
  extension?: number;
  /** The id of the account of the person for whom they stand in; absent: they were asked themselves. */
  for?: string;
}

/** A copy that is about to be sent: whether it was is looked up, by whoever reads this. */
export function plannedCopy(stage: string, to: string): Copy {
  return { stage, to, place: '', ref: '', shown: '' };
}

/** Writes down where copies are to stand before they are sent, so that none is lost with the process that sent it. */
export type NoteCopies = (copies: Copy[]) => Promise<void>;

/** Who is reminded of what. */
export interface Reminding {
  stage: string;
  to: Candidate[];
  /** Say it in the thread of the stage's card, too. */
  inThread: boolean;
  /** Names this round for ever, so that it can be looked up before it is sent again. */
  id: string;
}

/** What people are told of an emergency, each in a direct message. */
export interface EmergencyAlert {
  what: 'passed-over' | 'review-overdue';
  to: Candidate[];
  /** How many more are concerned, and are told only in the channel. */
  others: number;
  /** Say it in the thread of the card of the review, too. */
  inThread: boolean;
  /** Names this message for ever, so that it can be looked up before it is sent again. */
  id: string;
}

export interface DelegationNews {
  delegation: Delegation;
  what: 'started' | 'ended';
  /** Who ended it, if it did not end by itself. */
  by?: Person;
  /** Those for which it holds. */
  stages: { name: string; channel?: string }[];
}

/** What is known of the messages that a request has already. */
export interface Earlier {
  /** An earlier try may have landed: whatever is not on record is looked up before it is sent again. */
  retry: boolean;
  /** The request's record, for those messages that tell all of it. */
  records: () => Promise<AuditRecord[]>;
}

/** Where messages of a request stand now; with a fault where not all of it could be done. */
export interface Redrawn {
  posts: Record<string, Post>;
  fault?: NotifyFault;
}

/** Messages out. Throws `NotifyFault`, or anything else for a passing fault. */
export interface Notifier {
  /**
   * Brings the cards in line with the request: asks the stage that is open, by its own way or the next one that works,
   * updates the cards in channels, and each copy when it shows something else: what was asked and answered, and that there
   * is nothing more to decide by it, for its reader or for anybody. Votes of others alone change no copy.
   * @param earlier.copies those that still have buttons @returns all posts, and the copies that have buttons now
   */
  cards(
    view: RequestView,
    earlier: Earlier & { copies: Copy[]; note: NoteCopies },
  ): Promise<Redrawn & { copies: Copy[] }>;
  /**
   * Brings the requester's own message in line with the request, and the history in the thread under it.
   * @param earlier.first no message of an earlier version can stand there. `event`: the last that is on record
   * @returns all posts
   */
  living(view: RequestView, earlier: Earlier & { first: boolean; event: number }): Promise<Redrawn>;
  /**
   * Sends the requester a message for which their phone buzzes.
   * @param id names this message for ever, so that it can be looked up before it is sent again
   */
  tell(view: RequestView, news: Exclude<News, 'sent'>, id: string, retry: boolean): Promise<void>;
  /**
   * Reminds people of a stage that waits: one line in the thread of its card, without a mention, and a direct message to
   * each, with the way to their card and no buttons. @returns the ids of the accounts that take no direct messages
   */
  remind(view: RequestView, reminding: Reminding, retry: boolean): Promise<{ refused: string[] }>;
  /**
   * Brings what stands in the incident channel in line with an emergency: what tells of it, and once it is over the card
   * of its review. @param earlier.reviewers who may review it, as far as they are known @returns these posts
   */
  incident(view: RequestView, earlier: Earlier & { reviewers: Candidate[] }): Promise<Redrawn>;
  /** Tells people that they were passed over, or that a review is overdue. */
  alert(view: RequestView, alert: EmergencyAlert, retry: boolean): Promise<void>;
  /** Says that somebody stands in for another, or no longer does: to them, and in the channels of the stages. */
  tellDelegation(news: DelegationNews, id: string, retry: boolean): Promise<void>;
  /** Puts credentials into the window that waits for them, in the language of a shell. They rest nowhere else. */
  showCredentials(waiting: string, state: State, credentials: Credentials, shell: Shell): Promise<void>;
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
    readonly unasked?: { stage: string; tried: TriedPlace[] },
  ) {
    super(code);
    this.name = 'NotifyFault';
  }
}
