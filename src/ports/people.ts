import type { UnknownGroup } from '../domain/directory.js';
import type { Instant, Principal } from '../domain/entitlement.js';
import type { Account, Person } from '../domain/person.js';
import type { Stranger } from '../domain/refusal.js';

/** Who acts, as a signed payload says: an account. Proves nothing about what they may do. */
export interface Actor extends Pick<Account, 'provider' | 'id'> {
  /** The payload's: perhaps a sister organisation's, or missing. It is logged, and never compared. */
  tenant?: string | undefined;
}

/** One who may fill a stage. */
export interface Candidate {
  email: string;
  account?: Account;
  /** IANA's name of the time zone that they have set, where it is known. */
  timezone?: string;
}

/** When a person is not to be disturbed. */
export interface Rest {
  /** IANA's name of the time zone that they have set. */
  timezone?: string;
  /** They do not want to be disturbed until then; absent: now they may be. */
  quietUntil?: Instant;
}

/** A group that cannot be looked up, and since when. */
export type LostGroup = UnknownGroup & { since: Instant };

/** Who is who. Group facts at most five minutes old; older ones that cannot be refreshed are not used. */
export interface Directory {
  /** What people call the place where it looks them up: part of sentences. */
  name: string;
  /**
   * A full member of the served organisation, with an e-mail, or why not: as the source says now, or said half a minute
   * ago at most; while it refuses to be asked so often, five minutes ago at most. A refusal is good for a minute. With
   * their title, in their own words, where the source has one.
   */
  person(actor: Actor): Promise<{ person: Person; title?: string } | { refusal: Stranger }>;
  /**
   * The same for what ends access, which must not wait for the source: the requester is known by their account alone;
   * somebody else, while the source gives no answer, by the address that it gave in the last hour.
   */
  personEnding(actor: Actor, requester: Person): Promise<{ person: Person } | { refusal: Stranger }>;
  /** Names of the groups that the person is in, and the groups of which that cannot be known now. Never throws. */
  groups(person: Person): Promise<{ groups: string[]; unknown: UnknownGroup[] }>;
  /**
   * Who may fill this stage for this requester's request, the requester included, as far as it is known; with the groups
   * that feed the stage and of which not all members are. Throws for a stage that directory.yml does not have.
   * @param asOf what was learned before is looked up anew, and whom the source does not know is left out
   */
  candidates(
    stage: string,
    requester: string,
    owners: string[],
    asOf?: Instant,
  ): Promise<{ people: Candidate[]; unknown: UnknownGroup[] }>;
  /** The same of groups, whatever stage they may come into. */
  members(
    groups: readonly string[],
    asOf?: Instant,
  ): Promise<{ people: Candidate[]; unknown: UnknownGroup[] }>;
  /**
   * When somebody is at rest: their time zone, and until when they do not want to be disturbed, as the source said within
   * the hour; undefined where that is not known. Never throws.
   */
  rest(account: Account): Promise<Rest | undefined>;
  /** The groups that this process could not look up when it last tried, for those who watch over it. Asks nobody. */
  status(): { lost: LostGroup[] };
  /** The IAM principal of a person, or a sentence that says why there is none. */
  principal(email: string): Principal | string;
  /** Asks the source for the groups and keeps the answer for all processes. */
  refresh(): Promise<void>;
}

/**
 * What `directory` needs of whoever keeps accounts and groups. All throw when no answer comes: `TooMuchAsked` where it
 * was asked too often.
 */
export interface PeopleSource {
  /** Of the accounts that it keeps: `Account.provider`. */
  provider: string;
  /** What people call it. */
  name: string;
  /** All groups: id → ids of members. */
  groups(): Promise<Record<string, string[]>>;
  byId(id: string): Promise<SourceUser | undefined>;
  byEmail(email: string): Promise<SourceUser | undefined>;
  /** Where somebody lives by the clock, and until when they do not want to be disturbed; undefined: not known. */
  rest(id: string): Promise<Rest | undefined>;
}
export interface SourceUser {
  id: string;
  /** The organisations to which the source says that they belong; there may be several. Empty: it says none. */
  tenants: string[];
  /** As `emailOf` writes it; absent when the source gives none. */
  email?: string;
  /** The source says that they have not confirmed the address. */
  unconfirmed?: true;
  /** What they are, in their own words. */
  title?: string;
  /** `stranger`: the source says that they are of another organisation. Of many who are, it does not say so. */
  kind: 'member' | 'guest' | 'bot' | 'stranger';
  deactivated: boolean;
  /** IANA's name of the time zone that they have set. */
  timezone?: string;
}

/** The source refuses to be asked so often. */
export class TooMuchAsked extends Error {
  override name = 'TooMuchAsked';
}
