import { formatDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import type { Axes } from '../questions/boxes.js';
import { timesIn } from '../questions/cells/when.js';
import type { AskedQuestion } from '../questions/locate.js';
import type { Diagram } from '../questions/model/diagram.js';
import type { TicketCell } from '../questions/cells/ticket.js';
import type { Profile } from '../questions/profiles/profiles.js';
import type { Kind } from './change.js';

/** Many requests of which the same becomes: all of these people, entitlements and durations, at these times. */
export interface DiffRow {
  kind: Kind;
  /** Groups, or combinations of them. It holds for members of further groups too, unless those add a forbid. */
  who: string[];
  entitlements: string[];
  /** `any duration`, or `1h–4h` of those that are offered. */
  durations: string;
  /** `any time`, `Mon–Fri 8–18` in the directory's time zone, `some times, not understood which`. */
  times: string;
  /** `with or without a ticket`, `with a ticket such as INC-1`. */
  ticket: string;
  /** What has to be found of the person: `liveGrants 3`. Absent: whatever is found. */
  given?: string;
  before: string;
  after: string;
  /** A question that both decide so. */
  witness: AskedQuestion;
}

/** Entitlements of which both folders decide alike. */
export interface Alike {
  ids: string[];
  durations: Millis[];
  changed: Diagram;
}

export interface Difference {
  kind: Kind;
  profile: number;
  alike: number;
  durations: readonly number[];
  /** None: it is not understood when. */
  times: readonly number[];
  tickets: readonly number[];
  given: string | undefined;
  before: string;
  after: string;
  witness: AskedQuestion;
}

interface Told {
  classes: readonly Alike[];
  profiles: readonly Profile[];
  axes: Axes;
  timezone: string;
}

export function merged(
  differences: readonly Difference[],
  { classes, profiles, axes, timezone }: Told,
): DiffRow[] {
  const joined = (['times', 'tickets', 'durations'] as const).reduce(joinOn, [...differences]);
  const inWords = timesIn(axes.time.cells, timezone);
  const said = joined.map((one) => ({
    kind: one.kind,
    before: one.before,
    after: one.after,
    durations: describeDurations(
      classes[one.alike]!.durations,
      one.durations.map((n) => axes.duration.cells[n]!.duration),
    ),
    times: timesOf(one.times),
    ticket: describeTickets(one.tickets, axes.ticket.cells),
    ...(one.given !== undefined && { given: one.given }),
    ids: classes[one.alike]!.ids,
    who: profiles[one.profile]!.name,
    witness: one.witness,
  }));
  const byPeople = groupBy(said, ({ ids: _i, witness: _w, ...rest }) => rest).map((list) => ({
    ...list[0]!,
    ids: [...new Set(list.flatMap(({ ids }) => ids))].sort(),
  }));
  return groupBy(byPeople, ({ who: _p, witness: _w, ...rest }) => rest).map((list): DiffRow => {
    const { ids, who: _, ...rest } = list[0]!;
    return { ...rest, who: [...new Set(list.map(({ who }) => who))], entitlements: ids };
  });

  function timesOf(chosen: readonly number[]): string {
    if (chosen.length === 0) return 'some times, not understood which';
    const told = inWords(new Set(chosen));
    return told === 'always' ? 'any time' : told;
  }
}

/** Joins what differs in nothing but this. */
function joinOn(list: Difference[], axis: 'times' | 'tickets' | 'durations'): Difference[] {
  return groupBy(list, ({ witness: _w, ...one }) => ({ ...one, [axis]: undefined })).map((same) => {
    return { ...same[0]!, [axis]: [...new Set(same.flatMap((one) => one[axis]))].sort((a, b) => a - b) };
  });
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function describeDurations(offered: readonly Millis[], chosen: readonly Millis[]): string {
  if (chosen.length === offered.length) return 'any duration';
  const indices = chosen.map((duration) => offered.indexOf(duration));
  const [first = 0, last = 0] = [indices[0], indices.at(-1)];
  if (chosen.length > 1 && last - first === chosen.length - 1)
    return `${formatDuration(chosen[0]!)}–${formatDuration(chosen.at(-1)!)}`;
  return chosen.map(formatDuration).join(', ');
}

function describeTickets(chosen: readonly number[], cells: readonly TicketCell[]): string {
  if (chosen.length === cells.length) return 'with or without a ticket';
  if (!chosen.includes(0) && chosen.length === cells.length - 1) return 'with a ticket';
  const written = chosen.flatMap((n) => cells[n]!.ticket ?? []);
  if (written.length === 0) return 'without a ticket';
  return `${chosen.includes(0) ? 'without a ticket, or ' : ''}with a ticket such as ${written.join(' or ')}`;
}
