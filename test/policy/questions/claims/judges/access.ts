import { formatChain } from '../../../../../src/domain/chain.js';
import type { Access } from '../../../../../src/policy/questions/access/ways.js';
import { answerBy, type Answered, answersBy, answersTo } from '../asked/answers.js';
import { groupsIn } from '../asked/question.js';
import type { Said, Space } from '../asked/space.js';
import type { Judge } from '../claim.js';
import type { Commands } from '../commands.js';
import { type Found, withEmergency } from '../asked/values.js';
import { peopleIn } from './people.js';
import { givenIn, ticketsIn, timesIn, whoIn } from './said.js';

/** Which questions a row is about, apart from who asks. @param isFound the inputs are known already */
function boxOf(space: Space, row: Access, isFound = false) {
  const { directory } = space.sides[0]!.loaded.parts;
  const isTicket = ticketsIn(row.ticket, (one, other) => space.likeTicket(one) === space.likeTicket(other));
  const isSaid = givenIn(row.given, isFound ? 'any' : 'usual');
  // Nobody can be found to be in an emergency: what is not said to be in one is in none.
  const isUsual = (inputs: Found) =>
    isSaid(inputs) &&
    (inputs.given['emergency'] === false || row.given?.includes('in an emergency') === true);
  const isGiven = givenIn(row.given, 'any');
  const isTime = timesIn(row.when, directory.timezone);
  return {
    chain: formatChain(row.chain),
    /** What the row promises. */
    said: {
      duration: (duration: number) => duration === row.longest,
      ticket: isTicket,
      inputs: isUsual,
      at: (at: number) => isTime?.(at) === true,
    },
    /** Whether a person would find it in this row; what holds of what is usual may hold of more. */
    covers: ({ asked, answer }: Answered) => {
      const { ticket, inputs, at, duration } = asked;
      const isLike = (_: string, example: string) =>
        answerBy(space.sides[0]!, { ...asked, ticket: example }) === answer;
      return (
        duration <= row.longest &&
        (row.ticket === 'not needed' || ticketsIn(row.ticket, isLike)(ticket)) &&
        isGiven(inputs) &&
        isTime?.(at) !== false
      );
    },
  };
}

/** Without what people say. */
function foundOf({ given, failed }: Found): Found {
  return {
    given: Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'emergency')),
    failed,
  };
}

type OfRow = Omit<Said, 'emails' | 'person'>;

const ANY: OfRow = { duration: () => true, ticket: () => true, inputs: () => true, at: () => true };

const isAnswered = ({ answer }: Pick<Answered, 'answer'>) => answer !== 'denied' && answer !== 'error';

/** Who may ask for each entitlement: each row, each who may not, and that there are no more. */
export function judgeWhoCan(space: Space, judge: Judge, { whoCan }: Commands): void {
  const side = space.sides[0]!;
  const { parts, bundle } = side.loaded;
  const required = parts.directory.justification.ticket?.required === true;
  for (const entitlement of parts.entitlements.keys()) {
    const { rows, denied, open } = whoCan(parts, bundle.pdp, entitlement, Date.parse(side.made.from));
    if (open.length > 0) judge.open();
    const { all } = answersTo(space, entitlement);
    const asked = all.filter(({ asked: { ticket } }) => ticket !== undefined || !required);
    const people = peopleIn(space);
    const about = `${entitlement}: `;
    /** Judges what is said of some questions by those whom a row names. */
    const judgeSaid = (text: string, who: string, said: OfRow, isSo: (answer: string) => boolean) => {
      const questions = space.within(entitlement, {
        ...said,
        emails: whoIn(who).emails,
        person: (person) => people.isExactly(who, person),
        ticket: (ticket) => (ticket !== undefined || !required) && said.ticket(ticket),
      });
      judge.tried(`${about}${text}`, answersBy(side, questions), ({ answer }) => isSo(answer));
    };
    for (const { who, ...row } of rows) {
      const { chain, said } = boxOf(space, row);
      judgeSaid(`row ${JSON.stringify({ who, ...row })}`, who, said, (answer) => answer === chain);
    }
    if (open.length > 0) continue;
    for (const who of denied) judgeSaid(`${who} may not`, who, ANY, (answer) => !isAnswered({ answer }));
    const boxes = rows.map((row) => ({ who: row.who, ...boxOf(space, row) }));
    const missing = asked.find(
      (one) =>
        isAnswered(one) &&
        !boxes.some(
          ({ who, chain, covers }) =>
            chain === one.answer &&
            covers(one) &&
            people.isWithin(
              who,
              one.asked.person,
              (person) => answerBy(side, { ...one.asked, person }) === one.answer,
            ),
        ),
    );
    judge.claim(
      `${about}no more than ${JSON.stringify(rows)}, not ${denied.join()}`,
      rows.length > 0,
      missing,
    );
  }
}

/** What a few people may ask for, one of them with what is found of them. */
export function judgeWhatCan(space: Space, judge: Judge, { whatCan }: Commands): void {
  const side = space.sides[0]!;
  const { parts, bundle } = side.loaded;
  const required = parts.directory.justification.ticket?.required === true;
  for (const [n, person] of space.people.slice(0, 3).entries()) {
    const who = { email: person.email, groups: groupsIn(parts.directory, person) };
    const [id = ''] = parts.entitlements.keys();
    const inputs = n === 0 ? answersTo(space, id).all[0]!.asked.inputs : undefined;
    const as = ({ given }: Found) => withEmergency(inputs!, given['emergency'] === true);
    const by = (entitlement: string, said: OfRow) => {
      const questions = space.within(entitlement, {
        ...said,
        emails: [person.email],
        person: ({ slack }) => slack.join() === person.slack.join(),
        ticket: (ticket) => (ticket !== undefined || !required) && said.ticket(ticket),
        inputs: inputs ? () => true : said.inputs,
      });
      const found = questions.map((asked) => ({ ...asked, ...(inputs && { inputs: as(asked.inputs) }) }));
      return answersBy(
        side,
        found.filter((asked) => said.inputs(asked.inputs)),
      );
    };
    const found = whatCan(parts, bundle.pdp, {
      who,
      at: Date.parse(side.made.from),
      ...(inputs && foundOf(inputs)),
    });
    if (found.open.length > 0) judge.open();
    for (const id of parts.entitlements.keys()) {
      const about = `${JSON.stringify([who, inputs])} for ${id}: `;
      const rows = found.rows.filter(({ entitlement }) => entitlement === id);
      const boxes = rows.map((row) => boxOf(space, row, inputs !== undefined));
      for (const [i, { said, chain }] of boxes.entries()) {
        const text = `${about}row ${JSON.stringify(rows[i])}`;
        judge.tried(text, by(id, said), ({ answer }) => answer === chain);
      }
      if (found.open.length > 0) continue;
      const missing = by(id, ANY).find(
        (one) => isAnswered(one) && !boxes.some(({ chain, covers }) => chain === one.answer && covers(one)),
      );
      judge.claim(`${about}no more than ${JSON.stringify(rows)}`, rows.length > 0, missing);
    }
  }
}
