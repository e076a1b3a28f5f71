import { groupsOfStage, type DirectoryConfig, type UnknownGroup } from '../domain/directory.js';
import { emailOf, sameAddress } from '../domain/email.js';
import { rowOf } from '../domain/objects.js';
import type { Candidate, Directory, PeopleSource } from '../ports/people.js';
import type { Instant } from '../domain/entitlement.js';
import { keeper, type Keeping } from './groups.js';
import { restOf } from './rest.js';
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
  const snapshotFor = (what: string, asOf?: Instant) =>
    snapshots.current(asOf).catch((error: unknown) => {
      report(`could not look up ${what}`, error);
      return undefined;
    });

  /** Those who sit there, as far as it is known. @param asOf nothing that was learned before counts */
  async function fill(
    what: string,
    { listed, inSlack, absent }: Sources,
    asOf?: Instant,
  ): ReturnType<Directory['members']> {
    const directory = config();
    const snapshot = await snapshotFor(`whom to mention for ${what}`, asOf);
    const lost = lostGroups(directory, snapshot)
      .filter(({ name }) => inSlack.has(name))
      .map(toUnknown);
    const unknown: UnknownGroup[] = [...absent.map(noGroup), ...lost];
    if (!snapshot) {
      if (asOf !== undefined && listed.length > 0) unknown.push(notAsked(source, what));
      return { people: distinct(listed.map((email) => ({ email }))), unknown };
    }
    const idsIn = (group: string) => membersOf(group, snapshot) ?? [];
    const ids = [...new Set([...inSlack.values()].flatMap(idsIn))];
    const mentions = (error: unknown) => {
      report(`could not look up whom to mention for ${what}`, error);
      return true;
    };
    const learned = [
      // Some may have been learned before it failed.
      await learnEmails(snapshot, ids, keeping, asOf).catch(mentions),
      await learnIds(snapshot, listed, keeping, asOf).catch(mentions),
    ];
    if (learned.includes(true)) await snapshots.keep(snapshot);
    const isKnown = (id: string) => recall(snapshot.emails, id, of.now(), asOf) !== undefined;
    const partly = [...inSlack]
      .filter(([, id]) => !idsIn(id).every(isKnown))
      .map(([name, id]) => toUnknown({ name, id, lasting: false }));
    unknown.push(...partly);
    const found = listAsCandidates(snapshot, listed, keeping);
    const onList = asOf === undefined ? found : found.filter(({ account }) => account);
    if (asOf !== undefined && listed.some((one) => recall(snapshot.ids, one, of.now(), asOf) === undefined))
      unknown.push(notAsked(source, what));
    return {
      people: distinct([...membersAsCandidates(snapshot, ids.filter(isKnown), keeping), ...onList]),
      unknown,
    };
  }

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

    candidates: async (stage, requester, owners, asOf) =>
      fill(stage, sources(stage, requester, owners, config()), asOf),

    members: async (groups, asOf) => fill(groups.join(' and '), sourcesOf(groups, config()), asOf),

    rest: restOf(of),

    status: () => ({ lost: snapshots.lost() }),

    principal: (email) => principalOf(emailOf(email), config()),

    refresh: () => snapshots.refresh(),
  };
}

/**
 * Where people come from: addresses under review, Slack's user groups by their names, and names that are no groups:
 * owners of the time of asking may have left directory.yml.
 */
interface Sources {
  listed: string[];
  inSlack: Map<string, string>;
  absent: string[];
}

/** Those of a stage. Throws for an unknown one. */
function sources(stage: string, requester: string, owners: string[], directory: DirectoryConfig): Sources {
  const { stages, people } = directory;
  const def = stages.find(({ name }) => name === stage);
  if (!def) throw new Error(`directory.yml has no stage "${stage}"`);
  if (def.kind === 'manager') {
    const entry = Object.entries(people).find(([key]) => sameAddress(key, requester))?.[1];
    const listed = entry?.manager === undefined ? [] : [emailOf(entry.manager)];
    return { listed, inSlack: new Map(), absent: [] };
  }
  return sourcesOf(groupsOfStage(def, owners), directory);
}

function sourcesOf(names: readonly string[], { groups }: DirectoryConfig): Sources {
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

/** Of people who stand on a list under review it is not known whether they are still there. */
function notAsked({ name }: PeopleSource, what: string): UnknownGroup {
  return { name: what, why: `${name} cannot be asked who is left of ${what}`, lasting: false };
}

/** One entry for each address; one with an account goes before one without. */
function distinct(candidates: Candidate[]): Candidate[] {
  const byEmail = new Map<string, Candidate>();
  for (const candidate of candidates)
    if (!byEmail.get(candidate.email)?.account) byEmail.set(candidate.email, candidate);
  return [...byEmail.values()];
}
