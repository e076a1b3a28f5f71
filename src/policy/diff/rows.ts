import type { Millis } from '../../domain/entitlement.js';
import { formatDuration } from '../../domain/duration.js';
import {
  changeBetween,
  decisionOf,
  shownDecision,
  type DiffDecision,
  type Kind,
  type Side,
} from './change.js';
import type { DiffSpace } from './space.js';
import { describeHours } from '../questions/week.js';

/** Many requests of which the same becomes: all of these people, entitlements and durations, at these times. */
export interface DiffRow {
  kind: Kind;
  /** Groups, or combinations of them. It holds for members of further groups too, unless those add a forbid. */
  who: string[];
  entitlements: string[];
  /** `any duration`, or `1h–4h` of those that are offered. */
  durations: string;
  /** `any time`, `Mon–Fri 8–18` in the directory's time zone. */
  times: string;
  ticket: 'with or without a ticket' | 'with a ticket' | 'without a ticket';
  before: string;
  after: string;
}

interface Difference {
  kind: Kind;
  profile: number;
  entitlement: number;
  durations: readonly number[];
  times: readonly number[];
  tickets: readonly number[];
  before: string;
  after: string;
}

/** Puts every question of the space to both. @returns how many were put, and what differs, as few rows as can say it */
export function rowsOf(before: Side, after: Side, space: DiffSpace): { questions: number; rows: DiffRow[] } {
  const { profiles, entitlements, times, tickets } = space;
  const differences: Difference[] = [];
  let questions = 0;
  const ask = asker(before, after, space);
  for (const [entitlement, { durations }] of entitlements.entries())
    for (const [d, duration] of durations.entries())
      for (const [t] of times.entries())
        for (const [k] of tickets.entries()) {
          const found: Difference[] = [];
          for (const [profile] of profiles.entries()) {
            questions++;
            const [one, other] = ask(profile, entitlement, duration, t, k);
            const change = changeBetween(one, other);
            if (!change) continue;
            const shown = { before: shownDecision(one), after: shownDecision(other) };
            found.push({
              kind: change.kind,
              profile,
              entitlement,
              durations: [d],
              times: [t],
              tickets: [k],
              ...shown,
            });
          }
          differences.push(...found.filter((one) => !found.some((other) => implies(other, one, space))));
        }
  return { questions, rows: merged(differences, space) };
}

type Asker = (
  profile: number,
  entitlement: number,
  duration: Millis,
  time: number,
  ticket: number,
) => readonly [DiffDecision, DiffDecision];

/** Asks only once where the policies do not look at what is different. */
function asker(
  before: Side,
  after: Side,
  { profiles, entitlements, times, tickets, matters }: DiffSpace,
): Asker {
  const known = new Map<string, readonly [DiffDecision, DiffDecision]>();
  return (profile, entitlement, duration, time, ticket) => {
    const id = entitlements[entitlement]!.ids[0]!;
    const offered = [before, after].map(({ parts }) =>
      parts.entitlements.get(id)?.durations.includes(duration),
    );
    const length = matters.duration ? duration : offered.join();
    const key = [profile, entitlement, length, time, matters.ticket ? ticket : ''].join(' ');
    const answered = known.get(key);
    if (answered) return answered;
    const written = tickets[ticket];
    const question = {
      who: profiles[profile]!.who,
      entitlement: id,
      duration,
      at: times[time]!.at,
      ...(written !== undefined && { ticket: written }),
    };
    const answer = [decisionOf(before, question), decisionOf(after, question)] as const;
    known.set(key, answer);
    return answer;
  };
}

/** What holds for those of fewer groups need not be said of those of more. */
function implies(wide: Difference, narrow: Difference, { profiles }: DiffSpace): boolean {
  const [fewer, more] = [profiles[wide.profile]!, profiles[narrow.profile]!];
  if (fewer.person || wide === narrow) return false;
  const same = wide.before === narrow.before && wide.after === narrow.after;
  return same && fewer.who.groups.every((name) => more.who.groups.includes(name));
}

function merged(differences: Difference[], space: DiffSpace): DiffRow[] {
  const { profiles, entitlements, times, tickets } = space;
  const joined = (['times', 'tickets', 'durations'] as const).reduce(
    (list, axis) => joinOn(list, axis),
    differences,
  );
  const said = joined.map((one) => {
    const { ids, durations } = entitlements[one.entitlement]!;
    const { kind, before, after } = one;
    return {
      kind,
      before,
      after,
      durations: describeDurations(durations, one.durations),
      times: describeHours(one.times.flatMap((time) => times[time]!.hours)),
      ticket: describeTickets(one.tickets.map((ticket) => tickets[ticket])),
      ids,
      profile: one.profile,
    };
  });
  const byPeople = groupBy(said, (one) => ({ ...one, ids: undefined })).map((list) => {
    return { ...list[0]!, ids: list.flatMap(({ ids }) => ids).sort() };
  });
  return groupBy(byPeople, (one) => ({ ...one, profile: undefined })).map((list): DiffRow => {
    const { ids, profile: _, ...rest } = list[0]!;
    return { ...rest, who: list.map(({ profile }) => profiles[profile]!.label), entitlements: ids };
  });
}

/** Joins what differs in nothing but this. */
function joinOn(list: Difference[], axis: 'times' | 'tickets' | 'durations'): Difference[] {
  return groupBy(list, (one) => ({ ...one, [axis]: undefined })).map((same) => {
    return { ...same[0]!, [axis]: [...new Set(same.flatMap((one) => one[axis]))].sort((a, b) => a - b) };
  });
}

function groupBy<T>(list: T[], keyOf: (item: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function describeDurations(offered: Millis[], chosen: readonly number[]): string {
  if (chosen.length === offered.length) return 'any duration';
  const [first = 0, last = 0] = [chosen[0], chosen.at(-1)];
  const name = (index: number) => formatDuration(offered[index] ?? 0);
  if (chosen.length > 1 && last - first === chosen.length - 1) return `${name(first)}–${name(last)}`;
  return chosen.map(name).join(', ');
}

function describeTickets(chosen: (string | undefined)[]): DiffRow['ticket'] {
  if (chosen.length === 2) return 'with or without a ticket';
  return chosen[0] === undefined ? 'without a ticket' : 'with a ticket';
}
