import { standbyGroups, type DirectoryConfig } from '../domain/directory.js';
import { emailOf } from '../domain/email.js';
import type { Instant } from '../domain/entitlement.js';
import { rowOf } from '../domain/objects.js';
import { sameMoment } from '../kit/same-moment.js';
import { sharedRun } from '../kit/shared-run.js';
import type { Notes } from '../ports/record.js';
import type { LostGroup } from '../ports/people.js';
import { learnEmails, learnIds, type Asking } from './people.js';
import {
  believed,
  FACTS_FRESH,
  GROUPS_FRESH,
  isYoung,
  lostGroups,
  readNote,
  unknownGroup,
  usergroupIds,
  type AddressFacts,
  type WorkspaceSnapshot,
} from './snapshot.js';

const NOTE = 'directory';

export interface Keeping extends Asking {
  store: Notes;
  config: () => DirectoryConfig;
  /** Hears of what went wrong without harm. */
  report: (what: string, error: unknown) => void;
}

/** What is known of groups and addresses: one note for all processes. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function keeper(keeping: Keeping) {
  const { source, store, config, now, report } = keeping;
  // A cache only: it is as old as it says, and a fresher note of another process goes before it.
  let latest: WorkspaceSnapshot | undefined;
  let failingSince: Instant | undefined;

  // Who looks at many requests at once asks for it many times: one reading is for all of them, and none of it is older.
  const known = sameMoment(async (): Promise<WorkspaceSnapshot | undefined> => {
    try {
      const noted = readNote(await store.note(NOTE));
      if (noted && noted.fetchedAt > (latest?.fetchedAt ?? 0)) latest = noted;
    } catch (error) {
      report('could not read what is kept about groups', error);
    }
    return latest;
  });

  const fetch = sharedRun(async () => {
    const before = await known();
    const fetchedAt = now();
    const answer = await source.groups().catch((error: unknown) => {
      failingSince ??= fetchedAt;
      throw error;
    });
    failingSince = undefined;
    // Only the groups that directory.yml names: all of a large company's would not fit into one note.
    const groups = believed(answer, usergroupIds(config()), before, fetchedAt);
    latest = {
      fetchedAt,
      ...groups,
      emails: young(before?.emails, fetchedAt),
      ids: young(before?.ids, fetchedAt),
    };
    for (const group of lostGroups(config(), latest))
      if (groups.lost[group.id]?.since === fetchedAt) report(unknownGroup(source, group).why, undefined);
    await keep(latest);
    return latest;
  });

  /** Keeps what was learned since, where this process may write. Never throws. */
  async function keep(snapshot: WorkspaceSnapshot): Promise<void> {
    try {
      await store.saveNote?.(NOTE, snapshot);
    } catch (error) {
      report('could not keep what was learned about members', error);
    }
  }

  return {
    /** What is remembered, however old: the note of all processes, and what this one has learned since. */
    async remembered(): Promise<WorkspaceSnapshot[]> {
      const noted = readNote(await store.note(NOTE));
      return [noted ?? [], latest ?? []].flat();
    },
    keep,
    /**
     * One that may be used now, though it may lack some groups. Throws when there is none and Slack gives none.
     * @param asOf none that was fetched before
     */
    async current(asOf: Instant = -Infinity): Promise<WorkspaceSnapshot> {
      const snapshot = await known();
      if (!snapshot || !isYoung(snapshot, now()) || snapshot.fetchedAt < asOf) return fetch();
      if (usergroupIds(config()).every((id) => Object.hasOwn(snapshot.usergroups, id))) return snapshot;
      // A group that directory.yml has just named must not take those with it that are known.
      return fetch().catch((error: unknown) => {
        report('could not look up the groups that are new in directory.yml', error);
        return snapshot;
      });
    },
    /** What this process could not look up when it last tried. */
    lost(): LostGroup[] {
      const young = latest && isYoung(latest, now()) ? latest : undefined;
      if (!young && failingSince === undefined) return [];
      const since = latest ? latest.fetchedAt + GROUPS_FRESH : (failingSince ?? now());
      return lostGroups(config(), young).map((group) => ({
        ...unknownGroup(source, group),
        since: young?.lost[group.id]?.since ?? (young ? young.fetchedAt : since),
      }));
    },
    /** Asks Slack anew, and keeps the answer, with the addresses that stages need. */
    async refresh(): Promise<void> {
      const asked = Object.keys((await known())?.emails ?? {});
      const snapshot = await fetch();
      try {
        const { ids, emails } = stagePeople(config(), snapshot, asked);
        const learned = [
          await learnEmails(snapshot, ids, keeping),
          await learnIds(snapshot, emails, keeping),
        ];
        if (learned.includes(true)) await keep(snapshot);
      } catch (error) {
        // The groups are good all the same; what needs the missing address asks for it then.
        report('could not look up all members of the stages', error);
      }
    },
  };
}

/** Whose addresses and ids are asked ahead of need: the stages' people, and those who were asked for before. */
function stagePeople(
  directory: DirectoryConfig,
  { usergroups }: WorkspaceSnapshot,
  asked: string[],
): { ids: string[]; emails: string[] } {
  const { groups, stages } = directory;
  const named = [...stages.flatMap(({ group }) => group ?? []), ...standbyGroups(directory)];
  const used = named.flatMap((name) => rowOf(groups, name) ?? []);
  const everybody = new Set(Object.values(usergroups).flatMap((members) => members ?? []));
  const serving = used.flatMap((group) => ('source' in group ? (usergroups[group.id] ?? []) : []));
  const listed = used.flatMap((group) => ('members' in group ? group.members : []));
  return { ids: [...serving, ...asked.filter((id) => everybody.has(id))], emails: listed.map(emailOf) };
}

function young(facts: AddressFacts | undefined, now: number): AddressFacts {
  const entries = Object.entries(facts ?? {});
  return Object.fromEntries(entries.filter(([, { at }]) => Math.abs(now - at) <= FACTS_FRESH));
}
