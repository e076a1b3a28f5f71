import { parseChain } from '../../../../../src/domain/chain.js';
import type { Improvement } from '../../../../../src/policy/explain/improvements.js';
import { gapIn, seatsOf } from '../../../../../src/policy/questions/seats.js';
import { answerBy, type Answered, answersTo } from '../asked/answers.js';
import { askedOf, type Question } from '../asked/question.js';
import type { Space } from '../asked/space.js';
import { TICKETS, withEmergency } from '../asked/values.js';
import type { Judge } from '../claim.js';
import type { Commands } from '../commands.js';

const QUESTIONS = 3;

/** What would lead to a better answer, for a few questions about each entitlement. */
export function judgeExplain(space: Space, judge: Judge, { changesFor }: Commands): void {
  const side = space.sides[0]!;
  const { parts, bundle } = side.loaded;
  for (const entitlement of parts.entitlements.keys()) {
    const { all } = answersTo(space, entitlement);
    const some = all.filter((one) => isAsked(one)).slice(0, QUESTIONS);
    for (const now of some) {
      const question = askedOf(side, now.asked);
      const { changes, open } = changesFor(parts, bundle.pdp, question, bundle.pdp.request(question));
      if (open.length > 0) judge.open();
      const about = `${JSON.stringify(question)}, ${now.answer}: `;
      for (const change of changes)
        judge.claim(`${about}${JSON.stringify(change)}`, true, broken(space, now, change));
      if (open.length === 0) judgeFewest(space, judge, now, changes, about);
    }
  }
}

const isAsked = ({ answer }: Answered) => answer !== 'auto';

/** That nothing better takes fewer changes, and nothing better is left out. */
function judgeFewest(
  space: Space,
  judge: Judge,
  now: Answered,
  changes: readonly Improvement[],
  about: string,
): void {
  const fewest = new Map<string, { count: number; asked: Question; answer: string; isMore: boolean }>();
  for (const { asked, count } of others(space, now.asked)) {
    const answer = answerBy(space.sides[0]!, asked);
    if (!gainOf(filled(space, now.asked, now.answer), filled(space, asked, answer))) continue;
    const isMore = asked.inputs.given['emergency'] !== now.asked.inputs.given['emergency'];
    const key = `${answer}${isMore ? ' in an emergency' : ''}`;
    const known = fewest.get(key);
    if (!known || count < known.count) fewest.set(key, { count, asked, answer, isMore });
  }
  const missing = [...fewest.values()].find(
    ({ count, answer, isMore }) =>
      !changes.some(
        (one) => one.answer === said(answer) && sizeOf(one) <= count && (isMore || !one.emergency),
      ),
  );
  judge.claim(`${about}nothing but ${JSON.stringify(changes)}`, changes.length > 0, missing?.asked);
}

const said = (answer: string) => (answer === 'auto' ? 'granted at once' : `needs ${answer}`);

const sizeOf = ({ duration, ticket, emergency, from }: Improvement) =>
  [duration, ticket, emergency, from].filter((one) => one !== undefined).length;

/** Every question with something asked otherwise: for a shorter time, with a ticket, in an emergency, later. */
function* others(space: Space, asked: Question): Generator<{ asked: Question; count: number }> {
  const { durations } = space.sides[0]!.loaded.parts.entitlements.get(asked.entitlement)!;
  const shorter = [asked.duration, ...durations.filter((duration) => duration < asked.duration)];
  const tickets = asked.ticket === undefined ? TICKETS : [asked.ticket];
  const isIn = asked.inputs.given['emergency'] === true;
  const later = space.instants.flatMap((those) => those.find((at) => at > asked.at) ?? []);
  for (const [d, duration] of shorter.entries())
    for (const [t, ticket] of tickets.entries())
      for (const [n, at] of [asked.at, ...later].entries())
        for (const emergency of isIn ? [true] : [false, true])
          yield {
            asked: { ...asked, duration, ticket, at, inputs: withEmergency(asked.inputs, emergency) },
            count: Math.min(d, 1) + Math.min(t, 1) + Math.min(n, 1) + (emergency && !isIn ? 1 : 0),
          };
}

/** @returns the question that is not answered as a change says */
function broken(space: Space, now: Answered, change: Improvement): object | string | undefined {
  const { duration = now.asked.duration, ticket = now.asked.ticket, from = now.asked.at, until } = change;
  const inputs = change.emergency ? withEmergency(now.asked.inputs, true) : now.asked.inputs;
  const gain = gainOf(filled(space, now.asked, now.answer), filled(space, now.asked, answerFor({})));
  if (change.gain !== gain) return `it is ${gain}`;
  const tickets = change.anyTicket
    ? TICKETS.filter((one) => one !== undefined && space.likeTicket(one) !== 'not taken')
    : [ticket];
  const instants =
    until === undefined
      ? [from]
      : [
          from,
          until - 1,
          ...space.instants.flatMap((those) => those.find((at) => at >= from && at < until) ?? []),
        ];
  const questions = tickets.flatMap((one) => instants.map((at) => ({ ticket: one, at })));
  const wrong = questions.find((one) => said(answerFor(one)) !== change.answer);
  return wrong && { ...now.asked, duration, inputs, ...wrong };

  function answerFor(other: Partial<Question>): string {
    return answerBy(space.sides[0]!, { ...now.asked, duration, ticket, at: from, inputs, ...other });
  }
}

/** What becomes of an answer: a chain that nobody could fill for whoever asks is refused. */
function filled(space: Space, { person: { email }, entitlement }: Question, answer: string): string {
  const chain = isNo(answer) ? 'auto' : parseChain(answer);
  if (typeof chain === 'string') return answer;
  return gapIn(seatsOf(chain, email, entitlement, space.sides[0]!.loaded.parts), email) ? 'denied' : answer;
}

const isNo = (answer: string) => answer === 'denied' || answer === 'error';

/** What is better about another answer. */
function gainOf(now: string, then: string): Improvement['gain'] | undefined {
  if (isNo(then)) return undefined;
  if (isNo(now)) return then === 'auto' ? 'automatic' : 'permitted';
  if (now === 'auto') return undefined;
  if (then === 'auto') return 'automatic';
  return seats(then) < seats(now) ? 'shorter' : undefined;
}

function seats(text: string): number {
  const chain = parseChain(text);
  return typeof chain === 'string' ? NaN : chain.reduce((sum, { quorum }) => sum + quorum, 0);
}
