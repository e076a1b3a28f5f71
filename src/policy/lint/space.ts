import { TZDate } from '@date-fns/tz';
import { setHours } from 'date-fns/setHours';
import { setISODay } from 'date-fns/setISODay';
import { startOfDay } from 'date-fns/startOfDay';
import { canonical, type Entitlement, type Instant, type Millis } from '../../domain/entitlement.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { Pdp, Who } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { wholly } from '../read/pattern.js';
import { dependsOn, mentionsOf } from '../questions/mentions.js';
import { timeClasses } from '../questions/week.js';
import { sampleTicket } from '../questions/ticket.js';
import type { WrittenPolicy } from './written.js';
import type { LintOptions } from './written.js';
import { mentioned, reaches } from './scope.js';

/** A question that somebody could put, and what the policies answer. */
export interface LintAnswer {
  who: Who;
  /** By a policy; else somebody of whom policies know only the groups. */
  named: boolean;
  duration: Millis;
  decision: RequestDecision;
}

/** What may be asked for an entitlement, by whom and when; the answers are the policy decision point's own. */
export interface LintSpace {
  answers: (entitlement: Entitlement) => readonly LintAnswer[];
  /** The groups on which the answer can depend. */
  groups: (entitlement: Entitlement) => readonly string[];
  /** What is sent as a ticket; undefined when no sample fits the directory's pattern. */
  ticket: string | undefined;
  /** Entitlements for which not every combination was tried, so far. */
  leftOut: () => readonly string[];
}

/** All combinations up to so many groups; of more, those of each policy, and all pairs. */
const ALL_SUBSETS = 6;
/** Of one entitlement: a second or two. */
const MOST_QUESTIONS = 5_000;

export function spaceOf(
  parts: Parts,
  policies: WrittenPolicy[],
  pdp: Pdp,
  { at, ticket }: LintOptions,
): LintSpace {
  const { directory } = parts;
  const pattern = directory.justification.ticket?.pattern;
  if (ticket !== undefined && pattern !== undefined && !wholly(pattern).test(ticket))
    throw new Error(`the ticket ${ticket} does not have the form ${pattern} of directory.yml`);
  const sample = ticket ?? sampleTicket(directory);
  const apart = new Set(policies.flatMap(({ json }) => mentioned(json, 'Entitlement')));
  const asked = conditionsOf(policies);
  const known = new Map<string, readonly LintAnswer[]>();
  const leftOut = new Set<string>();
  const somebody = `somebody@${domainOf(parts)}`;

  const reaching = new Map<Entitlement, WrittenPolicy[]>();
  const relevant = (entitlement: Entitlement): WrittenPolicy[] => {
    const matter = reaching.get(entitlement) ?? policies.filter(({ scope }) => reaches(scope, entitlement));
    reaching.set(entitlement, matter);
    return matter;
  };

  function* ask(entitlement: Entitlement): Generator<LintAnswer> {
    const matter = relevant(entitlement);
    const mentions = mentionsOf(matter.map(({ policy }) => policy));
    const tickets = sample !== undefined && dependsOn(mentions, 'ticket') ? [undefined, sample] : [undefined];
    const hours = timeClasses(mentions.weekday, mentions.hour, directory.timezone).map(
      ({ hours }) => hours[0]!,
    );
    const instants = hours.map((hour) => inWeek(at, hour, directory.timezone));
    const emails = [somebody, ...new Set(matter.flatMap(({ json }) => mentioned(json, 'User')))];
    const all = profiles(groupsOf(matter, entitlement), matter).flatMap((groups) =>
      emails.map((email) => ({ email, groups })),
    );
    const each = entitlement.durations.length * instants.length * tickets.length;
    const people = all.slice(0, Math.max(1, Math.floor(MOST_QUESTIONS / each)));
    if (people.length < all.length) leftOut.add(entitlement.id);
    for (const who of people)
      for (const duration of entitlement.durations)
        for (const at of instants)
          for (const ticket of tickets) {
            const ask = { who, entitlement: entitlement.id, duration, at, probe: true } as const;
            const decision = pdp.request({ ...ask, ...(ticket !== undefined && { ticket }) });
            yield { who, named: who.email !== somebody, duration, decision };
          }
  }

  return {
    ticket: sample,
    leftOut: () => [...leftOut],
    groups: (entitlement) => groupsOf(relevant(entitlement), entitlement),
    answers(entitlement) {
      const { id, environment, account, risk, owners, tags, durations, grant } = entitlement;
      // To Cedar, entitlements are alike that differ in nothing that a policy looks at.
      const key = canonical([
        [environment, account, risk, durations, grant.kind],
        asked.includes('"owners"') && owners,
        /"(?:has|get)Tag"/.test(asked) && tags,
        apart.has(id) && id,
      ]);
      const answers = known.get(key) ?? [...ask(entitlement)];
      known.set(key, answers);
      return answers;
    },
  };
}

const conditionsOf = (policies: WrittenPolicy[]) =>
  policies.map(({ json }) => JSON.stringify(json.conditions)).join();

/** Policies can ask only for groups that they name, and for the owners. */
function groupsOf(policies: WrittenPolicy[], { owners }: Entitlement): string[] {
  const named = policies.flatMap(({ json }) => mentioned(json, 'Group'));
  const asksForOwners = conditionsOf(policies).includes('"owners"');
  return [...new Set([...named, ...(asksForOwners ? owners : [])])].sort();
}

function profiles(groups: string[], policies: WrittenPolicy[]): string[][] {
  if (groups.length <= ALL_SUBSETS) return subsets(groups);
  const ofEach = policies.flatMap(({ json }) => {
    const own = mentioned(json, 'Group');
    return own.length <= ALL_SUBSETS ? subsets(own) : [own];
  });
  const pairs = groups.flatMap((one, i) => groups.slice(i + 1).map((other) => [one, other]));
  const all = [[], ...groups.map((group) => [group]), ...ofEach, ...pairs, groups];
  const distinct = new Map(all.map((profile) => [profile.toSorted().join('\n'), profile.toSorted()]));
  return [...distinct.values()];
}

/** The smaller first. */
function subsets(items: string[]): string[][] {
  const all = items.reduce<string[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
  return all.sort((a, b) => a.length - b.length);
}

/** An hour of the week that `at` is in, by the wall clock of the directory. @param hour from Monday, 0 o'clock */
function inWeek(at: Instant, hour: number, timezone: string): Instant {
  const day = setISODay(new TZDate(at, timezone), 1 + Math.floor(hour / 24));
  return setHours(startOfDay(day), hour % 24).getTime();
}

/** Policies may look at the e-mail: one that could be a colleague's. */
function domainOf({ directory }: Parts): string {
  const [email = ''] = Object.keys(directory.people);
  return directory.identity?.domains[0] ?? (email.split('@')[1] || 'corp.example');
}
