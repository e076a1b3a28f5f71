import type { Chain } from '../chain.js';
import type { UnknownGroup } from '../directory.js';

/** The answer of the policy decision point to a request, with what decided it. */
export type RequestDecision = Ruling &
  (
    | { outcome: 'denied'; errors: string[]; unknownGroups?: UnknownGroup[] }
    | { outcome: 'auto' | 'needs-approval'; chain: Chain }
  );

/** The answer to a vote, a revocation or a reading. */
export type Verdict = Ruling & {
  outcome: 'allowed' | 'denied';
  errors: string[];
  /** Of a denial: the groups that it rests on, and of which nobody can say who is in them. Known, it might be allowed. */
  unknownGroups?: UnknownGroup[];
};

export interface Ruling {
  /** The ids of the policies that decided, sorted; none when nothing permits. */
  policies: string[];
  /** What those policies advise the person to do, in the order of their ids. */
  advice: string[];
  /** Which bundle decided: the hash of the policy folder. */
  bundle: string;
}

/** The part of an answer that stands on record. */
export function rulingOf({ policies, advice, bundle }: Ruling): Ruling {
  return { policies, advice, bundle };
}

/** Why there is no access where policy says no. */
export function deniedBy({ policies, advice, errors }: Extract<RequestDecision, { outcome: 'denied' }>) {
  return { code: 'policy', policies, advice, errors } as const;
}

/** Facts for policies by the name of the attribute, never a text. */
export type InputValues = Record<string, boolean | number>;

/**
 * What the decision point was told besides the request itself, as it goes on record, so that others can ask it again:
 * names, numbers, yes or no, and never a text.
 */
export interface Basis {
  /** Names of the groups that the person was in, each once; absent: there were more than an event should hold. */
  groups?: string[];
  /** Names of the groups of which nobody could say who was in them; absent: none. */
  unknownGroups?: string[];
  /** What had been looked up, by attribute. */
  given: InputValues;
  /** Names of the inputs that could not be known; absent: none. */
  unknownInputs?: string[];
}

/** Who may fill each stage now, as e-mails. */
export type Candidates = Record<string, readonly string[]>;
/** A group that may fill a stage besides its own people, the first to be tried first. */
export interface Reserve {
  /** A group of directory.yml. */
  to: string;
  /** Where the stage's card goes then, too. */
  channel?: string;
  /** Its members, as e-mails; undefined: they are not all known. */
  people?: readonly string[] | undefined;
}
/** By stage; a stage without one has none. */
export type Reserves = Record<string, readonly Reserve[]>;
/** The stages for which there may be more candidates than those, by name, with the groups that cannot be looked up. */
export type UnknownStages = Record<string, readonly UnknownGroup[]>;
