import type { AuditRecord } from './domain/audit.js';
import type { End, Ordered } from './domain/end.js';
import type { DirectoryConfig, OnCallSource, Person, UnknownGroup } from './domain/directory.js';
import type {
  Entitlement,
  Instant,
  JsonObject,
  Millis,
  PinnedGrant,
  Principal,
} from './domain/entitlement.js';
import type { Grant } from './domain/grant.js';
import type { Head, Post, Unasked } from './domain/head.js';
import type { Refusal, Stranger } from './domain/refusal.js';
import type {
  InputValues,
  NoCredentials,
  News,
  Proof,
  Reason,
  Receipt,
  RequestDecision,
  State,
  Verdict,
} from './domain/request.js';

// ---- time

export interface Clock {
  now(): Instant;
  /** This machine's clock minus AWS's, in ms, as last measured; undefined when it could not be. */
  skew(): Promise<Millis | undefined>;
}

// ---- the record

/** One change: HEAD conditional on its version, records (and `seen`) conditional on absence, all or nothing. */
export interface Change {
  /** Its version is one above what was read; 1 means that the request must not exist. */
  head: Head;
  records: AuditRecord[];
  /** SHA-256 of the signature of the Slack request that caused it: the same one never counts twice. */
  seen?: string;
}
/** What the engine alone may write with it. */
export interface EngineChange extends Change {
  grant?: Grant;
  /** `put` and `remove` the timer item whose TTL is the grant's end. */
  lease?: 'put' | 'remove';
}
/** `conflict`: somebody else was first, read again. `seen`: this very Slack request has had its effect. */
export type Written = 'written' | 'conflict' | 'seen';

/** An item that is not what jit writes, or items that disagree: no race, and trying again does not help. */
export class RecordFault extends Error {
  constructor(
    readonly code: 'unreadable' | 'disagreement',
    message: string,
  ) {
    super(message);
    this.name = 'RecordFault';
  }
}

/** What may be done to the record by the part that faces people. Throws when the table is unusable. */
export interface RequestStore {
  /** Strongly consistent. */
  head(id: string): Promise<Head | undefined>;
  /** In order, all of them. */
  records(id: string): Promise<AuditRecord[]>;
  /**
   * What this account has asked for, newest first; read from an index, so good for lists and not for decisions. Of what
   * was last written before accounts stood in the index, only what was asked for under the e-mail of now is found.
   */
  byRequester(person: Person, limit: number): Promise<Head[]>;
  /** The same of all that is not over, however old; what is over and still has something due is among it. */
  openByRequester(person: Person): Promise<Head[]>;
  write(change: Change): Promise<Written>;
  /** Puts down the order to end this access, once. @returns `stood` when one was there before: it stays as it is */
  putEnd(id: string, end: End): Promise<'written' | 'stood'>;
  /** Marks a signed request as answered though it had no effect, so that it cannot have one later (invariant 14). */
  remember(seen: string): Promise<void>;
  /** A small shared note (the directory's snapshot), or undefined. */
  note(name: string): Promise<JsonObject | undefined>;
}

/** What only the engine may do. */
export interface EngineStore extends RequestStore {
  write(change: EngineChange): Promise<Written>;
  /** Strongly consistent. */
  grant(id: string): Promise<Grant | undefined>;
  /** Saves a grant whose request can no longer vouch for it. */
  saveGrant(grant: Grant): Promise<void>;
  /** The order to end it. Strongly consistent. */
  end(id: string): Promise<Ordered | undefined>;
  /** The order needs no looking for any more: it stands, and is not due. Nothing happens where there is none. */
  settleEnd(id: string): Promise<void>;
  /** Ids of requests of which HEAD, GRANT or END is due after `after` and by `until`, earliest first as far as can be. */
  due(until: Instant, limit: number, after?: Instant): Promise<string[]>;
  /** Ids of all requests of which anything is kept (HEAD, records, grant, order), sorted. Reads the whole table. */
  ids(): Promise<string[]>;
  saveNote(name: string, note: JsonObject): Promise<void>;
  /** Takes or renews a lease that at most one owner holds at a time; false when another holds it. */
  lock(name: string, owner: string, now: Instant, duration: Millis): Promise<boolean>;
}

// ---- policy

/** A person as policy sees them. */
export interface Who {
  email: string;
  /** Names of groups in directory.yml. */
  groups: string[];
  /** Those of which nobody can say whether the person is in them: a policy that reads one of them counts as no. */
  unknownGroups?: UnknownGroup[];
}
/** A request as policy sees it. */
export interface RequestFacts {
  id: string;
  requester: Who;
  entitlement: string;
  duration: Millis;
  approvedBy: string[];
  endsAt?: Instant;
  /** The entitlement as it was asked for: what has left the catalog can still be taken back. */
  pinned?: Pick<Entitlement, 'environment' | 'account' | 'risk' | 'owners' | 'grant'>;
}

/** What policy sees of an entitlement besides its id and its tags. */
export type AskedAbout = Pick<Entitlement, 'environment' | 'account' | 'risk' | 'owners'> & { kind: string };

/** The policy decision point. Never throws: whatever goes wrong is a denial with its errors. */
export interface Pdp {
  request(ask: {
    /** Of the request that is to be made of it, for the log alone. */
    id?: string;
    who: Who;
    entitlement: string;
    duration: Millis;
    at: Instant;
    /** Whose hour, weekday and business hours policies see, where that is not `at`. */
    clockAt?: Instant;
    /** The entitlement as it was asked for, in the place of what the catalog says of it now. */
    about?: AskedAbout;
    ticket?: string;
    /** Asked only to show what could be asked for: nothing follows from the answer. */
    probe?: true;
    /** Attributes of the context that were looked up for this ask. A policy that reads one that is not here counts as no. */
    given?: InputValues;
    /** Names of inputs that could not be looked up, each with a sentence that says why. */
    failed?: Record<string, string>;
  }): RequestDecision;
  /** @param ask.member whether the voter is one of those entitled to this stage of this request now */
  approve(ask: { who: Who; request: RequestFacts; stage: string; member: boolean; at: Instant }): Verdict;
  /**
   * May this person end, or read, somebody's request? Where *no* would keep access alive, for `revoke`, nobody is taken
   * to be in an unknown group, by permits and forbids alike.
   */
  may(action: 'revoke' | 'audit', ask: { who: Who; request: RequestFacts; at: Instant }): Verdict;
}

export type { InputValues };

/** A fact for policies that has to be looked up before they are asked. */
export interface GatheredInput {
  name: string;
  /** What it fills in the context, as the schema calls its type. */
  attributes: Record<string, 'Bool' | 'Long'>;
  /**
   * Looks it up for what one person may ask for. May throw.
   * @returns the values for one of the entitlements, or a sentence that says why they cannot be known
   */
  gather(
    asked: { email: string; entitlements: readonly Entitlement[]; at: Instant },
    sources: InputSources,
  ): Promise<(entitlement: Entitlement) => InputValues | string>;
}

/** Where inputs are looked up. */
export interface InputSources {
  directory: DirectoryConfig;
  /** The person's requests of the last fortnight as they are now, or why they cannot all be seen. */
  requests(): Promise<State[] | string>;
  isOnCall: OnCall;
}

/** Whether a person is on call, or a sentence, without a secret, that says why that cannot be known. May throw. */
export type OnCall = (
  source: OnCallSource,
  /** `timezone`: IANA's name of the one in which a calendar's whole days are, where it names none. */
  asked: { email: string; at: Instant; timezone: string },
) => Promise<boolean | string>;

/** What cannot be known now. Unknown means no: whoever catches this refuses, or waits. */
export class Unknowable extends Error {
  override name = 'Unknowable';
}

/** A policy folder that loaded without an error. */
export interface Bundle {
  /** SHA-256, hex, over the folder's files. */
  hash: string;
  entitlements: ReadonlyMap<string, Entitlement>;
  directory: DirectoryConfig;
  pdp: Pdp;
  /** Those that a policy reads. */
  inputs?: readonly GatheredInput[];
  /** Whether anything depends on who is in a group: a policy reads it, or it may feed a stage. Absent: it may. */
  usesGroup?: (name: string) => boolean;
  /** Ids of the policies that forbid. */
  forbids?: readonly string[];
  /** It stands in for policies that cannot be read now, or is not sure yet: what it says is recorded, and nothing is given by it. */
  standIn?: true;
  /** Why a request is answered as it is, and what would change that: lines, those under another begin with two spaces. */
  explain?: (question: Omit<Parameters<Pdp['request']>[0], 'id' | 'probe'>) => string[];
  warnings: Problem[];
}

/** Something wrong in the policy folder: what, where, and what would be right. */
export interface Problem {
  file: string;
  line?: number;
  /** From 1, in UTF-16 units; only with a line. */
  column?: number;
  message: string;
}

// ---- people

/** Who acts, as Slack's signed payload says. Proves nothing about what they may do. */
export interface Actor {
  slackId: string;
  /** The payload's. On Enterprise Grid it may be a sister workspace, or missing: it is logged, and never compared. */
  team?: string | undefined;
}

/** One who may fill a stage. */
export interface Candidate {
  email: string;
  slackId?: string;
}

/** A group that cannot be looked up, and since when. */
export type LostGroup = UnknownGroup & { since: Instant };

/** Who is who. Group facts at most five minutes old; older ones that cannot be refreshed are not used. */
export interface Directory {
  /**
   * A full member of the served workspace, with an e-mail, or why not: as Slack says now, or said half a minute ago
   * at most; while Slack refuses to be asked so often, five minutes ago at most. A refusal is good for a minute.
   */
  person(actor: Actor): Promise<{ person: Person } | { refusal: Stranger }>;
  /**
   * The same for what ends access, which must not wait for Slack: the requester is known by their account alone;
   * somebody else, while Slack gives no answer, by the address that it gave in the last hour.
   */
  personEnding(actor: Actor, requester: Person): Promise<{ person: Person } | { refusal: Stranger }>;
  /** Names of the groups that the person is in, and the groups of which that cannot be known now. Never throws. */
  groups(person: Person): Promise<{ groups: string[]; unknown: UnknownGroup[] }>;
  /**
   * Who may fill this stage for this requester's request, the requester included, as far as it is known; with the groups
   * that feed the stage and of which not all members are. Throws for a stage that directory.yml does not have.
   */
  candidates(
    stage: string,
    requester: string,
    owners: string[],
  ): Promise<{ people: Candidate[]; unknown: UnknownGroup[] }>;
  /** The groups that this process could not look up when it last tried, for those who watch over it. Asks nobody. */
  status(): { lost: LostGroup[] };
  /** The IAM principal of a person, or a sentence that says why there is none. */
  principal(email: string): Principal | string;
  /** Asks Slack for the groups and keeps the answer for all processes. */
  refresh(): Promise<void>;
}

/** What `directory` needs of Slack. All throw when Slack does not answer: `TooMuchAsked` where it was asked too often. */
export interface SlackPeople {
  /** All user groups: id → ids of members. */
  usergroups(): Promise<Record<string, string[]>>;
  user(slackId: string): Promise<SlackUser | undefined>;
  byEmail(email: string): Promise<SlackUser | undefined>;
}
export interface SlackUser {
  slackId: string;
  /** The workspaces to which Slack says that they belong; of a Grid there may be several. Empty: it says none. */
  workspaces: string[];
  /** As `emailOf` writes it; absent when Slack gives none. */
  email?: string;
  /** Slack says that they have not confirmed the address. */
  unconfirmed?: true;
  /** `stranger`: Slack says that they are of another organisation. Of many who are, it does not say so. */
  kind: 'member' | 'guest' | 'bot' | 'stranger';
  deactivated: boolean;
}

/** Slack refuses to be asked so often (429). */
export class TooMuchAsked extends Error {
  constructor(cause?: unknown) {
    super('Slack refuses to be asked so often (rate limited)', { cause });
    this.name = 'TooMuchAsked';
  }
}

// ---- access

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiresAt: Instant;
  /** Absent when AWS's sign-in endpoint did not give one. */
  consoleUrl?: string;
}

/** How access of one kind is made and unmade. Everything may be called twice, late, or beside itself. */
export interface Provisioner {
  /** Can AWS take it? Asked before approvers are. Throws when it cannot be known. */
  preflight(grant: PinnedGrant, requestId: string): Promise<Reason | undefined>;
  /** Returns within `PROVISION_TIMEOUT`, or throws. What it makes ends by itself at `lease.endsAt`. */
  provision(grant: Grant): Promise<Receipt>;
  /** Takes away what `provision` and `mint` gave, and reads back that it is gone. */
  revoke(grant: Grant, now: Instant): Promise<Proof>;
  /** Clears away what `revoke` left standing. */
  cleanUp(grant: Grant): Promise<void>;
  /** Present where the access is a session that is opened at need. */
  mint?(grant: Grant, now: Instant): Promise<Credentials>;
}

/** What a provisioner throws. Anything else that is thrown counts as passing. */
export class GrantFault extends Error {
  constructor(
    /** AWS's error code, or ours. */
    readonly code: string,
    /** What a person can do about it; no secrets, no request ids needed. */
    readonly hint: string,
    /**
     * Trying again cannot help until somebody changes something: an answer that AWS itself calls final, or a grant that
     * jit itself knows to be impossible. Never throttling, a time-out or anything unknown.
     */
    readonly permanent: boolean,
  ) {
    super(`${code}: ${hint}`);
    this.name = 'GrantFault';
  }
}

/** All calls of one `provision` together, in ms. */
export const PROVISION_TIMEOUT: Millis = 20_000;

/** A grant kind as the catalog writes it. */
export interface GrantKind {
  name: string;
  /** Whether the access goes to the requester's own IAM principal. */
  needsPrincipal: boolean;
  /** What room in IAM each early end takes up for a while; absent where it takes none. Equal where it is the same room. */
  fills?(config: JsonObject): string;
  /** The number of the wording in which it writes its documents now; a grant keeps that of its approval. */
  form?: number;
  /** Checks and normalises what stands under the kind's name in an entitlement. */
  parse(
    config: unknown,
    about: { account: string; directory: DirectoryConfig; ownAccount?: string },
  ): { config: JsonObject } | { problems: string[] };
}

// ---- people are told

export interface RequestView {
  state: State;
  /** By stage: where its card stands. */
  posts: Record<string, Post>;
  /** By stage: why nobody can be asked for it now. */
  unasked?: Record<string, Unasked>;
  /** By stage: whom it waits for. */
  asked: Record<string, Candidate[]>;
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
  /** Puts credentials into the modal that waits for them. They rest nowhere else. */
  showCredentials(viewId: string, state: State, credentials: Credentials): Promise<void>;
  /** Says in the waiting modal why there are none. */
  showNoCredentials(viewId: string, why: NoCredentials, hint?: string): Promise<void>;
}

/** A message that could not be sent. */
export class NotifyFault extends Error {
  constructor(
    /** Slack's error name. */
    readonly code: string,
    readonly permanent: boolean,
    /** Slack asked to wait this long. */
    readonly retryAfter?: Millis,
    /** Present where nobody can be asked: the stage whose card no channel takes. */
    readonly unasked?: { stage: string; tried: Unasked['tried'] },
  ) {
    super(code);
    this.name = 'NotifyFault';
  }
}

// ---- what does not work

/**
 * Where each part says what does not work for it at the moment, for whoever asks the process how it is. Anybody may read
 * it: ids and codes only, never a secret nor what people wrote.
 */
export interface Ailing {
  /** @param what one thing, always by the same name: `channel C0ACCESS`. @param code what is wrong with it */
  fails(what: string, code?: string): void;
  works(what: string): void;
}

// ---- what people may cause

export type Answer<T> = { ok: T } | { refusal: Refusal };

export interface Form {
  entitlement: string;
  /** As written: `1h`. */
  duration: string;
  justification: string;
  ticket?: string;
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

/** Every call names who acts and which signed request it was; none has power over access. */
export interface Front {
  /**
   * What this person may ask for: entitlements, each with the durations that policy permits them. All of it, or
   * undefined where that could not be found out quickly.
   */
  offers(actor: Actor): Promise<Answer<{ entitlement: Entitlement; durations: Millis[] }[] | undefined>>;
  /** The same of one entitlement: undefined where this person may not ask for it. */
  offer(
    actor: Actor,
    entitlement: string,
  ): Promise<Answer<{ entitlement: Entitlement; durations: Millis[] } | undefined>>;
  /** Whether this person may ask for anything; also true where it could not be found out quickly. */
  mayAsk(actor: Actor): Promise<Answer<boolean>>;
  /**
   * What fits a text and may be asked for, best first, `limit` at most, within a tenth of a second: of very much,
   * perhaps not all. Seconds old, and nothing follows from it.
   */
  suggest(actor: Actor, query: string, limit: number): Promise<Answer<Entitlement[]>>;
  /** Why this person may not ask for this at all, however short: what `offers` leaves out. */
  whyNot(actor: Actor, entitlement: string): Promise<Refusal | undefined>;
  /** Marks a signed request that was turned away unread: it has no effect when it comes again. */
  refuse(seen: string): Promise<void>;
  submit(
    actor: Actor,
    form: Form,
    seen: string,
  ): Promise<Answer<{ state: State; asked: Record<string, Candidate[]> }>>;
  approve(actor: Actor, button: StageButton, seen: string): Promise<Answer<State>>;
  /** Whether this person may deny now, asked before the modal for the reason is opened. */
  mayDeny(actor: Actor, button: StageButton): Promise<Answer<State>>;
  deny(actor: Actor, button: StageButton, reason: string, seen: string): Promise<Answer<State>>;
  cancel(actor: Actor, id: string, seen: string): Promise<Answer<State>>;
  /** Ends access early: one's own (released), or another's where policy permits (revoked). */
  revoke(actor: Actor, id: string, reason: string, seen: string): Promise<Answer<State>>;
  /** Whether this person may have credentials now, asked before the modal is opened. */
  mayMint(actor: Actor, id: string): Promise<Answer<State>>;
  /** Records that the open modal `viewId` waits for credentials. */
  mint(actor: Actor, id: string, viewId: string, seen: string): Promise<Answer<State>>;
  /** This person's own requests. */
  mine(actor: Actor): Promise<Answer<OwnRequests>>;
  /** Why policy answers a request as it does, by the policies, groups and inputs of now; for those who may read it. */
  explain(actor: Actor, id: string): Promise<Answer<{ state: State; lines: string[] }>>;
  /** One request with its record, for those who have to do with it. */
  status(actor: Actor, id: string): Promise<Answer<RequestView & { records: AuditRecord[] }>>;
}

export interface StageButton {
  id: string;
  stage: string;
  revision: number;
}
