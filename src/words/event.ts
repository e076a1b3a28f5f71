import { formatChain, type Chain } from '../domain/chain.js';
import type { DelegationFact } from '../domain/delegation.js';
import type { LedgerEvent } from '../domain/record/ledger.js';
import type { Event } from '../domain/request/event.js';
import type { AskedFor, Cause, EmergencyReview, Lingering } from '../domain/request/state.js';
import { list, rowFor, spelled } from './english.js';
import { inPlaceOf, type Pen } from './pen.js';
import { because } from './reason.js';

/** Why access ends, after a colon. */
const CAUSES: Readonly<Record<Cause, string>> = {
  expired: 'time was up',
  released: 'handed back',
  revoked: 'taken back',
  failed: 'it could not be set up',
};

/** What a reviewer says of an emergency. */
const REVIEWED = {
  'signed-off': 'Signed off the emergency',
  contested: 'Contested the emergency',
} as const satisfies Record<EmergencyReview['verdict'], string>;

/** Characters of what people said: a list of many events must fit into one message. */
const LONGEST_QUOTE = 150;

type Sentences = { [E in Event as E['type']]: (event: E, pen: Pen) => string };

/** What each audit event says, without its time and its person. */
const EVENTS = {
  RequestSubmitted: ({ asked }, pen) => `Asked for ${what(asked, pen)}; ${needs(asked.chain, pen)}`,
  RequestRefused: ({ asked }, pen) => `Asked for ${what(asked, pen)}; refused at once`,
  PreflightPassed: () => 'Checked against AWS’s limits',
  Voted: ({ vote: { stage, delegatedBy } }, pen) =>
    `Approved (${pen.name(stage)})${inPlaceOf(delegatedBy, pen)}`,
  DurationShortened: ({ from, to }) => `Shortened from ${spelled(from)} to ${spelled(to)}`,
  QuestionAsked: ({ text }, pen) => `Asked the requester:\n${pen.quote(text, LONGEST_QUOTE)}`,
  QuestionAnswered: ({ text }, pen) => `Answered:\n${pen.quote(text, LONGEST_QUOTE)}`,
  Reminded: ({ stage }, pen) => `Reminded those who may approve (${pen.name(stage)})`,
  StageEscalated: ({ stage, to, why }, pen) =>
    `${why === 'time' ? 'Nobody answered in time' : 'Too few people were left to approve'} (${pen.name(stage)}); ${pen.name(to)} may approve, too`,
  StartDoubted: ({ reason }, pen) => `Would not begin at its start, as things are: ${because(reason, pen)}`,
  VotesVoided: ({ people, why }, pen) =>
    `Votes of ${pen.free(list(people), 300)} no longer count: ${pen.free(why, 300)}`,
  ChainChanged: ({ chain }, pen) => `Now ${needs(chain, pen)}`,
  RequestApproved: ({ lease }, pen) => `Approved until ${pen.instant(lease.endsAt)}`,
  RequestDenied: ({ delegatedBy }, pen) => `Denied${inPlaceOf(delegatedBy, pen)}`,
  RequestCancelled: () => 'Cancelled',
  RequestLapsed: () => 'Lapsed: nobody decided in time',
  ProvisionAttempted: () => 'Access is being set up',
  GrantProvisioned: () => 'Access is set up',
  ExtensionRequested: ({ more, endsAt, chain }, pen) =>
    `Asked for ${spelled(more)} more, until ${pen.instant(endsAt)}; ${needs(chain, pen)}`,
  ExtensionVoted: ({ vote: { stage, delegatedBy } }, pen) =>
    `Approved the extension (${pen.name(stage)})${delegatedBy ? `, standing in for ${pen.person(delegatedBy)}` : ''}`,
  ExtensionRefused: () => 'Not extended; the access ends as before',
  LeaseExtended: ({ lease }, pen) => `Extended until ${pen.instant(lease.endsAt)}`,
  EndAnnounced: () => 'Reminded the requester that access ends soon',
  MintRequested: () => 'Asked for a session',
  MintAttempted: () => 'Asked AWS for a session',
  MintRefused: () => 'No session opened: it is no longer permitted',
  CredentialsMinted: ({ expiresAt, lingering }, pen) =>
    `Session opened until ${pen.instant(expiresAt)}${lingering ? goesOn(lingering, pen) : ''}`,
  RevocationStarted: ({ cause, unknownGroups }, pen) =>
    `Access is ending: ${CAUSES[cause]}${without(unknownGroups, pen)}`,
  RequestClosed: ({ outcome }) => `Access has ended: ${CAUSES[outcome]}`,
  CleanedUp: () => 'Cleaned up in AWS',
  EmergencyReviewed: ({ verdict, text = '' }, pen) =>
    `${REVIEWED[verdict]}${text === '' ? '' : `:\n${pen.quote(text, LONGEST_QUOTE)}`}`,
} as const satisfies Sentences;

/** Everything is denied to these keys from their end on, but one call that AWS denies to nobody. */
function goesOn({ until, why }: Lingering, pen: Pen): string {
  return `; AWS made no keys that end by themselves (${pen.code(why)}), so logins built on GetCallerIdentity may work until ${pen.instant(until)}`;
}

/** An event in words. One of a type that this version does not know, from a later one or forged, is named as it is. */
export function eventIn(event: Event, pen: Pen): string {
  const sentence = rowFor<(event: never, pen: Pen) => string>(EVENTS, event.type);
  return sentence ? sentence(event as never, pen) : pen.free(event.type, 100);
}

/** What each fact in a ledger says of a delegation. */
const DELEGATIONS = {
  DelegationStarted: ({ delegation: { to, until } }, pen) =>
    `${pen.person(to)} stands in until ${pen.instant(until)}`,
  DelegationEnded: () => 'Nobody stands in any more',
} as const satisfies {
  [F in DelegationFact as F['type']]: (fact: F, pen: Pick<Pen, 'person' | 'instant'>) => string;
};

/** The same of a fact in a ledger; of one of which there is nothing to say, nothing. */
export function factIn(fact: LedgerEvent, pen: Pick<Pen, 'person' | 'instant'>): string {
  type Sentence = (fact: never, of: typeof pen) => string;
  return rowFor<Sentence>(DELEGATIONS, fact.type)?.(fact as never, pen) ?? '';
}

function what({ entitlement, duration, startsAt, emergency }: AskedFor, pen: Pen): string {
  const start = startsAt === undefined ? '' : ` from ${pen.instant(startsAt)}`;
  const special = emergency ? ' in an emergency' : '';
  return `${pen.name(entitlement.name)} for ${spelled(duration)}${start}${special}`;
}

function needs(chain: Chain, pen: Pen): string {
  return chain.length === 0
    ? 'needs no approval'
    : `needs approval from ${pen.free(formatChain(chain), 300)}`;
}

/** Groups that nobody was taken to be in, since they could not be looked up. */
function without(groups: string[] = [], pen: Pen): string {
  return groups.length > 0 ? ` (while ${pen.free(list(groups), 300)} could not be looked up)` : '';
}
