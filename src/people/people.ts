import type { Instant } from '../domain/entitlement.js';
import type { Account } from '../domain/person.js';
import type { Stranger } from '../domain/refusal.js';
import { rowOf } from '../domain/objects.js';
import type { Candidate, PeopleSource, SourceUser } from '../ports/people.js';
import { sideBySide } from '../kit/side-by-side.js';
import { recall, type AddressFacts, type WorkspaceSnapshot } from './snapshot.js';

const AT_ONCE = 10;

/**
 * Why a person is not let in, or undefined for a full member of `tenant` with an e-mail address: the one question about
 * requesters, voters, members of groups, listed addresses and people who are sent a message. Slack's word on where they
 * belong decides; that it does not call them a stranger proves nothing.
 */
export function strangeness(user: SourceUser | undefined, tenant: string): Stranger | undefined {
  if (!user) return { code: 'unknown-person' };
  if (user.kind === 'stranger') return { code: 'other-workspace' };
  if (user.tenants.length === 0) return { code: 'unknown-workspace' };
  if (!user.tenants.includes(tenant)) return { code: 'other-workspace' };
  if (user.deactivated) return { code: 'deactivated' };
  if (user.kind !== 'member') return { code: user.kind };
  if (!user.email) return { code: 'no-email' };
  return user.unconfirmed ? { code: 'unconfirmed-email' } : undefined;
}

/** The address under which a person may fill a stage, or null. */
export function fitEmail(user: SourceUser | undefined, tenant: string): string | null {
  return strangeness(user, tenant) ? null : (user?.email ?? null);
}

/** Someone who was seen: fresher than what a snapshot remembers. */
export interface Sighting {
  /** Null: may not fill a stage. */
  email: string | null;
  /** Why they are not let in, if so. */
  refusal?: Stranger;
  title?: string;
  at: Instant;
}
export interface Asking {
  source: PeopleSource;
  tenant: string;
  now: () => Instant;
  /** By account. */
  sightings: Map<string, Sighting>;
}

/** The account of this id: all are of the one tenant that is served. */
export function accountOf({ source, tenant }: Pick<Asking, 'source' | 'tenant'>, id: string): Account {
  return { provider: source.provider, tenant, id };
}

type Fact = AddressFacts[string];
type Learn = (
  snapshot: WorkspaceSnapshot,
  keys: string[],
  asking: Asking,
  asOf?: Instant,
) => Promise<boolean>;

/** Asks for the addresses that the snapshot does not remember, and writes them into it. Throws when Slack fails. */
export const learnEmails: Learn = ({ emails }, ids, { source, tenant, now }, asOf) =>
  learn(emails, ids, { now, asOf }, async (id) => {
    const user = await source.byId(id);
    return { value: fitEmail(user, tenant), ...zoneOf(user) };
  });

/** Asks for the Slack ids that the snapshot does not remember. Throws when Slack fails. */
export const learnIds: Learn = ({ ids }, emails, { source, tenant, now }, asOf) =>
  learn(ids, emails, { now, asOf }, async (email) => {
    const user = await source.byEmail(email);
    return { value: user && !strangeness(user, tenant) ? user.id : null, ...zoneOf(user) };
  });

function zoneOf(user: SourceUser | undefined): { zone?: string } {
  return user?.timezone === undefined ? {} : { zone: user.timezone };
}

/** Those of these accounts who may fill a stage, by what was learned. */
export function membersAsCandidates(
  snapshot: WorkspaceSnapshot,
  ids: string[],
  asking: Pick<Asking, 'source' | 'tenant' | 'sightings'>,
): Candidate[] {
  const { sightings } = asking;
  return ids.flatMap((id) => {
    const fact = snapshot.emails[id];
    const seen = sightings.get(id);
    const email = seen && seen.at >= (fact?.at ?? 0) ? seen.email : fact?.value;
    // An address that has changed hands must not carry the old holder's place to the new one.
    const passedOn = [...sightings].some(
      ([other, sighting]) => other !== id && sighting.email === email && sighting.at >= (fact?.at ?? 0),
    );
    return email && !passedOn ? [{ email, account: accountOf(asking, id), ...timezoneOf(fact) }] : [];
  });
}

/** People who are listed by address. */
export function listAsCandidates(
  snapshot: WorkspaceSnapshot,
  emails: string[],
  asking: Pick<Asking, 'source' | 'tenant'>,
): Candidate[] {
  return emails.map((email) => {
    const fact = rowOf(snapshot.ids, email);
    if (!fact?.value) return { email };
    return { email, account: accountOf(asking, fact.value), ...timezoneOf(fact) };
  });
}

function timezoneOf(fact: Fact | undefined): Pick<Candidate, 'timezone'> {
  return fact?.zone === undefined ? {} : { timezone: fact.zone };
}

/** A few at a time; after the first failure no more is begun. @returns whether anything was asked */
async function learn(
  facts: AddressFacts,
  keys: string[],
  { now, asOf }: { now: () => Instant; asOf: Instant | undefined },
  ask: (key: string) => Promise<Omit<Fact, 'at'>>,
): Promise<boolean> {
  let asked = false;
  const one = async (key: string) => {
    const at = now();
    if (recall(facts, key, at, asOf) !== undefined) return;
    facts[key] = { ...(await ask(key)), at };
    asked = true;
  };
  await sideBySide(new Set(keys), one, undefined, AT_ONCE);
  return asked;
}
