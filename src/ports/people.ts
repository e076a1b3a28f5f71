import type { UnknownGroup } from '../domain/directory.js';
import type { Instant, Principal } from '../domain/entitlement.js';
import type { Person } from '../domain/person.js';
import type { Stranger } from '../domain/refusal.js';

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
