import * as z from 'zod';
import type { DirectoryConfig, UnknownGroup } from '../domain/directory.js';
import type { Instant, JsonObject, Millis } from '../domain/entitlement.js';
import { rowOf } from '../domain/objects.js';
import type { PeopleSource } from '../ports/people.js';

/** Group facts older than this are not used. */
export const GROUPS_FRESH: Millis = 5 * 60_000;
/** How long it is remembered which e-mail address belongs to which Slack account. */
export const FACTS_FRESH: Millis = 60 * 60_000;
/** For how long a group that had members must be said to be empty before that is believed. */
const EMPTY_BELIEVED: Millis = 15 * 60_000;

const AddressFacts = z.record(
  z.string(),
  z.object({
    value: z.nullable(z.string()),
    at: z.number(),
    /** IANA's name of the person's time zone, where the source gives one. */
    zone: z.string().exactOptional(),
  }),
);
const WorkspaceSnapshot = z.object({
  fetchedAt: z.number(),
  /** For each user group that directory.yml named: its members' ids, or null where they are not known. */
  usergroups: z.record(z.string(), z.nullable(z.array(z.string()))),
  /** Groups that had members and then had none: since when. A note from before this was kept has none. */
  emptied: z.record(z.string(), z.number()).default({}),
  /** Of groups whose members are not known: since when, and whether it is because Slack has no such group. */
  lost: z.record(z.string(), z.object({ since: z.number(), absent: z.boolean() })).default({}),
  /** Slack id → e-mail; null: may not fill a stage (deactivated, guest, bot, from elsewhere, no address). */
  emails: AddressFacts,
  /** E-mail → Slack id; null: Slack knows none. Only for mentions. */
  ids: AddressFacts,
});
/** What is kept about the workspace, as one note for all processes. */
export type WorkspaceSnapshot = z.infer<typeof WorkspaceSnapshot>;
export type AddressFacts = z.infer<typeof AddressFacts>;
type Believed = Pick<WorkspaceSnapshot, 'usergroups' | 'emptied' | 'lost'>;

/** Reads a note; one that is not whole counts as absent. */
export function readNote(note: JsonObject | undefined): WorkspaceSnapshot | undefined {
  const read = WorkspaceSnapshot.safeParse(note);
  return read.success ? read.data : undefined;
}

/**
 * What Slack said of the groups of `ids`, with what is not to be believed taken as unknown (null). Slack has no way to
 * empty an enabled user group (`usergroups.users.update` answers `no_users_provided`), so one that was filled a minute
 * ago and is empty now is far more likely a fault of Slack's than the departure of all its members. And emptiness is
 * not the safe side: votes would be void and requests closed for good, and a `forbid` on the group would do nothing.
 */
export function believed(
  answer: Record<string, string[]>,
  ids: string[],
  before: WorkspaceSnapshot | undefined,
  now: Instant,
): Believed {
  const { usergroups, emptied, lost }: Believed = { usergroups: {}, emptied: {}, lost: {} };
  const was: Believed = before ?? { usergroups: {}, emptied: {}, lost: {} };
  const lose = (id: string, absent: boolean) => {
    usergroups[id] = null;
    lost[id] = { since: rowOf(was.lost, id)?.since ?? now, absent };
  };
  for (const id of ids) {
    const members = rowOf(answer, id) ?? null;
    usergroups[id] = members;
    if (members?.length) continue;
    if (members === null) lose(id, true);
    const since = rowOf(was.emptied, id) ?? (rowOf(was.usergroups, id)?.length ? now : undefined);
    if (since === undefined) continue;
    // A group that was not there at all has not been said to be empty: its time begins when it is.
    if (members === null) emptied[id] = now;
    else if (now - since < EMPTY_BELIEVED) {
      emptied[id] = since;
      lose(id, false);
    }
  }
  return { usergroups, emptied, lost };
}

export function isYoung({ fetchedAt }: WorkspaceSnapshot, now: Instant): boolean {
  return Math.abs(now - fetchedAt) <= GROUPS_FRESH;
}

/** Members of a user group; undefined where they are not known, which is not the same as none. */
export function membersOf(usergroup: string, snapshot: WorkspaceSnapshot | undefined): string[] | undefined {
  return (snapshot && rowOf(snapshot.usergroups, usergroup)) ?? undefined;
}

/** A group whose members are not known: its name in directory.yml and its id at its source. */
export interface Lost {
  name: string;
  id: string;
  lasting: boolean;
}

/** Of the groups that directory.yml names, those whose members are not known. */
export function lostGroups({ groups }: DirectoryConfig, snapshot: WorkspaceSnapshot | undefined): Lost[] {
  return Object.entries(groups).flatMap(([name, group]) => {
    if (!('source' in group) || membersOf(group.id, snapshot)) return [];
    const lost = snapshot && rowOf(snapshot.lost, group.id);
    return [{ name, id: group.id, lasting: lost?.absent ?? false }];
  });
}

/** The same for the reader. */
export function unknownGroup(source: Pick<PeopleSource, 'name'>, { name, id, lasting }: Lost): UnknownGroup {
  const group = `the ${source.name} group ${id} (${name}) cannot be looked up`;
  const why = lasting ? `${group}: ${source.name} has no such group, or it is disabled` : `${group} now`;
  return { name, why, lasting };
}

/** What directory.yml does not name any more. */
export function noGroup(name: string): UnknownGroup {
  return { name, why: `directory.yml has no group "${name}"`, lasting: true };
}

export function usergroupIds({ groups }: DirectoryConfig): string[] {
  return Object.values(groups).flatMap((group) => ('source' in group ? [group.id] : []));
}

/**
 * What is still remembered of one key: a string, null, or undefined when it must be asked.
 * @param asOf what was learned before is not remembered
 */
export function recall(
  facts: AddressFacts,
  key: string,
  now: Instant,
  asOf: Instant = -Infinity,
): string | null | undefined {
  const fact = rowOf(facts, key);
  return fact && Math.abs(now - fact.at) <= FACTS_FRESH && fact.at >= asOf ? fact.value : undefined;
}
