import type { DirectoryConfig } from '../domain/directory.js';
import type { Entitlement } from '../domain/entitlement.js';
import { everybody, isOutsider, type Member } from './cast.js';
import type { Channel, SlackDouble, SlackSetup, User, SlackUsergroup } from './slack/surface.js';

export { seedCloud } from './accounts.js';
export { CAST } from './cast.js';

const PARTNERS = 'C0PARTNERS';
/** The channels that people of another company are in too. */
export const SHARED_CHANNELS = [PARTNERS];
const CHANNEL_NAMES: Record<string, string> = {
  C0ACCESS: 'access',
  C0SECURITY: 'security',
  C0PRODACCESS: 'prod-access',
  [PARTNERS]: 'partners',
};
const HANDLES: Record<string, string> = {
  S0ENG: 'engineers',
  S0CONTRACT: 'contractors',
  S0ONCALL: 'on-call',
  S0DBA: 'dba',
};
/** Who is in a user group that only somebody's own directory.yml names. */
const IN_UNKNOWN_GROUPS = ['U0ANA', 'U0EVA', 'U0BOB'];

/** The workspace that this policy folder speaks of: everybody, every channel and every user group that it names. */
export function slackSetup(
  directory: DirectoryConfig,
  entitlements: Entitlement[],
): Required<Pick<SlackSetup, 'users' | 'usergroups' | 'channels'>> {
  const people = everybody(directory);
  return {
    users: people.map((one) => userOf(one, directory)),
    usergroups: usergroupsOf(directory, people),
    channels: channelsOf(directory, entitlements, people),
  };
}

/** Adds to a running workspace what the policy folder, loaded anew, speaks of by now. Takes nothing away. */
export function seedSlack(
  slack: SlackDouble,
  { directory, entitlements }: { directory: DirectoryConfig; entitlements: Entitlement[] },
): void {
  const { users, usergroups, channels } = slackSetup(directory, entitlements);
  const [knownUsers, knownGroups, knownChannels] = [slack.users(), slack.usergroups(), slack.channels()];
  for (const user of users) if (!has(knownUsers, user)) slack.addUser(user);
  for (const group of usergroups) if (!has(knownGroups, group)) slack.changeUsergroup(group.id, group);
  for (const channel of channels) {
    const before = knownChannels.find(({ id }) => id === channel.id);
    const present = before?.members ?? [];
    const missing = (channel.members ?? []).filter((id) => !present.includes(id));
    if (!before || missing.length > 0)
      slack.changeChannel(channel.id, { ...channel, members: [...present, ...missing] });
  }
}

function has(all: { id: string }[], { id }: { id: string }): boolean {
  return all.some((one) => one.id === id);
}

/** They live where the policies read the hour. */
function userOf(member: Member, { timezone: tz }: DirectoryConfig): User {
  const { id, name, realName, email, title, guest, team, workspaces, leavesOut, unconfirmed } = member;
  const of = { title, guest, team, workspaces, leavesOut, unconfirmed };
  const given = Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
  return { id, name, realName, email, tz, ...given };
}

function usergroupsOf({ groups }: DirectoryConfig, people: Member[]): SlackUsergroup[] {
  const handles = new Map(Object.entries(HANDLES));
  for (const [name, group] of Object.entries(groups))
    if ('source' in group && !handles.has(group.id)) handles.set(group.id, name);
  return [...handles].map(([id, handle]) => ({
    id,
    handle,
    users:
      id in HANDLES
        ? people.filter((one) => one.groups.includes(id)).map((one) => one.id)
        : [...IN_UNKNOWN_GROUPS],
  }));
}

function channelsOf(directory: DirectoryConfig, entitlements: Entitlement[], people: Member[]): Channel[] {
  const colleagues = people.filter((one) => !one.guest && !isOutsider(one)).map(({ id }) => id);
  const { stages, fallback = {}, emergency = {} } = directory;
  const homes = [directory, ...stages, fallback, emergency, ...entitlements];
  const named = homes.flatMap(({ channel }: { channel?: string }) => channel ?? []);
  const ids = new Set([...named, PARTNERS]);
  return [...ids].map((id) => ({ id, name: CHANNEL_NAMES[id] ?? nameFrom(id), members: membersOf(id) }));

  function membersOf(id: string): string[] {
    if (id === PARTNERS) return ['U0ANA', 'U0GUS', 'U0ZOE', 'U0OLE'];
    return id === directory.channel ? [...colleagues, 'U0GUS'] : colleagues;
  }
}

function nameFrom(id: string): string {
  return id.replace(/^[CG]0?(?=.)/, '').toLowerCase();
}
