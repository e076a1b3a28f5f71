import { formatChain } from '../../../../../src/domain/chain.js';
import { askedOf, type Question, type Side } from './question.js';
import type { Space } from './space.js';

/** A question, and what the decision point says of it. */
export interface Answered {
  asked: Question;
  /** A chain, `denied`, or `error` where a policy errs. */
  answer: string;
}

const known = new WeakMap<Space, Map<string, { all: Answered[]; exhaustive: boolean }>>();

/** What the decision point of a folder says of a question. */
export function answerBy(side: Side, question: Question): string {
  const decision = side.loaded.bundle.pdp.request({ ...askedOf(side, question), probe: true });
  if (decision.outcome !== 'denied') return formatChain(decision.chain);
  // A policy that reads what is not known counts as no, and does not err.
  return decision.errors.some((error) => !error.includes('counts as no')) ? 'error' : 'denied';
}

export const answersBy = (side: Side, questions: readonly Question[]): Answered[] =>
  questions.map((asked) => ({ asked, answer: answerBy(side, asked) }));

/** Every question about an entitlement, with the answer; asked once. */
export function answersTo(space: Space, entitlement: string): { all: Answered[]; exhaustive: boolean } {
  const own = known.get(space) ?? new Map<string, { all: Answered[]; exhaustive: boolean }>();
  known.set(space, own);
  const found = own.get(entitlement) ?? asked();
  own.set(entitlement, found);
  return found;

  function asked() {
    const { all, exhaustive } = space.questions(entitlement);
    const [side] = space.sides;
    return { all: answersBy(side!, all), exhaustive };
  }
}
