import { formatChain, type Chain } from '../../domain/chain.js';
import { canonical, type Entitlement, type Instant, type Millis } from '../../domain/entitlement.js';
import type { Pdp, Who } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { describeHours, nextWeek, type Hour } from './hours.js';
import { entitiesIn } from '../read/cedar/literals.js';
import { jsonOf } from './probe.js';
import { profilesOf, SOMEBODY } from './profiles.js';
import { mayRead, readsOf } from './reads.js';
import { sampleTicket } from './ticket.js';
import { timeClasses } from './time-classes.js';

/** One way to have something: for how long at most, through whom, and when it can be asked for. */
export interface Access {
  longest: Millis;
  chain: Chain;
  /** `always`, `Mon–Fri 8–18`: hours in directory.yml's timezone, of the week from the given instant on. */
  when: string;
  ticket: 'needed' | 'not needed';
}

export interface WhoCan {
  entitlement: string;
  rows: ({ who: string } & Access)[];
  /** Who may not ask for it. */
  denied: string[];
  /** Profiles that were left out, since there are too many. */
  left: number;
}

export interface WhatCan {
  who: Who;
  rows: ({ entitlement: string } & Access)[];
  /** Entitlements that this person may not ask for. */
  denied: string[];
}

/** Who may ask for something: everybody whom the policies tell apart. */
export function whoCan(parts: Parts, pdp: Pdp, entitlement: string, at: Instant): WhoCan {
  const look = looker(parts, pdp, at);
  const { profiles, left } = profilesOf(parts);
  const found = profiles.map(({ name, who }) => ({ name, who, access: look(who, entitlement) }));
  const telling = found.filter((one) => tells(one, found));
  return {
    entitlement,
    rows: telling.flatMap(({ name, access }) => access.map((way) => ({ who: name, ...way }))),
    denied: telling.filter(({ access }) => access.length === 0).map(({ name }) => name),
    left,
  };
}

interface Found {
  who: Who;
  access: Access[];
}

/**
 * Whether a profile says more than those of fewer groups that come nearest to it: one that gains nothing needs no row.
 * A person whom a policy names comes after all groups they are in.
 */
function tells(one: Found, found: readonly Found[]): boolean {
  const isWithin = (a: Found, b: Found) =>
    a !== b &&
    a.who.groups.every((group) => b.who.groups.includes(group)) &&
    (a.who.email === b.who.email ? a.who.groups.length < b.who.groups.length : a.who.email === SOMEBODY);
  const smaller = found.filter((other) => isWithin(other, one));
  const nearest = smaller.filter((other) => !smaller.some((larger) => isWithin(other, larger)));
  const able = nearest.filter(({ access }) => access.length > 0);
  if (able.length === 0) return one.access.length > 0 || smaller.length === 0;
  return able.some(({ access }) => canonical(access) !== canonical(one.access));
}

/** Which entitlements of the catalog a person may ask for. */
export function whatCan(parts: Parts, pdp: Pdp, who: Who, at: Instant): WhatCan {
  const look = looker(parts, pdp, at);
  const found = [...parts.entitlements.keys()].map((id) => ({ id, access: look(who, id) }));
  return {
    who,
    rows: found.flatMap(({ id, access }) => access.map((way) => ({ entitlement: id, ...way }))),
    denied: found.filter(({ access }) => access.length === 0).map(({ id }) => id),
  };
}

/** Looks at each duration in each hour of a week, with and without a ticket, as far as the policies can tell them apart. */
function looker(parts: Parts, pdp: Pdp, at: Instant): (who: Who, id: string) => Access[] {
  const week = nextWeek(at, parts.directory.timezone);
  const classes = timeClasses(parts, week);
  const sample = sampleTicket(parts.directory);
  const required = parts.directory.justification.ticket?.required === true;
  const tickets =
    mayRead(readsOf(parts.policies), 'ticket') && sample !== undefined ? [undefined, sample] : [undefined];
  const named = namedIn(parts);
  const known = new Map<string, Access[]>();

  return (who, id) => {
    const entitlement = parts.entitlements.get(id);
    if (!entitlement) return [];
    const key = canonical([who, likeness(entitlement, named)]);
    const access = known.get(key) ?? ways(who, entitlement);
    known.set(key, access);
    return access;
  };

  function ways(who: Who, { id, durations }: Entitlement): Access[] {
    const found = new Map<
      string,
      { chain: Chain; ticket: Access['ticket']; duration: Millis; hours: Hour[] }
    >();
    for (const duration of durations)
      for (const hours of classes) {
        let before: string | undefined;
        for (const ticket of tickets) {
          const ask = { who, entitlement: id, duration, at: hours[0]!.at, probe: true as const };
          const decision = pdp.request({ ...ask, ...(ticket !== undefined && { ticket }) });
          const chain = decision.outcome === 'denied' ? undefined : decision.chain;
          const answer = chain && formatChain(chain);
          // With a ticket it is the same: none is needed.
          if (!chain || answer === before) continue;
          before = answer;
          const need = required || ticket !== undefined ? 'needed' : 'not needed';
          const key = canonical([answer, need, duration]);
          const way = found.get(key) ?? { chain, ticket: need, duration, hours: [] };
          way.hours.push(...hours);
          found.set(key, way);
        }
      }
    return merged([...found.values()]);
  }

  function merged(
    found: { chain: Chain; ticket: Access['ticket']; duration: Millis; hours: Hour[] }[],
  ): Access[] {
    const covered = (way: (typeof found)[number]) =>
      found.some(
        (other) =>
          other.duration > way.duration &&
          other.ticket === way.ticket &&
          formatChain(other.chain) === formatChain(way.chain) &&
          way.hours.every((hour) => other.hours.includes(hour)),
      );
    return found
      .filter((way) => !covered(way))
      .map(({ chain, ticket, duration, hours: when }) => ({
        longest: duration,
        chain,
        // In a week in which the clocks change, an hour is missing or stands twice.
        when: when.length === week.length ? 'always' : describeHours(when),
        ticket,
      }));
  }
}

/** What policies can tell of an entitlement; its id only where one of them names it. */
function likeness(
  { id, environment, account, risk, owners, tags, durations, grant }: Entitlement,
  named: Set<string>,
) {
  const own = named.has(id) ? { id } : {};
  return { environment, account, risk, owners, tags, durations, kind: grant.kind, ...own };
}

function namedIn({ policies }: Parts): Set<string> {
  const entities = policies.flatMap(({ text }) => [...entitiesIn(jsonOf(text))]);
  return new Set(entities.filter(({ type }) => type === 'Jit::Entitlement').map(({ id }) => id));
}
