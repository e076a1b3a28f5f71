import type { DirectoryConfig } from '../domain/directory.js';
import type { Instant } from '../domain/entitlement.js';
import type { Candidate, Directory, SlackPeople } from '../ports.js';
import { keeper, type Keeping, type NoteStore } from './groups.js';
import {
  fitEmail,
  learnEmails,
  learnIds,
  listAsCandidates,
  membersAsCandidates,
  strangeness,
} from './people.js';
import { principalOf } from './principal.js';
import { membersOf } from './snapshot.js';

/**
 * Who is who: Slack's people and user groups, and what directory.yml adds to them.
 * @param of.store without `saveNote` (the front's), what is learned stays in this process
 * @param of.team the id of the one workspace that is served
 * @param of.report hears of faults that are answered with a refusal, or that do no harm
 */
export function directory(of: {
  slack: SlackPeople;
  store: NoteStore;
  config: () => DirectoryConfig;
  team: string;
  now: () => Instant;
  report?: (what: string, error: unknown) => void;
}): Directory {
  const { slack, config, team, now } = of;
  const keeping: Keeping = { ...of, report: of.report ?? (() => undefined), sightings: new Map() };
  const { sightings, report } = keeping;
  const snapshots = keeper(keeping);

  return {
    async person(actor) {
      if (actor.team !== team) return { refusal: { code: 'other-workspace' } };
      const at = now();
      try {
        const user = await slack.user(actor.slackId);
        sightings.set(actor.slackId, { email: fitEmail(user, team), at });
        const refusal = strangeness(user, team);
        if (refusal || !user?.email) return { refusal: refusal ?? { code: 'no-email' } };
        return { person: { email: user.email, slackId: actor.slackId, team } };
      } catch (error) {
        report(`could not look up ${actor.slackId}`, error);
        return { refusal: { code: 'directory-unavailable' } };
      }
    },

    async groups(person) {
      const groups = Object.entries(config().groups);
      const snapshot = groups.some(([, group]) => 'usergroup' in group)
        ? await snapshots.current()
        : undefined;
      return groups
        .filter(([, group]) =>
          'members' in group
            ? group.members.some((email) => email.toLowerCase() === person.email)
            : snapshot && membersOf(group.usergroup, snapshot).includes(person.slackId),
        )
        .map(([name]) => name);
    },

    async candidates(stage, requester, owners) {
      const { listed, usergroups } = sources(stage, requester, owners, config());
      const snapshot = await snapshots.current().catch((error: unknown) => {
        if (usergroups.length > 0) throw error;
        report(`could not look up whom to mention for ${stage}`, error);
        return undefined;
      });
      if (!snapshot) return distinct(listed.map((email) => ({ email })));
      const slackIds = [...new Set(usergroups.flatMap((usergroup) => membersOf(usergroup, snapshot)))];
      const learned = [
        await learnEmails(snapshot, slackIds, keeping),
        await learnIds(snapshot, listed, keeping).catch((error: unknown) => {
          report(`could not look up whom to mention for ${stage}`, error);
          return false;
        }),
      ];
      if (learned.includes(true)) await snapshots.keep(snapshot);
      return distinct([
        ...membersAsCandidates(snapshot, slackIds, sightings),
        ...listAsCandidates(snapshot, listed),
      ]);
    },

    principal: (email) => principalOf(email.toLowerCase(), config()),

    refresh: () => snapshots.refresh(),
  };
}

/** Where a stage's people come from: addresses under review, and Slack's user groups. Throws for an unknown name. */
function sources(
  stage: string,
  requester: string,
  owners: string[],
  { stages, groups, people }: DirectoryConfig,
): { listed: string[]; usergroups: string[] } {
  const def = stages.find(({ name }) => name === stage);
  if (!def) throw new Error(`directory.yml has no stage "${stage}"`);
  if (def.kind === 'manager') {
    const entry = Object.entries(people).find(([key]) => key.toLowerCase() === requester.toLowerCase())?.[1];
    return { listed: entry?.manager === undefined ? [] : [entry.manager.toLowerCase()], usergroups: [] };
  }
  const names = def.kind === 'owners' ? owners : [def.group ?? ''];
  const used = names.map((name) => {
    const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
    if (!group) throw new Error(`directory.yml has no group "${name}", which the stage "${stage}" needs`);
    return group;
  });
  return {
    listed: used.flatMap((group) => ('members' in group ? group.members.map((e) => e.toLowerCase()) : [])),
    usergroups: used.flatMap((group) => ('usergroup' in group ? [group.usergroup] : [])),
  };
}

/** One entry for each address; one with a Slack id goes before one without. */
function distinct(candidates: Candidate[]): Candidate[] {
  const byEmail = new Map<string, Candidate>();
  for (const candidate of candidates)
    if (!byEmail.get(candidate.email)?.slackId) byEmail.set(candidate.email, candidate);
  return [...byEmail.values()];
}
