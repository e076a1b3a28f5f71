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

/**
 * What one policy says of a subject: `+manager` where it permits, `-manager` where it counts as no and keeps its stages,
 * `-auto` nothing, `no` where it forbids, `error`.
 */
export interface Saying {
  policy: Policy;
  says: Diagram;
}

/** What becomes of questions about a subject, and what each policy that reaches it has to do with that. */
export interface Decider {
  decision(subject: string): Diagram;
  sayings(subject: string): Saying[];
}

export function decider(
  d: Diagrams,
  { parts, act, reaching }: PolicySide,
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
  const final = d.mapped((found) =>
    found.startsWith('+') ? (isRequest ? found.slice(1) : 'allowed') : found === 'error' ? 'error' : 'denied',
  );

  return {
    decision(subject) {
      const policies = reaching.get(subject) ?? [];
      const offered = parts.entitlements.get(subject)?.durations ?? [];
      const key = JSON.stringify([policies.map((one) => numberOf(one)), offered]);
      const found = decided.get(key) ?? of(policies, offered);
      decided.set(key, found);
      return found;
    },
    sayings: (subject) =>
      (reaching.get(subject) ?? []).map((one) => ({ policy: one.policy, says: numberOf(one) })),
  };

  function nothingLost({ conditions }: Reaching['special']): Diagram[] {
    return conditions.map(() => d.answer('F'));
  }

  function numberOf(one: Reaching): Diagram {
    const found = said.get(one) ?? says(one);
    said.set(one, found);
    return found;
  }

  function of(policies: readonly Reaching[], offered: readonly Millis[]): Diagram {
    const forbidsFirst = policies.toSorted((a, b) => a.policy.effect.localeCompare(b.policy.effect));
    const all = forbidsFirst.map(numberOf).reduce(together, d.answer(NOTHING));
    if (!isRequest) return final(all);
    const isOffered = where('duration', ({ duration }: DurationCell) => offered.includes(duration));
    const isTaken = where(
      'ticket',
      ({ ticket }: TicketCell) => ticket === undefined || takes(parts.directory, ticket),
    );
    const refusing = d.operation((is, rest) => (is === 'T' ? rest : 'error'));
    const offering = d.operation((is, rest) => (is === 'T' ? rest : 'not offered'));
    return offering(isOffered, refusing(isTaken, final(all)));
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
