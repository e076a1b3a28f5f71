import { groupsOfStage, type DirectoryConfig, type UnknownGroup } from '../domain/directory.js';
import { emailOf, sameAddress } from '../domain/email.js';
import { rowOf } from '../domain/objects.js';
import type { Candidate, Directory } from '../ports/people.js';
import { keeper, type Keeping } from './groups.js';
import { learnEmails, learnIds, listAsCandidates, membersAsCandidates } from './people.js';
import { principalOf } from './principal.js';
import { sightingsOf } from './sightings.js';
import { lostGroups, membersOf, noGroup, recall, unknownGroup, type Lost } from './snapshot.js';

/**
 * Who is who: Slack's people and user groups, and what directory.yml adds to them.
 * @param of.store without `saveNote` (the front's), what is learned stays in this process
 * @param of.tenant the id of the one organisation that is served
 * @param of.report hears of faults that are answered with a refusal, or that do no harm
 */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function directory(of: Omit<Keeping, 'sightings'>): Directory {
  const { source, config, report } = of;
  const keeping: Keeping = { ...of, sightings: new Map() };
  const toUnknown = (group: Lost) => unknownGroup(source, group);
  const snapshots = keeper(keeping);

  /** Undefined where nothing may be used: every Slack group is unknown then, and no list is. */
  const snapshotFor = (what: string) =>
    snapshots.current().catch((error: unknown) => {
      report(`could not look up ${what}`, error);
      return undefined;
    });

  return {
    name: of.source.name,
    ...sightingsOf({ ...keeping, remembered: snapshots.remembered }),

    async groups(person) {
      const directory = config();
      const groups = Object.entries(directory.groups);
      const inSlack = groups.some(([, group]) => 'source' in group);
      const snapshot = inSlack ? await snapshotFor('the Slack groups') : undefined;
      const isIn = groups.filter(([, group]) =>
        'members' in group
          ? group.members.some((email) => sameAddress(email, person.email))
          : membersOf(group.id, snapshot)?.includes(person.account.id),
      );
      return { groups: isIn.map(([name]) => name), unknown: lostGroups(directory, snapshot).map(toUnknown) };
    },

    async candidates(stage, requester, owners) {
      const directory = config();
      const { listed, inSlack, absent } = sources(stage, requester, owners, directory);
      const snapshot = await snapshotFor(`whom to mention for ${stage}`);
      const lost = lostGroups(directory, snapshot)
        .filter(({ name }) => inSlack.has(name))
        .map(toUnknown);
      const unknown: UnknownGroup[] = [...absent.map(noGroup), ...lost];
      if (!snapshot) return { people: distinct(listed.map((email) => ({ email }))), unknown };
      const idsIn = (group: string) => membersOf(group, snapshot) ?? [];
      const ids = [...new Set([...inSlack.values()].flatMap(idsIn))];
      const mentions = (error: unknown) => {
        report(`could not look up whom to mention for ${stage}`, error);
        return true;
      };
      const learned = [
        // Some may have been learned before it failed.
        await learnEmails(snapshot, ids, keeping).catch(mentions),
        await learnIds(snapshot, listed, keeping).catch(mentions),
      ];
      if (learned.includes(true)) await snapshots.keep(snapshot);
      const isKnown = (id: string) => recall(snapshot.emails, id, of.now()) !== undefined;
      const partly = [...inSlack]
        .filter(([, id]) => !idsIn(id).every(isKnown))
        .map(([name, id]) => toUnknown({ name, id, lasting: false }));
      return {
        people: distinct([
          ...membersAsCandidates(snapshot, ids.filter(isKnown), keeping),
          ...listAsCandidates(snapshot, listed, keeping),
        ]),
        unknown: [...unknown, ...partly],
      };
    },

    status: () => ({ lost: snapshots.lost() }),

    principal: (email) => principalOf(emailOf(email), config()),

    refresh: () => snapshots.refresh(),
  };
}

/**
 * Where a stage's people come from: addresses under review, Slack's user groups by their names, and names that are no
 * groups: owners of the time of asking may have left directory.yml. Throws for an unknown stage.
 */
function sources(
  stage: string,
  requester: string,
  owners: string[],
  { stages, groups, people }: DirectoryConfig,
): { listed: string[]; inSlack: Map<string, string>; absent: string[] } {
  const def = stages.find(({ name }) => name === stage);
  if (!def) throw new Error(`directory.yml has no stage "${stage}"`);
  if (def.kind === 'manager') {
    const entry = Object.entries(people).find(([key]) => sameAddress(key, requester))?.[1];
    const listed = entry?.manager === undefined ? [] : [emailOf(entry.manager)];
    return { listed, inSlack: new Map(), absent: [] };
  }
  const names = groupsOfStage(def, owners);
  const listed: string[] = [];
  const inSlack = new Map<string, string>();
  const absent: string[] = [];
  for (const name of names) {
    const group = rowOf(groups, name);
    if (!group) absent.push(name);
    else if ('source' in group) inSlack.set(name, group.id);
    else listed.push(...group.members.map(emailOf));
  }
  return { listed, inSlack, absent };
}

/** One entry for each address; one with an account goes before one without. */
function distinct(candidates: Candidate[]): Candidate[] {
  const byEmail = new Map<string, Candidate>();
  for (const candidate of candidates)
    if (!byEmail.get(candidate.email)?.account) byEmail.set(candidate.email, candidate);
  return [...byEmail.values()];
}
