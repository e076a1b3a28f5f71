import { formatChain } from '../../domain/chain.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { Pdp } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { axesOf, boxesOf, openIn, UNCONFIRMED, type Axes, type Box } from '../questions/boxes.js';
import { valuesIn } from '../questions/locate.js';
import { bounded } from '../questions/model/diagram.js';
import { modelOf } from '../questions/model/model.js';
import type { ExplainedQuestion } from './question.js';

/** What is better about another answer; `shorter`: fewer people have to agree. */
export type Gain = 'permitted' | 'automatic' | 'shorter';

/** What to ask otherwise, all of it together, and the better answer. */
export interface Improvement {
  gain: Gain;
  answer: string;
  duration?: Millis;
  /** One that helps. */
  ticket?: string;
  /** Whether any other helps as well. */
  anyTicket?: true;
  /** From `from` on, and before `until`. */
  from?: Instant;
  until?: Instant;
}

export interface Improvements {
  /** For each better answer, the fewest things that lead to it. */
  changes: Improvement[];
  /** Policies that are not understood: there may be more. */
  open: string[];
}

/** What would lead to a better answer, of the durations on offer, tickets and all time to come. */
export function changesFor(
  parts: Parts,
  pdp: Pdp,
  question: ExplainedQuestion,
  now: RequestDecision,
): Improvements {
  if (!parts.entitlements.has(question.entitlement)) return { changes: [], open: [] };
  return bounded(
    () => improvements(parts, pdp, question, now),
    (why) => ({ changes: [], open: [why] }),
  );
}

function improvements(
  parts: Parts,
  pdp: Pdp,
  question: ExplainedQuestion,
  now: RequestDecision,
): Improvements {
  const { entitlement, duration, at } = question;
  const model = modelOf([parts], { from: at, only: [entitlement] });
  const { variables, diagrams } = model;
  const axes = axesOf(variables);
  const own = valuesIn(question, variables, [parts.directory]);
  const isFixed = (number: number) =>
    ![axes.duration, axes.ticket, axes.time].some((axis) => axis.number === number);
  const theirs = diagrams.restricted((number) => (isFixed(number) ? own(number) : undefined));
  const { boxes } = boxesOf(model, theirs(model.decision(0, entitlement)));
  const open = new Set<string>();
  const found = new Map<string, Improvement[]>();
  for (const box of boxes) {
    const change = changeTo(box);
    if (!change) continue;
    const { duration: other = duration, ticket = question.ticket, from = at } = change;
    const then = pdp.request({
      ...question,
      duration: other,
      at: from,
      ...(ticket !== undefined && { ticket }),
    });
    const gain = gainOf(now, then);
    const unknown = openIn(box.values, variables);
    if (unknown.length > 0 || then.outcome === 'denied' || formatChain(then.chain) !== box.answer) {
      for (const what of unknown.length > 0 ? unknown : [UNCONFIRMED]) open.add(what);
      continue;
    }
    if (!gain) continue;
    const answer = answerOf(then);
    found.set(answer, [...(found.get(answer) ?? []), { gain, answer, ...change }]);
  }
  return { changes: [...found.values()].flatMap(fewest), open: [...open] };

  /** What has to be asked otherwise so that the question is one of these; undefined: nothing that can be chosen. */
  function changeTo({ answer, values }: Box): Omit<Improvement, 'gain' | 'answer'> | undefined {
    if (['denied', 'error', 'not offered'].includes(answer)) return undefined;
    const outside = (axis: Axes[keyof Axes]) => {
      const those = values.get(axis.number);
      const mine = own(axis.number);
      return those && (mine === undefined || !those.includes(mine)) ? those : undefined;
    };
    const [lengths, tickets, times] = [axes.duration, axes.ticket, axes.time].map(outside);
    const shorter = lengths?.map((n) => axes.duration.cells[n]!.duration).filter((one) => one < duration);
    const written = tickets?.flatMap((n) => axes.ticket.cells[n]!.ticket ?? []);
    const stretch = times && nextIn(times, axes, at);
    if (shorter?.length === 0 || written?.length === 0 || (times && !stretch)) return undefined;
    // Who gives a ticket does not take it away again.
    if (written && question.ticket !== undefined) return undefined;
    return {
      ...(shorter && { duration: Math.max(...shorter) }),
      ...(written && {
        ticket: written[0]!,
        ...(written.length === axes.ticket.cells.length - 1 && { anyTicket: true }),
      }),
      ...(stretch && { from: stretch.from, until: stretch.to }),
    };
  }
}

/** The first stretch of some times that is not over. */
function nextIn(
  times: readonly number[],
  { time }: Axes,
  at: Instant,
): { from: Instant; to: Instant } | undefined {
  const stretches = times.flatMap((n) => time.cells[n]!.stretches).sort((a, b) => a.from - b.from);
  let found: { from: Instant; to: Instant } | undefined;
  for (const { from, to } of stretches) {
    if (to <= at) continue;
    if (found && from > found.to) break;
    found = { from: found?.from ?? Math.max(from, at), to };
  }
  return found;
}

const sizeOf = ({ duration, ticket, from }: Improvement) =>
  [duration, ticket, from].filter((one) => one !== undefined).length;

/** Those that ask for the fewest changes, and of equals what comes first and lasts longest. */
function fewest(all: readonly Improvement[]): Improvement[] {
  const least = Math.min(...all.map(sizeOf));
  const kinds = new Map<string, Improvement>();
  for (const one of all.filter((other) => sizeOf(other) === least)) {
    const key = JSON.stringify([
      one.duration !== undefined,
      one.ticket !== undefined,
      one.from !== undefined,
    ]);
    const known = kinds.get(key);
    const better =
      !known ||
      (one.from ?? 0) < (known.from ?? 0) ||
      (one.from === known.from && (one.duration ?? 0) > (known.duration ?? 0));
    if (better) kinds.set(key, one);
  }
  return [...kinds.values()];
}

/** `needs manager, 2 of security` */
export function answerOf(decision: RequestDecision): string {
  if (decision.outcome === 'denied') return 'denied';
  return decision.outcome === 'auto' ? 'granted at once' : `needs ${formatChain(decision.chain)}`;
}

function gainOf(now: RequestDecision, then: RequestDecision): Gain | undefined {
  if (then.outcome === 'denied') return undefined;
  if (now.outcome === 'denied') return then.outcome === 'auto' ? 'automatic' : 'permitted';
  if (then.outcome === 'auto') return now.outcome === 'auto' ? undefined : 'automatic';
  return seats(then) < seats(now) ? 'shorter' : undefined;
}

const seats = (decision: Exclude<RequestDecision, { outcome: 'denied' }>) =>
  decision.chain.reduce((sum, { quorum }) => sum + quorum, 0);
