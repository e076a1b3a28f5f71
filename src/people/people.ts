import type { Instant } from '../domain/entitlement.js';
import type { Stranger } from '../domain/refusal.js';
import type { Candidate, SlackPeople, SlackUser } from '../ports/people.js';
import { recall, type Snapshot } from './snapshot.js';

const AT_ONCE = 10;

/**
 * Why somebody is not let in, or undefined for a full member of `team` with an e-mail address: the one question about
 * requesters, voters, members of groups, listed addresses and whoever is sent a message. Slack's word on where they
 * belong decides; that it does not call them a stranger proves nothing.
 */
export function strangeness(user: SlackUser | undefined, team: string): Stranger | undefined {
  if (!user) return { code: 'unknown-person' };
  if (user.kind === 'stranger') return { code: 'other-workspace' };
  if (user.workspaces.length === 0) return { code: 'unknown-workspace' };
  if (!user.workspaces.includes(team)) return { code: 'other-workspace' };
  if (user.deactivated) return { code: 'deactivated' };
  if (user.kind !== 'member') return { code: user.kind };
  if (!user.email) return { code: 'no-email' };
  return user.unconfirmed ? { code: 'unconfirmed-email' } : undefined;
}

/** The address under which somebody may fill a stage, or null. */
export function fitEmail(user: SlackUser | undefined, team: string): string | null {
  return strangeness(user, team) ? null : (user?.email ?? null);
}

/** Who was seen when, with which address: fresher than what a snapshot remembers. */
export type Sightings = Map<string, Sighting>;
export interface Sighting {
  /** Null: may not fill a stage. */
  email: string | null;
  /** Why they are not let in, if so. */
  refusal?: Stranger;
  at: Instant;
}
export interface Asking {
  slack: SlackPeople;
  team: string;
  now: () => Instant;
  sightings: Sightings;
}

/** Asks for the addresses that the snapshot does not remember, and writes them into it. Throws when Slack fails. */
export async function learnEmails(snapshot: Snapshot, slackIds: string[], asking: Asking): Promise<boolean> {
  const { slack, team, now } = asking;
  return eachOf(slackIds, async (id) => {
    const at = now();
    if (recall(snapshot.emails, id, at) !== undefined) return false;
    snapshot.emails[id] = { value: fitEmail(await slack.user(id), team), at };
    return true;
  });
}

/** Asks for the Slack ids that the snapshot does not remember. Throws when Slack fails. */
export async function learnIds(snapshot: Snapshot, emails: string[], asking: Asking): Promise<boolean> {
  const { slack, team, now } = asking;
  return eachOf(emails, async (email) => {
    const at = now();
    if (recall(snapshot.ids, email, at) !== undefined) return false;
    const user = await slack.byEmail(email);
    snapshot.ids[email] = { value: user && !strangeness(user, team) ? user.slackId : null, at };
    return true;
  });
}

/** Those of these accounts who may fill a stage, by what was learned. */
export function membersAsCandidates(
  snapshot: Snapshot,
  slackIds: string[],
  sightings: Sightings,
): Candidate[] {
  return slackIds.flatMap((slackId) => {
    const fact = snapshot.emails[slackId];
    const seen = sightings.get(slackId);
    const email = seen && seen.at >= (fact?.at ?? 0) ? seen.email : fact?.value;
    // An address that has changed hands must not carry the old holder's place to the new one.
    const passedOn = [...sightings].some(
      ([id, sighting]) => id !== slackId && sighting.email === email && sighting.at >= (fact?.at ?? 0),
    );
    return email && !passedOn ? [{ email, slackId }] : [];
  });
}

/** People who are listed by address. */
export function listAsCandidates(snapshot: Snapshot, emails: string[]): Candidate[] {
  return emails.map((email) => {
    const slackId = Object.hasOwn(snapshot.ids, email) ? snapshot.ids[email]?.value : undefined;
    return { email, ...(slackId && { slackId }) };
  });
}

/** A few at a time; after the first failure no more is begun. @returns whether any of them did something */
async function eachOf<T>(items: T[], act: (item: T) => Promise<boolean>): Promise<boolean> {
  const waiting = [...new Set(items)];
  let acted = false;
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        acted = (await act(item)) || acted;
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, worker));
  return acted;
}
