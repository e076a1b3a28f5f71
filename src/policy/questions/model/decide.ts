import { formatChain, mergeChains, parseChain, type Chain } from '../../../domain/chain.js';
import type { Millis } from '../../../domain/entitlement.js';
import type { Policy } from '../../policy.js';
import type { DurationCell } from '../cells/duration.js';
import { takes, type TicketCell } from '../cells/ticket.js';
import type { Diagram, Diagrams } from './diagram.js';
import type { Reaching, PolicySide } from './sides.js';
import { lostInputs } from './lost.js';
import type { Truths } from './truth.js';
import { cellsOf, type Variable } from './variables.js';

/** What is found so far: whether anything permits, and whom it asks. */
export const NOTHING = '-auto';

/** Whether an answer of a model of requests gives anything, at once or after approval. */
export const isGiving = (answer: string): boolean => !['denied', 'error', 'not offered'].includes(answer);

/**
 * What one policy says of a subject, wherever that can be asked: `+manager` where it permits, `-manager` where it counts
 * as no and keeps its stages, `-auto` nothing, `no` where it forbids, `error`.
 */
export interface Saying {
  policy: Policy;
  says: Diagram;
}

/** What becomes of questions about a subject, and what each policy has to do with it. */
export interface Decider {
  decision(subject: string): Diagram;
  sayings(subject: string): Saying[];
  /** Those that are about this act at all. */
  policies: readonly Policy[];
  /** What several say together. */
  together(said: readonly Diagram[]): Diagram;
  /** What becomes of a question of which that is said. */
  concluded(said: Diagram): Diagram;
  /** The same of what is said by each, where that is known. */
  answered(said: readonly string[]): string;
}

// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function decider(
  d: Diagrams,
  { parts, act, policies, reaching }: PolicySide,
  truth: Truths,
  variables: readonly Variable[],
): Decider {
  const order = parts.directory.stages.map(({ name }) => name);
  const isRequest = act === 'request';
  const lost = isRequest ? lostInputs(d, parts, truth, variables) : nothingLost;
  const guarded = d.operation((condition, rest) =>
    condition === 'T' ? rest : condition === 'F' ? NOTHING : 'error',
  );
  const together = d.operation((one, other) => joined(one, other, order));
  const said = new Map<Reaching, Diagram>();
  const decided = new Map<string, Diagram>();
  const outcomeOf = (found: string): string =>
    found.startsWith('+') ? (isRequest ? found.slice(1) : 'allowed') : found === 'error' ? 'error' : 'denied';
  const final = d.mapped(outcomeOf);
  const nothingElse = d.operation((is, rest) => (is === 'T' ? rest : NOTHING));

  return {
    decision(subject) {
      const own = reaching.get(subject) ?? [];
      const key = JSON.stringify([own.map((one) => numberOf(one)), offeredFor(subject)]);
      const found = decided.get(key) ?? of(own, offeredFor(subject));
      decided.set(key, found);
      return found;
    },
    sayings(subject) {
      const own = reaching.get(subject) ?? [];
      if (!isRequest) return own.map((one) => ({ policy: one.policy, says: numberOf(one) }));
      const [isOffered, isTaken] = [whereOffered(offeredFor(subject)), whereTaken()];
      return own.map((one) => ({
        policy: one.policy,
        says: nothingElse(isOffered, nothingElse(isTaken, numberOf(one))),
      }));
    },
    policies,
    together: allOf,
    concluded: final,
    answered: (said) => outcomeOf(said.reduce((one, other) => joined(one, other, order), NOTHING)),
  };

  /** From the last on: what asks for something new then only stands above the rest. */
  function allOf(said: readonly Diagram[]): Diagram {
    return said.reduceRight((rest, one) => together(one, rest), d.answer(NOTHING));
  }

  function offeredFor(subject: string): readonly Millis[] {
    return parts.entitlements.get(subject)?.durations ?? [];
  }

  function nothingLost({ conditions }: Reaching['special']): Diagram[] {
    return conditions.map(() => d.answer('F'));
  }

  function numberOf(one: Reaching): Diagram {
    const found = said.get(one) ?? says(one);
    said.set(one, found);
    return found;
  }

  function of(own: readonly Reaching[], offered: readonly Millis[]): Diagram {
    const all = allOf(own.map(numberOf));
    if (!isRequest) return final(all);
    const refusing = d.operation((is, rest) => (is === 'T' ? rest : 'error'));
    const offering = d.operation((is, rest) => (is === 'T' ? rest : 'not offered'));
    return offering(whereOffered(offered), refusing(whereTaken(), final(all)));
  }

  function whereOffered(offered: readonly Millis[]): Diagram {
    return where('duration', ({ duration }: DurationCell) => offered.includes(duration));
  }

  function whereTaken(): Diagram {
    return where(
      'ticket',
      ({ ticket }: TicketCell) => ticket === undefined || takes(parts.directory, ticket),
    );
  }

  function where(is: 'duration' | 'ticket', holds: (cell: never) => boolean): Diagram {
    const number = truth.number(is);
    const cells = cellsOf(variables[number]!, is) as readonly never[];
    return d.choice(
      number,
      cells.map((cell) => d.answer(holds(cell) ? 'T' : 'F')),
    );
  }

  /** What one policy adds: a forbid that holds is `no`, and a permit of which not all is known adds its stages alone. */
  function says({ policy, special }: Reaching): Diagram {
    const chain = formatChain(mergeChains([policy.chain ?? []], order));
    const [holds, out] = policy.effect === 'forbid' ? ['no', 'no'] : [`+${chain}`, `-${chain}`];
    const inputs = lost(special);
    const conditions = special.conditions.reduceRight((rest, { term }, n) => {
      const known = guarded(truth.of(term), rest);
      return d.operation((isLost, otherwise) => (isLost === 'T' ? out : otherwise))(inputs[n]!, known);
    }, d.answer(holds));
    return guarded(truth.of(special.principal), conditions);
  }
}

/** What two policies make of a request together: strictest wins. */
function joined(one: string, other: string, order: string[]): string {
  if (one === 'error' || other === 'error') return 'error';
  if (one === 'no' || other === 'no') return 'no';
  if (other === NOTHING) return one;
  if (one === NOTHING) return other;
  const chain = mergeChains(
    [one, other].map((text) => chainIn(text.slice(1))),
    order,
  );
  return `${one.startsWith('+') || other.startsWith('+') ? '+' : '-'}${formatChain(chain)}`;
}

/** @throws where it is none: of what was loaded, each is */
export function chainIn(text: string): Chain {
  const chain = parseChain(text);
  if (typeof chain === 'string') throw new Error(chain);
  return chain;
}
