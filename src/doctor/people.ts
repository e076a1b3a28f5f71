import type { DirectoryConfig } from '../domain/directory.js';
import { allUsergroups, personBy, type Usergroup } from '../slack/inspect.js';
import { slackAway } from './slack.js';
import { counted, eachOf, type Finding, type Found } from './step.js';

type Client = Parameters<typeof personBy>[0];
type Person = Awaited<ReturnType<typeof personBy>>;

/** Slack answers some fifty such questions a minute, and the running bot asks them too. */
const MOST = 40;

/** Whether each Slack user group that directory.yml names is there, enabled and not empty. */
export async function usergroups(client: Client, directory: DirectoryConfig): Promise<Found<true>> {
  const named = Object.entries(directory.groups).flatMap(([name, group]) =>
    'usergroup' in group ? [{ name, id: group.usergroup }] : [],
  );
  if (named.length === 0) return { skipped: 'directory.yml names no Slack user group' };
  const answer = await allUsergroups(client);
  if ('error' in answer) return { problems: [slackAway(answer.error)] };
  const problems = named.flatMap(({ name, id }) =>
    judgeUsergroup(
      `${id} (group ${name})`,
      answer.groups.find((group) => group.id === id),
    ),
  );
  return { problems, value: true, about: counted(named.length, 'user group') };
}

export function judgeUsergroup(shown: string, group: Usergroup | undefined): Finding[] {
  if (!group)
    return [
      {
        what: `Slack has no user group ${shown}`,
        fix: 'correct the id in directory.yml: it is at the end of the address of the group’s page (People → User groups)',
      },
    ];
  if (!group.enabled)
    return [{ what: `${shown} is disabled`, fix: `enable @${group.handle} again, or name another group` }];
  if (group.members === 0)
    return [
      { what: `nobody is in ${shown}`, fix: `put people into @${group.handle}, or name another group` },
    ];
  return [];
}

/** Whether Slack knows the addresses in directory.yml: whoever it does not know can neither ask nor agree. */
export async function addresses(client: Client, directory: DirectoryConfig): Promise<Found<true>> {
  const all = emailsOf(directory);
  const some = all.slice(0, MOST);
  const warnings = await eachOf(some, async (email) => judgeAddress(email, await personBy(client, email)));
  const rest: Finding = {
    what: `only ${MOST} of ${all.length} addresses were looked up: Slack limits how often one may ask`,
    fix: 'look at the others yourself',
  };
  return {
    warnings: [...warnings.flat(), ...(all.length > MOST ? [rest] : [])],
    value: true,
    about: counted(some.length, 'address', 'addresses'),
  };
}

/** Those who agree first, then those of whom only facts are noted. */
export function emailsOf({ groups, people }: DirectoryConfig): string[] {
  const members = Object.values(groups).flatMap((group) => ('members' in group ? group.members : []));
  const managers = Object.values(people).flatMap(({ manager }) => manager ?? []);
  return [...new Set([...members, ...managers, ...Object.keys(people)].map((email) => email.toLowerCase()))];
}

export function judgeAddress(email: string, person: Person): Finding[] {
  if (!person)
    return [
      {
        what: `Slack knows nobody active by ${email}`,
        fix: 'correct the address in directory.yml, or take it out: whoever it is can neither ask nor agree',
      },
    ];
  if ('error' in person) return [slackAway(person.error, email)];
  if (person.kind !== 'member')
    return [
      {
        what: `${email} is a ${person.kind} in Slack`,
        fix: 'name a full member of the workspace: others can neither ask nor agree',
      },
    ];
  return [];
}
