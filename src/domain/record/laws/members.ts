import type { AccountAccess } from '../../directory.js';
import type { Account, Person } from '../../person.js';
import type { PinnedGrant, Principal } from '../../entitlement.js';
import type { Lease } from '../../lease.js';
import type { Asked, Format, Operator, Proof, Reason, State, Vote } from '../../request/state.js';
import type { Event } from '../../request/event.js';
import type { Ruling } from '../../request/decision.js';
import { isFrom } from './past.js';

/** Whether the program writes a member: always, sometimes, or always from a format on and before that perhaps. */
type Presence = 'always' | 'sometimes' | Format;
type Own<E> = Exclude<keyof E, 'type' | 'at' | 'by'>;
type Members = { [T in Event['type']]: Record<Own<Extract<Event, { type: T }>>, Presence> };

const MEMBERS: Members = {
  RequestSubmitted: { asked: 'always', format: 2 },
  RequestRefused: { asked: 'always', format: 2, reason: 'always' },
  PreflightPassed: { note: 'sometimes' },
  Voted: { vote: 'always' },
  VotesVoided: { people: 'always', why: 'always' },
  ChainChanged: { chain: 'always', ruling: 'always' },
  RequestApproved: { lease: 'always', ruling: 'always', given: 2, form: 'sometimes', access: 'sometimes' },
  RequestDenied: { reason: 'always' },
  RequestCancelled: {},
  RequestLapsed: {},
  ProvisionAttempted: { until: 'always' },
  GrantProvisioned: { receipt: 'always' },
  EndAnnounced: {},
  MintRequested: { waiting: 'always' },
  MintAttempted: { permittedAt: 2 },
  MintRefused: { reason: 'always' },
  CredentialsMinted: { accessKeyId: 'always', expiresAt: 'always' },
  RevocationStarted: {
    cause: 'always',
    reason: 'sometimes',
    policies: 'sometimes',
    unknownGroups: 'sometimes',
  },
  RequestClosed: { outcome: 'always', proof: 'always' },
  CleanedUp: {},
};

const ASKED: Record<Exclude<keyof Asked, 'format' | 'revision' | 'votes'>, Presence> = {
  id: 'always',
  requester: 'always',
  entitlement: 'always',
  duration: 'always',
  justification: 'always',
  ticket: 'sometimes',
  requestedAt: 'always',
  lapsesAt: 'always',
  grant: 'always',
  ruling: 'always',
  chain: 'always',
};

type Of<T> = Record<keyof T, Presence>;
const PERSON: Of<Person> = { email: 'always', account: 'always' };
const ACCOUNT: Of<Account> = { provider: 'always', tenant: 'always', id: 'always' };
const OPERATOR: Of<Operator> = { operator: 'always' };
const VOTE: Of<Vote> = { stage: 'always', by: 'always', at: 'always', policies: 'always' };
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
const ENTITLEMENT: Of<Asked['entitlement']> = {
  id: 'always',
  name: 'always',
  environment: 'always',
  account: 'always',
  risk: 'always',
  owners: 'always',
  channel: 'sometimes',
  description: 'always',
};

const REASONS: { [C in Reason['code']]: Of<Extract<Reason, { code: C }>> } = {
  policy: { code: 'always', policies: 'always', advice: 'always', errors: 'always' },
  unfillable: { code: 'always', stage: 'always', needed: 'always', available: 'always' },
  vote: { code: 'always', stage: 'always', text: 'always' },
  changed: { code: 'always' },
  requester: { code: 'always', problem: 'always' },
  'no-room': { code: 'always', used: 'always', needed: 'always', limit: 'always', principal: 'always' },
  aws: { code: 'always', error: 'always', hint: 'always' },
  'taken-back': { code: 'always', text: 'always' },
  'end-stands': { code: 'always' },
};

type Part = [what: string, value: object, known: Record<string, Presence>];

/** The parts of an event whose members are known too. */
function partsOf(event: Event): Part[] {
  const person = (what: string, who: Event['by']): Part[] => {
    if (who === 'jit') return [];
    if ('operator' in who) return [[what, who, OPERATOR]];
    return [
      [what, who, PERSON],
      [`the account of ${what}`, who.account, ACCOUNT],
    ];
  };
  const parts = person('who did it', event.by);
  if ('asked' in event) {
    const { requester, entitlement, grant, ruling } = event.asked;
    parts.push(...person('the requester', requester), ['its entitlement', entitlement, ENTITLEMENT]);
    parts.push(['its grant', grant, PINNED], ['its ruling', ruling, RULING]);
    if (grant.principal) parts.push(['its principal', grant.principal, PRINCIPAL]);
  }
  if ('vote' in event) parts.push(['the vote', event.vote, VOTE], ...person('the voter', event.vote.by));
  if ('ruling' in event) parts.push(['its ruling', event.ruling, RULING]);
  if ('lease' in event) parts.push(['its lease', event.lease, LEASE]);
  if ('reason' in event && event.reason) parts.push(['its reason', event.reason, REASONS[event.reason.code]]);
  if ('access' in event && event.access) parts.push(['the way into its account', event.access, ACCESS]);
  if ('proof' in event) parts.push(['its proof', event.proof, PROOF]);
  return parts;
}

/**
 * Why the program would never have written an event with these members.
 * @param record of which format it is
 */
export function wrongMembers(event: Event, record: Pick<State, 'format'> | undefined): string | undefined {
  const { type, at: _at, by: _by, ...own } = event;
  const parts: Part[] = [[type, own, MEMBERS[type]]];
  if ('asked' in event) parts.push(['what was asked for', event.asked, ASKED]);
  if (isFrom(2, record)) parts.push(...partsOf(event));
  for (const [what, value, known] of parts) {
    const wrong = differing(value, known, record);
    if (wrong) return `${what} ${wrong}`;
  }
  return undefined;
}

function differing(
  found: object,
  known: Record<string, Presence>,
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
