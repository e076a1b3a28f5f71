import type { Chain } from '../../../domain/chain.js';
import type { Millis } from '../../../domain/entitlement.js';
import type { Parts } from '../../policy.js';
import { axesOf, givenIn, openIn, usualIn, TOO_MANY, UNCONFIRMED, type Parted } from '../boxes.js';
import type { TicketCell } from '../cells/ticket.js';
import { chainIn } from '../model/decide.js';
import type { Model } from '../model/model.js';

/** One way to have something: for how long at most, through whom, and when it can be asked for. */
export interface Access {
  longest: Millis;
  chain: Chain;
  /** `always`, `Mon–Fri 8–18`: hours in directory.yml's timezone. */
  when: string;
  /** `needed: such as INC-1` where not every one will do. */
  ticket: string;
  /** What has to be found of the person besides: `onCall`, `liveGrants 3`. Absent: nothing. */
  given?: string;
}

interface Way {
  chain: string;
  ticket: string;
  given: string | undefined;
  duration: Millis;
  times: Set<number>;
}

/**
 * What one profile may have, each way that another does not cover.
 * @param parts of what it may have
 * @param when times in words
 * @param confirm what the decision point itself says of a question with these values
 * @returns `open`: because of what a way could not be confirmed; no way is told that depends on what is not understood
 */
export function waysOf(
  model: Model,
  { directory }: Parts,
  { boxes, all }: Parted,
  when: (times: ReadonlySet<number>) => string,
  confirm: (values: ReadonlyMap<number, number>) => string,
): { ways: Access[]; open: string[]; usual: string[] } {
  const axes = axesOf(model.variables);
  const required = directory.justification.ticket?.required === true;
  const found = new Map<string, Way>();
  const open = new Set<string>();
  const usual = new Set<string>();
  if (!all) open.add(TOO_MANY);
  for (const { answer: chain, values } of boxes) {
    const at = (axis: { number: number; cells: readonly unknown[] }) =>
      values.get(axis.number) ?? axis.cells.map((_, n) => n);
    const tickets = at(axes.ticket).filter((n) => n > 0 || !required);
    const [first] = tickets;
    if (first === undefined) continue;
    const unclear = openIn(values, model.variables);
    const chosen = [...values].map(([number, those]) => [number, those[0]!] as const);
    if (unclear.length > 0 || confirm(new Map([...chosen, [axes.ticket.number, first]])) !== chain) {
      for (const what of unclear.length > 0 ? unclear : [UNCONFIRMED]) open.add(what);
      continue;
    }
    const ticket = required
      ? neededOf(tickets, axes.ticket.cells)
      : tickets.includes(0)
        ? 'not needed'
        : neededOf(tickets, axes.ticket.cells);
    const given = givenIn(values, model.variables);
    for (const what of usualIn(values, model.variables)) usual.add(what);
    for (const n of at(axes.duration)) {
      const { duration } = axes.duration.cells[n]!;
      const key = JSON.stringify([chain, ticket, given, duration]);
      const way = found.get(key) ?? { chain, ticket, given, duration, times: new Set<number>() };
      for (const time of at(axes.time)) way.times.add(time);
      found.set(key, way);
    }
  }
  const ways = merged([...found.values()]).map(({ chain, ticket, given, duration, times }): Access => ({
    longest: duration,
    chain: chainIn(chain),
    when: when(times),
    ticket,
    ...(given !== undefined && { given }),
  }));
  return { ways, open: [...open], usual: [...usual] };
}

function neededOf(chosen: readonly number[], cells: readonly TicketCell[]): string {
  if (chosen.filter((n) => n > 0).length === cells.length - 1) return 'needed';
  return `needed: such as ${chosen.flatMap((n) => cells[n]!.ticket ?? []).join(' or ')}`;
}

/** Without those that a longer one covers, or one that is the same and needs no ticket. */
function merged(ways: readonly Way[]): Way[] {
  const isWithin = (way: Way, other: Way) =>
    other.ticket === way.ticket
      ? other.duration > way.duration
      : other.ticket === 'not needed' && other.duration >= way.duration;
  const covers = (other: Way, way: Way) =>
    isWithin(way, other) &&
    other.chain === way.chain &&
    other.given === way.given &&
    [...way.times].every((time) => other.times.has(time));
  return ways.filter((way) => !ways.some((other) => covers(other, way)));
}
