import type { DirectoryConfig } from '../domain/directory.js';
import { emailOf } from '../domain/email.js';
import type { User } from './slack/surface.js';
import type { PagePerson } from './page/model/model.js';

/** Somebody who plays a part in the sandbox. */
export interface Member extends PagePerson {
  /** Lower case. */
  email: string;
  /** Ids of Slack user groups. */
  groups: string[];
  guest?: User['guest'];
  /** The home workspace of somebody of another company, or of a sister workspace of the same Grid. */
  team?: string;
  /** Of a Grid: all workspaces of which they are a member. */
  workspaces?: string[];
  leavesOut?: NonNullable<User['leavesOut']>;
  unconfirmed?: true;
  /** In their Slack profile. */
  title?: string;
}

/** The workspace that is served, and a sister of it in the same Enterprise Grid. */
export const SERVED = 'T0CORP';
const SISTER = 'T0SALES';

/** The people of the default policies. */
export const CAST: Member[] = [
  { ...member('ana', 'Ana López', 'engineer', ['S0ENG']), title: 'Backend engineer, orders' },
  member('eva', 'Eva Novák', 'engineer', ['S0ENG']),
  {
    ...member('otto', 'Otto Lindqvist', 'engineer on call', ['S0ENG', 'S0ONCALL']),
    title: 'Site reliability engineer',
  },
  member('bob', 'Bob Okafor', 'manager', ['S0ENG']),
  { ...member('dora', 'Dora Papadaki', 'DBA', ['S0ENG', 'S0DBA']), title: 'Database administrator' },
  member('sam', 'Sam Haddad', 'security'),
  member('kim', 'Kim Tran', 'security'),
  member('lee', 'Lee Washington', 'security'),
  member('cleo', 'Cleo Adeyemi', 'contractor', ['S0CONTRACT']),
  { ...member('gus', 'Gus Ferreira', 'guest'), email: 'gus@agency.example', guest: 'restricted' },
  { ...member('zoe', 'Zoe Tanaka', 'other company'), email: 'zoe@partner.example', team: 'T0OTHER' },
  // Slack does not say of everybody who is a stranger that they are one.
  {
    ...member('ole', 'Ole Berg', 'other company'),
    email: 'ole@partner.example',
    team: 'T0PARTNER',
    leavesOut: ['is_stranger'],
  },
  {
    ...member('mia', 'Mia Andersen', 'engineer in sales', ['S0ENG']),
    team: SISTER,
    workspaces: [SERVED, SISTER],
  },
  { ...member('uma', 'Uma Rao', 'address not confirmed'), unconfirmed: true },
];

function member(name: string, realName: string, role: string, groups: string[] = []): Member {
  return { id: idOf(name), name, realName, email: `${name}@corp.example`, role, groups, actable: true };
}

/** Whether they are of another company. */
export function isOutsider({ team, workspaces = [] }: Member): boolean {
  return team !== undefined && team !== SERVED && !workspaces.includes(SERVED);
}

/** The cast, and whoever else this directory mentions by e-mail. */
export function everybody({ people, groups }: DirectoryConfig): Member[] {
  const managers = Object.values(people).flatMap(({ manager }) => manager ?? []);
  const listed = Object.entries(groups).flatMap(([name, group]) =>
    'members' in group ? group.members.map((email) => ({ email, role: name })) : [],
  );
  // Who has several parts is called by the first of these.
  const mentioned = [
    ...managers.map((email) => ({ email, role: 'manager' })),
    ...listed,
    ...Object.keys(people).map((email) => ({ email, role: 'colleague' })),
  ];
  const all = [...CAST];
  for (const { email: written, role } of mentioned) {
    const email = emailOf(written);
    if (!all.some((known) => known.email === email)) all.push({ ...newcomer(email, all), role });
  }
  return all;
}

/** Somebody of whom only the address is known. */
function newcomer(email: string, others: Member[]): Omit<Member, 'role'> {
  const local = email.split('@')[0]!;
  const letters = local.replaceAll(/[^a-z0-9]/g, '') || 'person';
  const taken = (name: string) => others.some((other) => other.id === idOf(name) || other.name === name);
  let name = letters;
  for (let n = 2; taken(name); n++) name = `${letters}${n}`;
  const words = local.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const realName = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ') || email;
  return { id: idOf(name), name, realName, email, groups: [], actable: true };
}

function idOf(name: string): string {
  return `U0${name.toUpperCase()}`;
}
