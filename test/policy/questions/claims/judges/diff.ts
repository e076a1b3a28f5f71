import type { DiffRow } from '../../../../../src/policy/diff/describe.js';
import { answerBy } from '../asked/answers.js';
import { offered, type Question, type Side } from '../asked/question.js';
import type { Said, Space } from '../asked/space.js';
import type { Judge } from '../claim.js';
import type { Commands } from '../commands.js';
import { peopleIn } from './people.js';
import { durationsIn, givenIn, ticketsIn, timesIn, whoIn } from './said.js';

const BETWEEN = ' → ';

/** As a row shows it. */
function shown(side: Side, question: Question): string {
  const found = side.loaded.parts.entitlements.get(question.entitlement);
  if (!found?.durations.includes(question.duration)) return 'not offered';
  const answer = answerBy(side, question);
  return answer === 'denied' || answer === 'error' ? 'refused' : answer === 'auto' ? 'at once' : answer;
}

interface Compared {
  asked: Question;
  before: string;
  after: string;
}

const isNo = (answer: string) => answer === 'refused' || answer === 'not offered';
export const differs = ({ before, after }: Compared) => before !== after && !(isNo(before) && isNo(after));

function teller({ sides }: Space): (asked: Question) => Compared {
  const [one, other] = sides as [Side, Side];
  return (asked) => ({ asked, before: shown(one, asked), after: shown(other, asked) });
}

const known = new WeakMap<Space, readonly Compared[]>();

/** Every question, with the answers of both; asked once. */
export function compared(space: Space): readonly Compared[] {
  const found = known.get(space) ?? compare(space);
  known.set(space, found);
  return found;
}

function compare(space: Space): Compared[] {
  const ids = space.sides.flatMap(({ loaded }) => [...loaded.parts.entitlements.keys()]);
  return [...new Set(ids)].flatMap((id) => space.questions(id).all.map(teller(space)));
}

/** Each row of requests, and that there are no more. */
export function judgeDiff(space: Space, judge: Judge, { diffPolicies }: Commands): void {
  const [one, other] = space.sides as [Side, Side];
  const { rows, open } = diffPolicies(one.loaded, other.loaded, Date.parse(one.made.from));
  const isOpen = (id: string) =>
    open.some((why) => why.startsWith('not understood: ') || why.startsWith(`${id}: `));
  if (open.length > 0) judge.open();
  const all = compared(space);
  const boxes = rows.map((row) => boxOf(space, row));
  for (const [n, row] of rows.entries()) {
    const { witness, ...said } = row;
    const about = `row ${JSON.stringify(said)}`;
    judge.claim(`${about}, as ${JSON.stringify(witness)} shows`, true, unconfirmed(space, row));
    const some = row.entitlements.flatMap((id) =>
      row.who.flatMap((who) => space.within(id, boxes[n]!.said(id, who))),
    );
    judge.tried(
      about,
      some.map(teller(space)),
      ({ before, after }) => before === row.before && after === row.after,
    );
  }
  for (const id of new Set(all.map(({ asked }) => asked.entitlement))) {
    if (isOpen(id)) continue;
    const missing = all.find(
      (one) =>
        one.asked.entitlement === id &&
        differs(one) &&
        !rows.some(
          ({ before, after }, n) => before === one.before && after === one.after && boxes[n]!.covers(one),
        ),
    );
    judge.claim(`${id}: nothing but ${JSON.stringify(rows)}`, rows.length > 0, missing);
  }
}

function boxOf(space: Space, row: DiffRow) {
  const people = peopleIn(space);
  const isSo = (asked: Question) => {
    const { before, after } = teller(space)(asked);
    return before === row.before && after === row.after;
  };
  const [, other] = space.sides as [Side, Side];
  const isTime = timesIn(row.times, other.made.timezone);
  const isGiven = givenIn(row.given, 'any');
  const isUsual = givenIn(row.given, 'usual');
  const isAbout = (asked: Question, isLike: (ticket: string, example: string) => boolean) =>
    row.entitlements.includes(asked.entitlement) &&
    durationsIn(row.durations, offered(space.sides, asked.entitlement)).includes(asked.duration) &&
    ticketsIn(row.ticket, isLike)(asked.ticket);
  return {
    said: (id: string, who: string): Said => ({
      emails: whoIn(who).emails,
      person: (person) => people.isExactly(who, person),
      duration: (duration) => durationsIn(row.durations, offered(space.sides, id)).includes(duration),
      ticket: ticketsIn(row.ticket, (one, other) => space.likeTicket(one) === space.likeTicket(other)),
      inputs: isUsual,
      at: (at) => isTime?.(at) === true,
    }),
    covers: ({ asked }: Compared) =>
      isAbout(asked, (_, ticket) => isSo({ ...asked, ticket })) &&
      isTime?.(asked.at) !== false &&
      isGiven(asked.inputs) &&
      row.who.some((name) => people.isWithin(name, asked.person, (person) => isSo({ ...asked, person }))),
  };
}

/** What the decision points say of a row's own question, where that is not what the row says. */
function unconfirmed(
  { sides }: Space,
  { witness, before, after, entitlements }: DiffRow,
): object | undefined {
  const { who, entitlement, duration, ticket, at, failed = {} } = witness;
  const given = { ...witness.given, emergency: witness.emergency === true };
  const ids = sides.flatMap(({ loaded }) =>
    Object.entries(loaded.parts.directory.groups).flatMap(([name, group]) =>
      'source' in group ? [{ name, id: group.id }] : [],
    ),
  );
  const [one, other] = sides as [Side, Side];
  const groupOf = ({ loaded }: Side, name: string) => loaded.parts.directory.groups[name];
  // Of a group that is another one after, or none, the question does not say who was in it.
  const same = ids.filter(
    ({ name }) => JSON.stringify(groupOf(one, name)) === JSON.stringify(groupOf(other, name)),
  );
  const free = [...new Set(ids.filter((group) => !same.includes(group)).map(({ id }) => id))];
  const sure = same.filter(({ name }) => who.groups.includes(name)).map(({ id }) => id);
  const subsets = free.reduce<string[][]>(
    (found, id) => found.flatMap((some) => [some, [...some, id]]),
    [[...new Set(sure)]],
  );
  const questions = subsets.map((slack): Question => ({
    person: { email: who.email, slack },
    entitlement,
    duration,
    ticket,
    inputs: { given, failed },
    at,
  }));
  const isSo = questions.some(
    (asked) => [shown(one, asked), shown(other, asked)].join(BETWEEN) === [before, after].join(BETWEEN),
  );
  return isSo && entitlements.includes(entitlement) ? undefined : questions[0];
}
