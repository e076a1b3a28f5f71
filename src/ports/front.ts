import type { Delegation } from '../domain/delegation.js';
import type { Entitlement, Instant, Millis } from '../domain/entitlement.js';
import type { Person } from '../domain/person.js';
import type { AuditRecord } from '../domain/record/seal.js';
import type { Refusal } from '../domain/refusal.js';
import type { State } from '../domain/request/state.js';
import type { RequestView } from './messages.js';
import type { Actor, Candidate } from './people.js';
import type { Shell } from './shell.js';

export type Answer<T> = { ok: T } | { refusal: Refusal };

export interface Form {
  entitlement: string;
  /** As written: `1h`. */
  duration: string;
  /** When it is to begin, as the picker gives it: seconds since the epoch; absent: at once. */
  startsAt?: string;
  justification: string;
  ticket?: string;
  /** It is asked for in an emergency. */
  emergency?: boolean;
}

/** An entitlement with the durations for which policy permits it. */
export interface Offer {
  entitlement: Entitlement;
  durations: Millis[];
}

/** One stage of a chain, before anything is asked. */
export interface ForeseenStage {
  name: string;
  quorum: number;
  /** Who could approve, without the requester, as far as it is known. */
  people: Candidate[];
  /** There is nobody else. */
  isWhole: boolean;
  /** How many of them are in their working hours now; absent where the time zone of one of them is not known. */
  atWork?: number;
}

/** A request that would be made. */
export interface Foreseen {
  /** Empty: no approval is needed. */
  chain: ForeseenStage[];
  /** What the policies that decide advise. */
  advice: string[];
  /** It would be made only with a ticket, and the form has none yet. */
  needsTicket: boolean;
}

/** Access that somebody has. */
export interface Running {
  id: string;
  until: Instant;
  /** It may be asked to last longer. */
  isExtendable: boolean;
}

/** What would come of a form that were sent now. A form that is sent is decided anew. */
export interface Preview {
  /** What was asked about: the form's, or where that is empty, the shortest permitted one that people usually need. */
  duration?: Millis;
  /** When it would begin; absent: at once. */
  startsAt?: Instant;
  /** How long people usually need it; absent while too few have used it. */
  usual?: Millis;
  /** It could be asked for in an emergency, or is: then somebody would get it who would not without, or by fewer people. */
  emergency?: true;
  /** What this person has of the same already; absent: nothing, or it is not known. */
  running?: Running;
  foreseen: Foreseen | { refusal: Refusal };
}

/** What one person has asked for; each list newest first. */
export interface OwnRequests {
  /** All that are not over, however old. */
  open: State[];
  /** The newest of those that are over. */
  closed: State[];
  /** There are older ones that may be over, and are not among them. */
  more: boolean;
}

/** What concerns one person now. */
export interface Home extends OwnRequests {
  /** How many are over, also those that were not read. */
  closedCount: number;
  /** Requests of others whose open stage this person may fill now; what has waited longest comes first. */
  waiting: State[];
  /** There are more requests that wait for somebody than were looked at. */
  unseen: boolean;
  /** By request id, of those of `waiting` that wait for this person only as a stand-in: for whom. */
  delegated: Record<string, Person>;
  /** Who stands in for this person now, and for whom they stand in. */
  delegations: { mine?: Delegation; forMe: Delegation[] };
  at: Instant;
}

/** Every call names who acts and which signed request it was; none has power over access. */
export interface Front {
  /**
   * What this person may ask for: all of it, or undefined where that could not be found out quickly.
   * @param startsAt as a form has it; a start that may not be asked for counts as now
   */
  offers(actor: Actor, startsAt?: string): Promise<Answer<Offer[] | undefined>>;
  /** The same of one entitlement: undefined where this person may not ask for it. */
  offer(actor: Actor, entitlement: string, startsAt?: string): Promise<Answer<Offer | undefined>>;
  /** Whether this person may ask for anything; also true where it could not be found out quickly. */
  mayAsk(actor: Actor, startsAt?: string): Promise<Answer<boolean>>;
  /**
   * What fits a text and may be asked for, best first, `limit` at most, within a tenth of a second: of very much,
   * perhaps not all. Seconds old, and nothing follows from it.
   */
  suggest(actor: Actor, query: string, limit: number, startsAt?: string): Promise<Answer<Entitlement[]>>;
  /** Why this person may not ask for this at all, however short: what `offers` leaves out. */
  whyNot(actor: Actor, entitlement: string, startsAt?: string): Promise<Refusal | undefined>;
  /** A rehearsal of `submit`: nothing is written. Texts are not judged, since they may not be written yet. */
  preview(actor: Actor, form: Form): Promise<Answer<Preview>>;
  /** Marks a signed request that was turned away unread: it has no effect when it comes again. */
  refuse(seen: string): Promise<void>;
  submit(
    actor: Actor,
    form: Form,
    seen: string,
  ): Promise<Answer<{ state: State; asked: Record<string, Candidate[]> }>>;
  approve(actor: Actor, button: StageButton, seen: string): Promise<Answer<State>>;
  /** Whether this person may deny now, asked before the modal for the reason is opened. */
  mayDeny(actor: Actor, button: StageButton, seen: string): Promise<Answer<State>>;
  deny(actor: Actor, button: StageButton, reason: string, seen: string): Promise<Answer<State>>;
  /** Whether this person may approve it for less now, and for how long instead, shortest first. */
  mayShorten(
    actor: Actor,
    button: StageButton,
    seen: string,
  ): Promise<Answer<{ state: State; durations: Millis[] }>>;
  /** A vote for less time. @param duration as written: `1h` */
  shorten(actor: Actor, button: StageButton, duration: string, seen: string): Promise<Answer<State>>;
  /** Whether this person may ask the requester something now. */
  mayQuestion(actor: Actor, button: StageButton, seen: string): Promise<Answer<State>>;
  question(actor: Actor, button: StageButton, text: string, seen: string): Promise<Answer<State>>;
  /** Whether this person may answer that question now. */
  mayAnswer(actor: Actor, button: AnswerButton, seen: string): Promise<Answer<State>>;
  answer(actor: Actor, button: AnswerButton, text: string, seen: string): Promise<Answer<State>>;
  cancel(actor: Actor, id: string, seen: string): Promise<Answer<State>>;
  /** Ends access early: one's own (released), or another's where policy permits (revoked). */
  revoke(actor: Actor, id: string, reason: string, seen: string): Promise<Answer<State>>;
  /** Hands back one's own access: `revoke`, and never another's. */
  release(actor: Actor, id: string, seen: string): Promise<Answer<State>>;
  /** Whether this person may ask for it to be longer now, and by how much, shortest first. */
  mayExtend(actor: Actor, id: string, seen: string): Promise<Answer<{ state: State; options: Millis[] }>>;
  /** Asks for it to be longer. @param more as written: `30m` @returns the request as it is now, perhaps waiting */
  extend(actor: Actor, id: string, more: string, seen: string): Promise<Answer<State>>;
  /** Whether this person may have credentials now, asked before the modal is opened. */
  mayMint(actor: Actor, id: string, seen: string): Promise<Answer<State>>;
  /** Records that an open window waits for credentials. @param waiting the adapter's name for it */
  mint(actor: Actor, id: string, waiting: string, seen: string): Promise<Answer<State>>;
  /** Whether somebody may stand in for this person: in which stages, and who does now. */
  mayBeAway(actor: Actor): Promise<Answer<{ stages: string[]; now?: Delegation }>>;
  /**
   * Lets somebody stand in for this person; another delegation of theirs ends with it.
   * @param wish.to the id of the account
   */
  away(actor: Actor, wish: { to: string; until: Instant }, seen: string): Promise<Answer<Delegation>>;
  /** The delegations of others that this person may end, those that end first before the others. */
  othersAway(actor: Actor): Promise<Answer<Delegation[]>>;
  /**
   * Ends a delegation before its time.
   * @param whose the id of the account of who is away; undefined: one's own
   */
  back(actor: Actor, whose: string | undefined, seen: string): Promise<Answer<Delegation>>;
  /** Whether this person may review that emergency now, asked before the window is opened. */
  mayReview(actor: Actor, id: string, seen: string): Promise<Answer<State>>;
  /** Signs off an emergency that is over, or contests it with a reason. */
  review(actor: Actor, id: string, review: Review, seen: string): Promise<Answer<State>>;
  /** For which shell this person is shown credentials. */
  shell(actor: Actor): Promise<Answer<Shell>>;
  /** Remembers another. */
  useShell(actor: Actor, shell: Shell, seen: string): Promise<Answer<Shell>>;
  mine(actor: Actor): Promise<Answer<OwnRequests>>;
  /**
   * What concerns this person now.
   * @param past so many of what is over are read; default: those that App Home shows
   */
  home(actor: Actor, past?: number): Promise<Answer<Home>>;
  /** The same for who opens their App Home, which is noted. Undefined: it was drawn a moment ago. */
  openHome(actor: Actor): Promise<Answer<Home | undefined>>;
  /** Why policy answers a request as it does, by the policies, groups and inputs of now; for those who may read it. */
  explain(actor: Actor, id: string): Promise<Answer<{ state: State; lines: string[] }>>;
  /** One request with its record, for those who have to do with it. */
  status(actor: Actor, id: string): Promise<Answer<RequestView & { records: AuditRecord[] }>>;
}

export interface Review {
  contests: boolean;
  /** May be empty where it is signed off. */
  text: string;
}

export interface StageButton {
  id: string;
  stage: string;
  revision: number;
}

export interface AnswerButton {
  id: string;
  /** Its number, from 1. */
  question: number;
}
