import type { AccountAccess } from '../directory.js';
import type { PinnedGrant, Principal } from '../entitlement.js';
import type { Lease } from '../lease.js';
import { samePerson, type Account, type Person } from '../person.js';
import type { Ruling } from '../request/decision.js';
import type { Event, Fact } from '../request/event.js';
import {
  isOperator,
  type Asked,
  type AskedFor,
  type By,
  type Operator,
  type Proof,
  type State,
  type Vote,
} from '../request/state.js';
import { rowOf } from '../objects.js';
import { confirming, isFrom, owesApproval, owesVote, wrongTime, type Past } from './past.js';
import { isSomebody, membersOf, type Presence } from './values.js';
import { mayFollow, rowOfEvent } from '../request/stories/index.js';

const ASKED: Record<keyof AskedFor, Presence> = {
  id: 'always',
  requester: 'always',
  entitlement: 'always',
  duration: 'always',
  justification: 'always',
  ticket: 'sometimes',
  emergency: 'sometimes',
  passedOver: 'sometimes',
  requestedAt: 'always',
  startsAt: 'sometimes',
  lapsesAt: 'always',
  grant: 'always',
  ruling: 'always',
  chain: 'always',
};

type Of<T> = Record<keyof T, Presence>;
const PERSON: Of<Person> = { email: 'always', account: 'always' };
const ACCOUNT: Of<Account> = { provider: 'always', tenant: 'always', id: 'always' };
const OPERATOR: Of<Operator> = { operator: 'always' };
const VOTE: Of<Vote> = {
  stage: 'always',
  by: 'always',
  delegatedBy: 'sometimes',
  at: 'always',
  policies: 'always',
};
const RULING: Of<Ruling> = { policies: 'always', advice: 'always', bundle: 'always' };
const LEASE: Of<Lease> = { startsAt: 'always', endsAt: 'always', warnAt: 'sometimes' };
const ACCESS: Of<AccountAccess> = { manageRoleArn: 'always', externalId: 'sometimes' };
const PROOF: Of<Proof> = {
  checkedAt: 'always',
  evidence: 'always',
  cleanUpAt: 'sometimes',
  alarm: 'sometimes',
};
const PINNED: Of<PinnedGrant> = {
  kind: 'always',
  account: 'always',
  config: 'always',
  principal: 'sometimes',
  hash: 'always',
};
const PRINCIPAL: Of<Principal> = { type: 'always', name: 'always' };
const ENTITLEMENT: Of<Omit<Asked['entitlement'], 'extensions'>> = {
  id: 'always',
  name: 'always',
  environment: 'always',
  account: 'always',
  risk: 'always',
  owners: 'always',
  channel: 'sometimes',
  description: 'always',
};

type Known = Record<string, Presence>;
type Part = [what: string, value: object, known: Known];
type Member = Fact extends infer F ? (F extends Fact ? Exclude<keyof F, 'type'> : never) : never;
type Value<M extends Member, E = Event> = E extends unknown ? (M extends keyof E ? E[M] : never) : never;

/** A member that is neither a word, a number nor a list: it has members of its own. */
type Structured = {
  [M in Member]: NonNullable<Value<M>> extends string | number | readonly unknown[] ? never : M;
}[Member];

/** What stands in each member of an event that has members; `undefined`: any may stand there. */
const INSIDE: { [M in Structured]: ((value: NonNullable<Value<M>>) => Part[]) | undefined } = {
  asked: ({ requester, entitlement, grant, ruling }) => [
    ...doer('the requester', requester),
    ['its entitlement', entitlement, ENTITLEMENT],
    ['its grant', grant, PINNED],
    ['its ruling', ruling, RULING],
    ...(grant.principal ? ([['its principal', grant.principal, PRINCIPAL]] satisfies Part[]) : []),
  ],
  vote: (vote) => [
    ['the vote', vote, VOTE],
    ...doer('the voter', vote.by),
    ...(vote.delegatedBy ? doer('whose seat was filled', vote.delegatedBy) : []),
  ],
  delegatedBy: (person) => doer('whose seat was filled', person),
  ruling: (ruling) => [['its ruling', ruling, RULING]],
  lease: (lease) => [['its lease', lease, LEASE]],
  given: undefined,
  replaces: undefined,
  access: (access) => [['the way into its account', access, ACCESS]],
  reason: (reason) => [['its reason', reason, membersOf(reason)]],
  receipt: undefined,
  proof: (proof) => [['its proof', proof, PROOF]],
  lingering: (lingering) => [['what is said of the keys', lingering, { until: 'always', why: 'always' }]],
};

function doer(what: string, who: By): Part[] {
  if (who === 'jit') return [];
  if (isOperator(who)) return [[what, who, OPERATOR]];
  return [
    [what, who, PERSON],
    [`the account of ${what}`, who.account, ACCOUNT],
  ];
}

function partsOf({ type: _t, at: _a, by, ...own }: Event): Part[] {
  const parts = doer('who did it', by);
  for (const [member, value] of Object.entries(own)) {
    const inside = rowOf(INSIDE, member as Structured) as ((value: unknown) => Part[]) | undefined;
    if (inside && value !== undefined && value !== null) parts.push(...inside(value));
  }
  return parts;
}

/**
 * Why the program would never have written an event with these members.
 * @param known the members of this type of event
 * @param record of which format it is
 */
function wrongMembers(
  event: Event,
  known: Known,
  record: Pick<State, 'format'> | undefined,
): string | undefined {
  const { type, at: _at, by: _by, ...own } = event;
  const parts: Part[] = [[type, own, known]];
  if ('asked' in event) parts.push(['what was asked for', event.asked, ASKED]);
  if (isFrom(2, record)) parts.push(...partsOf(event));
  for (const [what, value, members] of parts) {
    const wrong = differing(value, members, record);
    if (wrong) return `${what} ${wrong}`;
  }
  return undefined;
}

function differing(
  found: object,
  known: Known,
  record: Pick<State, 'format'> | undefined,
): string | undefined {
  const has = new Map(Object.entries(found).filter(([, value]) => value !== undefined));
  const stray = [...has.keys()].find((name) => !Object.hasOwn(known, name));
  if (stray !== undefined) return `has a member that is not the program's, ${stray}`;
  const isOwed = (presence: Presence) =>
    presence === 'always' || (presence !== 'sometimes' && isFrom(presence, record));
  const lacking = Object.entries(known).find(([name, presence]) => isOwed(presence) && !has.has(name));
  return lacking && `lacks ${lacking[0]}`;
}

/**
 * Why the program would never have recorded this event after these, though they fit together: what the decisions of
 * `decide` promise, checked from outside. For whoever reads a record that others could have written. What rests on
 * members that older programs did not write is asked from the record's `format` on.
 */
export function unlawful(event: Event, past: Past): string | undefined {
  const { type, by } = event;
  const { before } = past;
  const row = rowOfEvent(event);
  const opens = mayFollow(row, undefined);
  if (!isSomebody(by)) return 'it was done by nobody';
  if (isOperator(by) && row.recordedBy !== 'operators')
    return 'an operator may take access back, and nothing else';
  // What cannot follow is impossible, not unlawful: `evolve` says so.
  const wrong = mayFollow(row, before) ? row.law(event, before, past) : undefined;
  if (wrong) return wrong;
  if (!row.recordedBy && by !== 'jit') return `${type} is the program's to record, not a person's`;
  return (
    unfollowed(event, past) ??
    wrongMembers(event, row.members, opens && 'asked' in event ? event : before) ??
    wrongTime(event, past)
  );
}

/** Why the program would not have stopped there: it writes all that one decision leads to, or nothing. */
export function unfinished(past: Past): string | undefined {
  if (owesVote(past)) return 'it was shortened without a vote';
  return owesApproval(past) ? 'a confirmation that left it complete did not approve it' : undefined;
}

function unfollowed(event: Event, past: Past): string | undefined {
  const shortening = owesVote(past);
  if (shortening) {
    const { by, at, stage } = shortening;
    const votes =
      event.type === 'Voted' &&
      event.at === at &&
      event.vote.stage === stage &&
      samePerson(event.vote.by, by) === 'same';
    return votes ? undefined : unfinished(past);
  }
  if (!owesApproval(past)) return undefined;
  const part = confirming(past, event);
  const follows =
    event.type === 'RequestApproved' || (part === 'VotesVoided' && event.type === 'ChainChanged');
  return part && follows ? undefined : unfinished(past);
}
