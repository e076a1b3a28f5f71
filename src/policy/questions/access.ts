import type { Chain } from '../../domain/chain.js';
import { canonical, type Instant, type Millis } from '../../domain/entitlement.js';
import type { Pdp, Who } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { axesOf, boxesOfAll, givenIn, openIn, TOO_MANY, UNCONFIRMED, type Parted } from './boxes.js';
import { timesIn } from './cells/when.js';
import { valuesIn, type AskedQuestion } from './locate.js';
import { chainIn } from './model/decide.js';
import { tooMuch } from './too-much.js';
import { bounded } from './model/diagram.js';
import { modelOf, type Model } from './model/model.js';
import type { TicketCell } from './cells/ticket.js';
import type { Variable } from './model/variables.js';
import { profilesIn, type Profile } from './profiles/profiles.js';
import { answerBy, questionWith } from './witness.js';

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

/** What stands in for an answer that gives nothing. */
const NOTHING = ['denied', 'error', 'not offered'];
const isGiving = (answer: string): boolean => !NOTHING.includes(answer);

/**
 * What one profile may have, each way that another does not cover.
 * @param parts of what it may have
 * @param when times in words
 * @param confirm what the decision point itself says of a question with these values
 * @returns `open`: because of what a way could not be confirmed; no way is told that depends on what is not understood
 */
function waysOf(
  model: Model,
  { directory }: Parts,
  { boxes, all }: Parted,
  when: (times: ReadonlySet<number>) => string,
  confirm: (values: ReadonlyMap<number, number>) => string,
): { ways: Access[]; open: string[] } {
  const axes = axesOf(model.variables);
  const required = directory.justification.ticket?.required === true;
  const found = new Map<string, Way>();
  const open = new Set<string>();
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
  return { ways, open: [...open] };
}

function neededOf(chosen: readonly number[], cells: readonly TicketCell[]): string {
  if (chosen.filter((n) => n > 0).length === cells.length - 1) return 'needed';
  return `needed: such as ${chosen.flatMap((n) => cells[n]!.ticket ?? []).join(' or ')}`;
}

/** Without those that a longer one covers. */
function merged(ways: readonly Way[]): Way[] {
  const covers = (other: Way, way: Way) =>
    other.duration > way.duration &&
    other.ticket === way.ticket &&
    other.chain === way.chain &&
    other.given === way.given &&
    [...way.times].every((time) => other.times.has(time));
  return ways.filter((way) => !ways.some((other) => covers(other, way)));
}

export interface WhoCan {
  entitlement: string;
  rows: ({ who: string } & Access)[];
  /** Who may not ask for it. */
  denied: string[];
  /** Whether each way of being in groups is told, or only the least that have the same. */
  all: boolean;
  /** What is not proven, and why. */
  open: string[];
}

/** Who may ask for something: everybody whom the policies tell apart. */
export function whoCan(parts: Parts, pdp: Pdp, entitlement: string, at: Instant): WhoCan {
  return bounded(
    () => proven(parts, pdp, entitlement, at),
    (why) => ({ entitlement, rows: [], denied: [], all: false, open: [tooMuch(why, parts.policies)] }),
  );
}

function proven(parts: Parts, pdp: Pdp, entitlement: string, at: Instant): WhoCan {
  const model = modelOf([parts], { from: at, only: [entitlement] });
  const { variables, diagrams: d } = model;
  const decision = model.decision(0, entitlement);
  const { profiles, all, unsure } = profilesIn(model, decision);
  const parted = boxesOfAll(model);
  const when = timesIn(axesOf(variables).time.cells, parts.directory.timezone);
  const found = profiles.map((profile) => ({
    profile,
    ...waysOf(model, parts, parted(profile.left, isGiving), when, (values) =>
      answerBy(
        pdp,
        questionWith(model, entitlement, profile.person, new Map([...profile.values, ...values])),
      ),
    ),
  }));
  const telling = found.filter((one) => tells(one, found));
  return {
    entitlement,
    rows: telling.flatMap(({ profile, ways }) => ways.map((way) => ({ who: profile.name, ...way }))),
    denied: [...new Set(telling.filter(({ ways }) => ways.length === 0).map(deniedFor))],
    all,
    open: [...unsure, ...found.flatMap(({ open }) => open)],
  };

  /** Those of its groups because of which nobody may ask who is in them, whatever else they are in. */
  function deniedFor({ profile }: Found): string {
    const { person, values, named } = profile;
    const kept = new Set([...values].flatMap(([number, value]) => (value === 1 ? [number] : [])));
    const isDenied = () => {
      const left = d.restricted((number) => person.values.get(number) ?? (kept.has(number) ? 1 : undefined))(
        decision,
      );
      return [...d.answers(left)].every((answer) => NOTHING.includes(answer));
    };
    if (named || !isDenied()) return profile.name;
    for (const number of Array.from(kept)) {
      kept.delete(number);
      if (!isDenied()) kept.add(number);
    }
    const names = [...kept].flatMap((number) => {
      const variable = variables[number]!;
      return variable.is === 'group' ? [variable.name] : [];
    });
    return (
      profile.groups.filter((name) => names.includes(name) || person.listed.includes(name)).join(' + ') ||
      profile.name
    );
  }
}

interface Found {
  profile: Profile;
  ways: Access[];
}

/**
 * Whether a profile says more than those of fewer groups that come nearest to it: one that gains nothing needs no row.
 * A person whom a policy names comes after all groups they are in; what is said of an address is said of no other.
 */
function tells(one: Found, found: readonly Found[]): boolean {
  const isWithin = ({ profile: a }: Found, { profile: b }: Found) =>
    a !== b &&
    a.groups.every((group) => b.groups.includes(group)) &&
    (a.named
      ? a.address === b.address && a.groups.length < b.groups.length
      : b.named || a.groups.length < b.groups.length);
  const smaller = found.filter((other) => isWithin(other, one));
  const nearest = smaller.filter((other) => !smaller.some((larger) => isWithin(other, larger)));
  const able = nearest.filter(({ ways }) => ways.length > 0);
  if (able.length === 0)
    return one.ways.length > 0 || smaller.length === 0 || found.some((other) => stops(one, other));
  return able.some(({ ways }) => canonical(ways) !== canonical(one.ways));
}

/** Whether those of a profile that may do nothing could be in the groups of another that may do something. */
function stops(one: Found, other: Found): boolean {
  const isOther = !one.profile.groups.every((group) => other.profile.groups.includes(group));
  const isAlso = [...other.profile.values].every(
    ([number, value]) => value === 0 || one.profile.values.get(number) !== 0,
  );
  return one.ways.length === 0 && other.ways.length > 0 && isOther && isAlso && other.profile.values.size > 0;
}

export interface WhatCan {
  who: Who;
  rows: ({ entitlement: string } & Access)[];
  /** Entitlements that this person may not ask for. */
  denied: string[];
  /** What is not proven, and why. */
  open: string[];
}

/**
 * Which entitlements of the catalog a person may ask for.
 * @param asker.given what is found of them, by attribute; of the rest everything that may be is looked at
 * @param asker.failed inputs of which nothing is known
 */
export function whatCan(
  parts: Parts,
  pdp: Pdp,
  { who, at, given = {}, failed = {} }: Pick<AskedQuestion, 'who' | 'at' | 'given' | 'failed'>,
): WhatCan {
  const model = modelOf([parts], { from: at });
  const { variables, diagrams: d } = model;
  const own = valuesIn({ who, entitlement: '', duration: 0, at, given, failed }, variables, [
    parts.directory,
  ]);
  const isTheirs = (variable: Variable): boolean => {
    if (variable.is !== 'input') return variable.is === 'group' || variable.is === 'person';
    const [cell] = variable.cells;
    const isGiven = Object.keys(cell?.given ?? {}).some((name) => Object.hasOwn(given, name));
    return isGiven || Object.hasOwn(failed, variable.name);
  };
  const theirs = d.restricted((number) => (isTheirs(variables[number]!) ? own(number) : undefined));
  const parted = boxesOfAll(model, parts.entitlements.size);
  const when = timesIn(axesOf(variables).time.cells, parts.directory.timezone);
  const ways = (id: string) =>
    waysOf(model, parts, parted(theirs(model.decision(0, id)), isGiving), when, (values) => {
      const question = questionWith(model, id, { email: who.email, listed: [] }, values);
      return answerBy(pdp, {
        ...question,
        who,
        given: { ...question.given, ...given },
        failed: { ...question.failed, ...failed },
      });
    });
  const found = [...parts.entitlements.keys()].map((id) => ({
    id,
    ...bounded(
      () => ways(id),
      (why) => ({ ways: [], open: [tooMuch(why, parts.policies)] }),
    ),
  }));
  return {
    who,
    rows: found.flatMap(({ id, ways }) => ways.map((way) => ({ entitlement: id, ...way }))),
    denied: found.filter(({ ways }) => ways.length === 0).map(({ id }) => id),
    open: found.flatMap(({ open }) => open),
  };
}
