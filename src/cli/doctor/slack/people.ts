import { strangeness } from '../../../people/people.js';
import { standbyGroups, type DirectoryConfig } from '../../../domain/directory.js';
import { emailOf } from '../../../domain/email.js';
import type { PersonLookup, SlackInspection, UsergroupFacts } from '../outside.js';
import { slackAway } from './token.js';
import { counted, eachOf, wrong, type Diagnosis, type Examined } from '../../../kit/diagnosis.js';

/** Slack answers some fifty such questions a minute, and the running bot asks them too. */
const MOST = 40;

/** Whether each Slack user group that directory.yml names is there, enabled and not empty. */
export async function usergroups(
  slack: SlackInspection,
  team: string,
  directory: DirectoryConfig,
): Promise<Examined<true>> {
  const named = slackGroups(directory);
  if (named.length === 0) return { skipped: 'directory.yml names no Slack user group' };
  const answer = await slack.usergroups(team);
  if ('error' in answer) return { problems: slackAway(answer.error) };
  const problems = named.flatMap(({ name, id }) =>
    judgeUsergroup(
      `${id} (group ${name})`,
      answer.groups.find((group) => group.id === id),
    ),
  );
  return { problems, value: true, about: counted(named.length, 'user group') };
}

export function judgeUsergroup(shown: string, group: UsergroupFacts | undefined): Diagnosis[] {
  if (!group)
    return wrong(
      `Slack has no user group ${shown}`,
      'correct the id in directory.yml: it is at the end of the address of the group’s page (People → User groups)',
    );
  if (!group.enabled)
    return wrong(`${shown} is disabled`, `enable @${group.handle} again, or name another group`);
  if (group.members === 0)
    return wrong(`nobody is in ${shown}`, `put people into @${group.handle}, or name another group`);
  return [];
}

/**
 * Whether Slack knows the addresses in directory.yml: a person whom it does not know can neither ask nor agree. And how
 * many of those who agree would be turned away only because they have not confirmed their address.
 */
export async function addresses(
  slack: SlackInspection,
  team: string,
  directory: DirectoryConfig,
): Promise<Examined<true>> {
  const all = emailsOf(directory);
  const some = all.slice(0, MOST);
  const listed = await eachOf(some, async (email) => ({
    email,
    person: await slack.personByEmail(team, email),
  }));
  const ids = await stageMembers(slack, team, directory);
  const members = await eachOf(ids.slice(0, MOST), (id) => slack.personById(team, id));
  const limited = `only ${MOST} of ${all.length} addresses were looked up: Slack limits how often jit may ask`;
  return {
    warnings: [
      ...listed.flatMap(({ email, person }) => judgeAddress(email, person, team)),
      ...judgeConfirmation([...listed.map(({ person }) => person), ...members], team),
      ...(all.length > MOST ? wrong(limited, 'check the others yourself') : []),
    ],
    value: true,
    about: counted(some.length, 'address', 'addresses'),
  };
}

/** Who is in the Slack user groups of the stages; of groups that cannot be read the step before tells. */
async function stageMembers(
  slack: SlackInspection,
  team: string,
  directory: DirectoryConfig,
): Promise<string[]> {
  const names = new Set([
    ...directory.stages.flatMap(({ group }) => group ?? []),
    ...standbyGroups(directory),
  ]);
  const used = slackGroups(directory).flatMap(({ name, id }) => (names.has(name) ? [id] : []));
  if (used.length === 0) return [];
  const answer = await slack.usergroups(team);
  if ('error' in answer) return [];
  return [...new Set(answer.groups.filter(({ id }) => used.includes(id)).flatMap(({ ids }) => ids))];
}

function slackGroups({ groups }: DirectoryConfig): { name: string; id: string }[] {
  return Object.entries(groups).flatMap(([name, group]) =>
    'source' in group ? [{ name, id: group.id }] : [],
  );
}

/** How many full members are turned away by nothing but an address that is not confirmed. */
function judgeConfirmation(people: PersonLookup[], team: string): Diagnosis[] {
  const users = people.flatMap((person) => (person && 'user' in person ? [person.user] : []));
  const waiting = users.filter((user) => strangeness(user, team)?.code === 'unconfirmed-email');
  const emails = [...new Set(waiting.flatMap(({ email }) => email ?? []))];
  if (emails.length === 0) return [];
  const shown = emails.length > 5 ? [...emails.slice(0, 5), '…'] : emails;
  return wrong(
    `${counted(emails.length, 'person has', 'people have')} not confirmed their e-mail address in Slack (${shown.join(', ')})`,
    'ask them to open the link in Slack’s confirmation e-mail: until then they can neither request nor approve',
  );
}

/** Those who agree first, then those of whom only facts are noted. */
export function emailsOf({ groups, people }: DirectoryConfig): string[] {
  const members = Object.values(groups).flatMap((group) => ('members' in group ? group.members : []));
  const managers = Object.values(people).flatMap(({ manager }) => manager ?? []);
  return [...new Set([...members, ...managers, ...Object.keys(people)].map(emailOf))];
}

export function judgeAddress(email: string, person: PersonLookup, team: string): Diagnosis[] {
  if (person && 'error' in person) return slackAway(person.error, email);
  const code = strangeness(person?.user, team)?.code;
  switch (code) {
    case undefined:
    case 'unconfirmed-email': // Counted, all together.
    case 'no-email': // By which they were found, after all.
    case 'directory-unavailable':
      return [];
    case 'unknown-person':
    case 'deactivated':
      return wrong(
        `Slack has no active account for ${email}`,
        'correct the address in directory.yml, or remove it: that person can neither request nor approve',
      );
    case 'other-workspace':
    case 'unknown-workspace':
      return wrong(
        `${email} does not belong to the Slack workspace ${team}`,
        'add them to it, or name someone else: people outside it can neither request nor approve',
      );
    case 'guest':
    case 'bot':
      return wrong(
        `${email} is a ${code} in Slack`,
        'name a full member of the workspace: only members can request and approve',
      );
    default:
      return code satisfies never;
  }
}
