import * as z from 'zod';
import type { DirectoryConfig } from '../domain/directory.js';
import type { Instant, JsonObject, Millis } from '../domain/entitlement.js';

/** Group facts older than this are not used. */
const GROUPS_FRESH: Millis = 5 * 60_000;
/** How long it is remembered which e-mail address belongs to which Slack account. */
export const FACTS_FRESH: Millis = 60 * 60_000;

const Facts = z.record(z.string(), z.object({ value: z.nullable(z.string()), at: z.number() }));
const Snapshot = z.object({
  fetchedAt: z.number(),
  /** For each user group that directory.yml named: its members' ids, or null where Slack knows no such group. */
  usergroups: z.record(z.string(), z.nullable(z.array(z.string()))),
  /** Slack id → e-mail; null: may not fill a stage (deactivated, guest, bot, from elsewhere, no address). */
  emails: Facts,
  /** E-mail → Slack id; null: Slack knows none. Only for mentions. */
  ids: Facts,
});
/** What is kept about the workspace, as one note for all processes. */
export type Snapshot = z.infer<typeof Snapshot>;
export type Facts = z.infer<typeof Facts>;

/** Reads a note; one that is not whole counts as absent. */
export function readNote(note: JsonObject | undefined): Snapshot | undefined {
  const read = Snapshot.safeParse(note);
  return read.success ? read.data : undefined;
}

/** Young enough, and made for every user group that directory.yml names now. */
export function usable(snapshot: Snapshot, config: DirectoryConfig, now: Instant): boolean {
  const young = Math.abs(now - snapshot.fetchedAt) <= GROUPS_FRESH;
  return young && usergroupIds(config).every((id) => Object.hasOwn(snapshot.usergroups, id));
}

/** Members of a user group. Throws where it is unknown, which is not the same as empty. */
export function membersOf(usergroup: string, { usergroups }: Snapshot): string[] {
  const members = Object.hasOwn(usergroups, usergroup) ? usergroups[usergroup] : undefined;
  if (!members)
    throw new Error(
      `Slack has no user group ${usergroup}, or it is disabled: enable it, or correct directory.yml`,
    );
  return members;
}

export function usergroupIds({ groups }: DirectoryConfig): string[] {
  return Object.values(groups).flatMap((group) => ('usergroup' in group ? [group.usergroup] : []));
}

/** What is still remembered of one key: a string, null, or undefined when it must be asked. */
export function recall(facts: Facts, key: string, now: Instant): string | null | undefined {
  const fact = Object.hasOwn(facts, key) ? facts[key] : undefined;
  return fact && Math.abs(now - fact.at) <= FACTS_FRESH ? fact.value : undefined;
}
