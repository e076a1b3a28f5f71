import { random } from '../../../../fuzz/random.js';
import { requestLeaves } from '../made/folders.js';
import type { Leaf, Part } from '../made/leaves.js';
import { instantsFrom, truthsAt } from './instants.js';
import { classes, isTaken, likenessOf } from './likeness.js';
import { groupsIn, offered, putOf, type Person, type Question, type Side, slackSets } from './question.js';
import { DENIALS, EMAILS, EMERGENCIES, type Found, GRANTS, ON_CALL, TICKETS, USUAL } from './values.js';

export interface Space {
  sides: readonly Side[];
  /** At most so many questions about an entitlement, and whether they stand for every question that there is. */
  questions(entitlement: string): { all: Question[]; exhaustive: boolean };
  /** A few questions about an entitlement of which each part is as it is said; none where a part cannot be so. */
  within(entitlement: string, said: Said): Question[];
  /** The same for values that no leaf tells apart. */
  likeEmail(email: string): string;
  likePerson(person: Person): string;
  likeTicket(ticket: string | undefined): string;
  /** Somebody of each kind that the policies tell apart. */
  people: readonly Person[];
  /** Those that no policy tells apart, together. */
  instants: readonly (readonly number[])[];
}

/** Up to so many questions about an entitlement are all asked. */
const MOST = 500;
/** Of more than that, so many are. */
const SOME = 200;
/** So many try what is said of a part of them. */
const FEW = 24;

/** What is said of each part of some questions. */
export interface Said {
  /** Addresses that it names. */
  emails: readonly string[];
  person: (person: Person) => boolean;
  duration: (duration: number) => boolean;
  ticket: (ticket: string | undefined) => boolean;
  inputs: (inputs: Found) => boolean;
  at: (at: number) => boolean;
}

/** @param seed of the questions that are taken where there are too many */
export function spaceOf(sides: readonly Side[], seed: number): Space {
  const leaves = distinct(sides.flatMap(({ made }) => requestLeaves(made)));
  const like = likenessOf(sides, leaves);
  const likeTicket = (ticket: string | undefined) => like('ticket', ticket === undefined ? {} : { ticket });
  const tickets = TICKETS.filter(
    (ticket) => ticket === undefined || sides.some(({ made }) => isTaken(made, ticket)),
  );
  const likeInput = (part: Part) => (found: Found) => {
    const own = leaves.filter(({ reads }) => reads.includes(part));
    if (own.some(({ reads }) => reads.length > 1)) return JSON.stringify(found);
    const change = putOf({ given: { ...USUAL, ...found.given }, failed: found.failed });
    return own.length === 0 ? '' : `${Object.keys(found.failed).join()} ${like(part, change)}`;
  };
  const likeEmail = (email: string) => like('email', { who: { email, groups: [] } });
  const likePerson = (email: string) =>
    [
      ...sides.map(({ loaded }) => groupsIn(loaded.parts.directory, { email, slack: [] }).join()),
      likeEmail(email),
    ].join(' ');
  const people = peopleOf(sides, likePerson);
  const timed = leaves.filter(({ reads }) => reads.includes('time'));
  const instants = classes(...instantsOf(sides, timed));
  const axesOf = (entitlement: string) =>
    [
      people,
      classes(offered(sides, entitlement), String),
      classes(tickets, likeTicket),
      classes(GRANTS, likeInput('grants')),
      classes(DENIALS, likeInput('denials')),
      classes(ON_CALL, likeInput('onCall')),
      classes(EMERGENCIES, likeInput('emergency')),
      instants,
    ] as const;

  return {
    sides,
    likeEmail,
    likeTicket,
    likePerson: (person) => `${likePerson(person.email)} ${person.slack.join()}`,
    people: people.map(([first]) => first!),
    instants,
    questions(entitlement) {
      const axes = axesOf(entitlement);
      const r = random(seed + entitlement.length);
      const size = axes.reduce((product, axis) => product * axis.length, 1);
      const exhaustive = size <= MOST;
      const all = Array.from({ length: exhaustive ? size : SOME }, (_, n): Question => {
        let left = exhaustive ? n : r.int(size);
        const chosen = <T>(axis: readonly (readonly T[])[]): readonly T[] => {
          const found = axis[left % axis.length]!;
          left = Math.floor(left / axis.length);
          return found;
        };
        const next = <T>(axis: readonly (readonly T[])[]): T => r.pick(chosen(axis));
        // Where what is usual is among those that are alike, it stands for them more often than not.
        const usually = (axis: readonly (readonly Found[])[]) => {
          const those = chosen(axis);
          return those.includes(axis[0]![0]!) && r.chance(0.8) ? axis[0]![0]! : r.pick(those);
        };
        const [person, duration, ticket, grants, denials, onCall, emergency, at] = axes;
        return {
          person: next(person),
          entitlement,
          duration: next(duration),
          ticket: next(ticket),
          inputs: joined([grants, denials, onCall, emergency].map(usually)),
          at: next(at),
        };
      });
      return { all, exhaustive };
    },
    within(entitlement, said) {
      const r = random(seed + entitlement.length);
      const emails = said.emails.length > 0 ? said.emails : EMAILS;
      const axes = {
        person: emails
          .flatMap((email) => slackSets(sides).map((slack) => ({ email, slack })))
          .filter(said.person),
        duration: offered(sides, entitlement).filter(said.duration),
        ticket: tickets.filter(said.ticket),
        inputs: INPUTS.filter(said.inputs),
        at: instants.map((those) => r.pick(those)).filter(said.at),
      };
      if (Object.values(axes).some((axis) => axis.length === 0)) return [];
      return Array.from({ length: FEW }, () => ({
        person: r.pick(axes.person),
        entitlement,
        duration: r.pick(axes.duration),
        ticket: r.pick(axes.ticket),
        inputs: r.pick(axes.inputs),
        at: r.pick(axes.at),
      }));
    },
  };
}

const distinct = (leaves: readonly Leaf[]): Leaf[] => [
  ...new Map(leaves.map((leaf) => [leaf.text, leaf])).values(),
];

const joined = (all: readonly Found[]): Found => ({
  given: Object.assign({}, ...all.map(({ given }) => given)),
  failed: Object.assign({}, ...all.map(({ failed }) => failed)),
});

const INPUTS = GRANTS.flatMap((grants) =>
  DENIALS.flatMap((denials) =>
    ON_CALL.flatMap((onCall) => EMERGENCIES.map((emergency) => joined([grants, denials, onCall, emergency]))),
  ),
);

/** People whom nothing tells apart, with every combination of the Slack user groups. */
function peopleOf(sides: readonly Side[], like: (email: string) => string): Person[][] {
  return classes(EMAILS, like).flatMap((emails) =>
    slackSets(sides).map((slack) => emails.map((email) => ({ email, slack }))),
  );
}

/** All instants, and what tells them apart. */
function instantsOf(sides: readonly Side[], leaves: readonly Leaf[]): [number[], (at: number) => string] {
  const zones = [...new Set(sides.map(({ made }) => made.timezone))];
  const truths = sides.map(({ loaded }) => truthsAt(loaded.parts, leaves));
  const all = instantsFrom(Date.parse(sides[0]!.made.from), zones);
  return [all, (at) => truths.map((of) => of(at)).join(' ')];
}
