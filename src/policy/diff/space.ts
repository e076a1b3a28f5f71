import { canonical, type Millis } from '../../domain/entitlement.js';
import type { Who } from '../../ports/policy.js';
import { wholly } from '../read/pattern.js';
import type { Side } from './change.js';
import { dependsOn, mentionsOf, type Mentions } from '../questions/mentions.js';
import { timeClasses, type TimeClass } from '../questions/week.js';

/** A person of whom policies know only the groups, or one whom they name. */
export interface DiffProfile {
  label: string;
  who: Who;
  /** Named by a policy. */
  person: boolean;
}

/** Entitlements of which both folders say the same, as far as a policy can see. */
export interface Alike {
  ids: string[];
  /** Offered in either folder, shortest first. */
  durations: Millis[];
}

/** Every request that could be decided differently, save those that no policy can tell apart. */
export interface DiffSpace {
  profiles: DiffProfile[];
  entitlements: Alike[];
  times: TimeClass[];
  /** Undefined: without one. */
  tickets: [undefined] | [undefined, string];
  /** Which parts of a question matter. */
  matters: { duration: boolean; ticket: boolean };
  /** What was not tried, in sentences. */
  notes: string[];
}

/** What the folders' cases know besides: who asks, and what a ticket looks like. */
export interface Hints {
  groups: string[][];
  tickets: string[];
}

/** Of each folder. At a tenth of a millisecond for one, half a minute for both. */
const MOST = 100_000;
const TICKETS = [
  'OPS-12',
  'OPS-1',
  'ABC-123',
  'A-1',
  '1',
  '12',
  '1234',
  '123456',
  '#12',
  'INC0012345',
  'a-1',
];

export function spaceOf(before: Side, after: Side, hints: Hints): DiffSpace {
  const sides = [before, after];
  const notes: string[] = [];
  const mentions = mentionsOf(sides.flatMap(({ parts }) => parts.policies));
  const zones = sides.map(({ parts }) => parts.directory.timezone);
  const moved = zones[0] !== zones[1];
  const times = moved
    ? timeClasses('all', 'all', zones[1]!)
    : timeClasses(mentions.weekday, mentions.hour, zones[1]!);
  if (times.length === 7 * 24)
    notes.push('Only the full hours of one week in January 2026 were tried: other dates may differ.');
  const tickets = ticketsFor(sides, hints.tickets);
  if (tickets.length === 1)
    notes.push('Only requests without a ticket were tried: no case shows one of the form of directory.yml.');
  if (mentions.texts.has('ticket') && tickets[1] !== undefined)
    notes.push(
      `The only ticket that was tried is ${tickets[1]}: policies look into it, and others may differ.`,
    );
  if (mentions.texts.has('email'))
    notes.push('Policies look into e-mail addresses: those of other people may differ.');
  const entitlements = alike(before, after, mentions);
  const each =
    entitlements.reduce((sum, { durations }) => sum + durations.length, 0) * times.length * tickets.length;
  const all = profilesOf(sides, mentions, hints.groups);
  const profiles = all.slice(0, Math.max(1, Math.floor(MOST / Math.max(1, each))));
  if (profiles.length < all.length)
    notes.push(
      `${all.length - profiles.length} of ${all.length} combinations of groups were left out: too many to try.`,
    );
  const matters = { duration: dependsOn(mentions, 'duration'), ticket: dependsOn(mentions, 'ticket') };
  return { profiles, entitlements, times, tickets, matters, notes };
}

/** Nobody's group first, then each group, then the combinations, the likelier ones first. */
function profilesOf(sides: Side[], mentions: Mentions, shown: string[][]): DiffProfile[] {
  const owners = sides.flatMap(({ parts }) => [...parts.entitlements.values()].flatMap((one) => one.owners));
  // No policy can see a group that none mentions and that owns nothing.
  const groups = [...new Set([...mentions.groups, ...owners])].sort();
  const pairs = groups.flatMap((one, i) => groups.slice(i + 1).map((other) => [one, other]));
  const seen = shown.map((set) => groups.filter((name) => set.includes(name)));
  const sets = [[], ...groups.map((name) => [name]), ...seen, ...mentions.together, ...pairs];
  const directory = sides[1]!.parts.directory;
  const somebody = `somebody@${directory.identity?.domains[0] ?? 'example.invalid'}`;
  const unique = new Map(sets.map((set) => [set.join(' + '), set]));
  const people = [...mentions.users].sort().map((email): DiffProfile => {
    const listed = Object.entries(directory.groups).filter(
      ([, one]) => 'members' in one && one.members.includes(email),
    );
    return { label: email, who: { email, groups: listed.map(([name]) => name) }, person: true };
  });
  const byGroups = [...unique].map(([label, set]): DiffProfile => {
    return { label: label || 'everybody', who: { email: somebody, groups: set }, person: false };
  });
  const firstCombined = byGroups.findIndex(({ who }) => who.groups.length > 1);
  const singles = firstCombined === -1 ? byGroups.length : firstCombined;
  return [...byGroups.slice(0, singles), ...people, ...byGroups.slice(singles)];
}

function alike(before: Side, after: Side, mentions: Mentions): Alike[] {
  const classes = new Map<string, Alike>();
  const ids = [...before.parts.entitlements.keys(), ...after.parts.entitlements.keys()];
  for (const id of [...new Set(ids)].sort()) {
    const [one, other] = [before, after].map(({ parts }) => parts.entitlements.get(id));
    const visible = [one, other].map((found) => {
      if (!found) return undefined;
      const { environment, account, risk, owners, tags, durations, grant } = found;
      return { environment, account, risk, owners, tags, durations, kind: grant.kind };
    });
    const key = canonical([visible, mentions.entitlements.has(id) ? id : '']);
    const known = classes.get(key);
    if (known) known.ids.push(id);
    else {
      const durations = [...new Set([...(one?.durations ?? []), ...(other?.durations ?? [])])];
      classes.set(key, { ids: [id], durations: durations.sort((a, b) => a - b) });
    }
  }
  return [...classes.values()];
}

/** None, and one that both folders take. */
function ticketsFor(sides: Side[], shown: string[]): DiffSpace['tickets'] {
  const takes = ({ parts }: Side, ticket: string) => {
    const pattern = parts.directory.justification.ticket?.pattern;
    return pattern === undefined ? /^[\w.:#/-]{1,64}$/.test(ticket) : wholly(pattern).test(ticket);
  };
  const ticket = [...shown, ...TICKETS].find((one) => sides.every((side) => takes(side, one)));
  return ticket === undefined ? [undefined] : [undefined, ticket];
}
