import type { Chain } from '../domain/chain.js';
import type { DirectoryConfig, OnCallSource, UnknownGroup } from '../domain/directory.js';
import type { Entitlement, Instant, Millis } from '../domain/entitlement.js';
import type { Confirmed } from '../domain/grant.js';
import type { InputValues, RequestDecision, Verdict } from '../domain/request/decision.js';
import type { State } from '../domain/request/state.js';

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
  /** It was asked for in an emergency. */
  emergency?: true;
  approvedBy: string[];
  endsAt?: Instant;
  /** How often it was made longer; absent: never. */
  extensions?: number;
  /** Who had to agree to it: what its extensions need where no policy says otherwise. */
  chain?: Chain;
  /** The entitlement as it was asked for: what has left the catalog can still be taken back. */
  pinned?: Pick<Entitlement, 'environment' | 'account' | 'risk' | 'owners' | 'grant'>;
}

/** What policy sees of an entitlement besides its id and its tags. */
export type AskedAbout = Confirmed['about'];

/** The policy decision point. Never throws: every fault is a denial with its errors. */
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
    /** It is asked for in an emergency. Counts only where directory.yml says who hears of it. */
    emergency?: true;
    /** Asked only to show what could be asked for: nothing follows from the answer. */
    probe?: true;
    /** Attributes of the context that were looked up for this ask. A policy that reads one that is not here counts as no. */
    given?: InputValues;
    /** Names of inputs that could not be looked up, each with a sentence that says why. */
    failed?: Record<string, string>;
  }): RequestDecision;
  /**
   * @param ask.member whether the voter is one of those entitled to this stage of this request now, or stands in for one
   * @param ask.delegatedBy for whom they would stand in: never more is permitted than that one might do (invariant 17)
   */
  approve(ask: {
    who: Who;
    delegatedBy?: Who;
    request: RequestFacts;
    stage: string;
    /** It is about an extension. */
    extension?: true;
    member: boolean;
    at: Instant;
    /** Asked only to show what waits for them: nothing follows from the answer. */
    probe?: true;
  }): Verdict;
  /**
   * May this person have it for longer? The answer's chain is the `@chain` of the permits that decide, and where none of them
   * has one, the request's own. A permit counts only where its scope names `extend`.
   * @param ask.by how much longer @param ask.total how long it would be in all
   */
  extend(ask: {
    who: Who;
    request: RequestFacts;
    by: Millis;
    total: Millis;
    at: Instant;
    /** Asked only to show what could be asked for: nothing follows from the answer. */
    probe?: true;
  }): RequestDecision;
  /**
   * May this person end, read, or review somebody's request? Where *no* would keep access alive, for `revoke`, nobody is
   * taken to be in an unknown group, by permits and forbids alike. A permit counts for `review` only where its scope names
   * the action.
   */
  may(action: 'revoke' | 'audit' | 'review', ask: { who: Who; request: RequestFacts; at: Instant }): Verdict;
}

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

/** What cannot be known now. Unknown means no: code that catches this refuses, or waits. */
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
  inputs: readonly GatheredInput[];
  /** Whether anything depends on who is in a group: a policy reads it, or it may feed a stage. */
  usesGroup: (name: string) => boolean;
  /** Ids of the policies that forbid. */
  forbids: readonly string[];
  /** Ids of the permits of which a condition reads whether it is an emergency; absent: none. */
  emergencyPermits?: readonly string[];
  /** It stands in for policies that cannot be read now, or is not sure yet: what it says is recorded, and nothing is given by it. */
  standIn?: true;
  /** Why a request is answered as it is, and what would change that: lines, those under another begin with two spaces. Absent: the loader was given nothing that explains. */
  explain?: (question: Omit<Parameters<Pdp['request']>[0], 'id' | 'probe'>) => Promise<string[]>;
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
