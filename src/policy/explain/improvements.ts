import { formatChain, type Chain } from '../../domain/chain.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { Pdp } from '../../ports/policy.js';
import type { Parts } from '../policy.js';
import { axesOf, boxesOf, openIn, TOO_MANY, UNCONFIRMED, type Axes, type Box } from '../questions/boxes.js';
import { takes } from '../questions/cells/ticket.js';
import { valuesIn } from '../questions/locate.js';
import { tooMuch } from '../questions/too-much.js';
import { bounded } from '../questions/model/diagram.js';
import { isGiving } from '../questions/model/decide.js';
import { modelOf } from '../questions/model/model.js';
import { isEmergency, type Variable } from '../questions/model/variables.js';
import { gapIn, seatsOf } from '../questions/seats.js';
import type { ExplainedQuestion } from './question.js';

/** What is better about another answer; `shorter`: fewer people have to agree. */
export type Gain = 'permitted' | 'automatic' | 'shorter';

/** What to ask otherwise, all of it together, and the better answer. */
export interface Improvement {
  gain: Gain;
  answer: string;
  duration?: Millis;
  /** One that helps, in the place of the one that was given. */
  ticket?: string;
  /** Whether any other helps as well. */
  anyTicket?: true;
  /** To ask for it in an emergency. */
  emergency?: true;
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
    (why) => ({ changes: [], open: [tooMuch(why, parts.policies)] }),
  );
}

/** What people choose when they ask. */
const isChosen = (variable: Variable): boolean =>
  isEmergency(variable) || ['duration', 'ticket', 'time'].includes(variable.is);

function improvements(
  parts: Parts,
  pdp: Pdp,
  question: ExplainedQuestion,
  now: RequestDecision,
): Improvements {
  const { entitlement, duration, at } = question;
  const { model, own } = modelFor(parts, question);
  const { variables } = model;
  const axes = axesOf(variables);
  const emergency = variables.findIndex(isEmergency);
  const { boxes, all } = boxesOf(model, model.decision(0, entitlement), isGiving);
  const open = new Set<string>(all ? [] : [TOO_MANY]);
  const today = best(now);
  // Of another form than directory.yml wants, a ticket is refused before any policy is asked.
  const isTaken = question.ticket === undefined || takes(parts.directory, question.ticket);
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
      ...(change.emergency && { emergency: true }),
    });
    const unclear = openIn(box.values, variables);
    if (unclear.length > 0 || then.outcome === 'denied' || formatChain(then.chain) !== box.answer) {
      for (const why of whyOpen(unclear, question)) open.add(why);
      continue;
    }
    const gain = gainOf(today, best(then));
    if (!gain) continue;
    const answer = answerOf(then);
    found.set(answer, [...(found.get(answer) ?? []), { gain, answer, ...change }]);
  }
  const changes = [...found.values()].flatMap(leastOf);
  const isLast = (one: Improvement) => (one.emergency ? 1 : 0);
  return { changes: changes.sort((one, other) => isLast(one) - isLast(other)), open: [...open] };

  /** A chain that nobody could fill for this person is refused at once. */
  function best(decision: RequestDecision): Chain | undefined {
    if (decision.outcome === 'denied') return undefined;
    const { email } = question.who;
    return gapIn(seatsOf(decision.chain, email, entitlement, parts), email) ? undefined : decision.chain;
  }

  /** What has to be asked otherwise so that the question is one of these; undefined: nothing that can be chosen. */
  function changeTo({ values }: Box): Omit<Improvement, 'gain' | 'answer'> | undefined {
    const outside = (axis: Axes[keyof Axes]) => {
      if (axis === axes.ticket && !isTaken) return values.get(axis.number) ?? axis.cells.map((_, n) => n);
      const those = values.get(axis.number);
      const mine = own(axis.number);
      return those && (mine === undefined || !those.includes(mine)) ? those : undefined;
    };
    const [lengths, tickets, times] = [axes.duration, axes.ticket, axes.time].map(outside);
    const shorter = lengths?.map((n) => axes.duration.cells[n]!.duration).filter((one) => one < duration);
    const written = tickets?.flatMap((n) => axes.ticket.cells[n]!.ticket ?? []);
    const stretch = times && nextIn(times, axes, at);
    const isOther = values.get(emergency)?.includes(own(emergency) ?? 0) === false;
    // What is no emergency any more is no better way to ask.
    if (isOther && question.emergency) return undefined;
    if (shorter?.length === 0 || written?.length === 0 || (times && !stretch)) return undefined;
    return {
      ...(shorter && { duration: Math.max(...shorter) }),
      ...(written && {
        ticket: written[0]!,
        ...(written.length === axes.ticket.cells.length - 1 && { anyTicket: true }),
      }),
      ...(isOther && { emergency: true }),
      ...(stretch && { from: stretch.from, until: stretch.to }),
    };
  }
}

/** What becomes of a person's questions about an entitlement, whatever they choose; `own`: what they chose. */
function modelFor(parts: Parts, question: ExplainedQuestion) {
  const ownOf = (variables: readonly Variable[]) => valuesIn(question, variables, [parts.directory]);
  const model = modelOf([parts], {
    from: question.at,
    only: [question.entitlement],
    fixed(variables) {
      const own = ownOf(variables);
      return (number) => (isChosen(variables[number]!) ? undefined : own(number));
    },
  });
  return { model, own: ownOf(model.variables) };
}

/** Why a question is not answered as it was expected. @param unclear what is not understood of it */
function whyOpen(unclear: string[], { who }: ExplainedQuestion): string[] {
  const groups = (who.unknownGroups ?? []).map(({ name }) => `who is in ${name}`);
  return unclear.length > 0 ? unclear : groups.length > 0 ? groups : [UNCONFIRMED];
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

const kindsOf = (one: Improvement) =>
  (['duration', 'ticket', 'emergency', 'from'] as const).filter((kind) => one[kind] !== undefined);

/** What an emergency leads to is told besides the rest, and stands in the place of nothing: nobody chooses to have one. */
function leastOf(all: readonly Improvement[]): Improvement[] {
  const usual = fewest(all.filter(({ emergency }) => !emergency));
  const isNeeded = (one: Improvement) => !usual.some((other) => kindsOf(other).every((kind) => kind in one));
  return [...usual, ...fewest(all.filter((one) => one.emergency && isNeeded(one)))];
}

/** Those that ask for the fewest changes, and of equals what comes first and lasts longest. */
function fewest(all: readonly Improvement[]): Improvement[] {
  const least = Math.min(...all.map((one) => kindsOf(one).length));
  const kinds = new Map<string, Improvement>();
  for (const one of all.filter((other) => kindsOf(other).length === least)) {
    const key = kindsOf(one).join();
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

/** @param now the chain, if there is one that can be filled */
function gainOf(now: Chain | undefined, then: Chain | undefined): Gain | undefined {
  if (!then) return undefined;
  if (then.length === 0) return now?.length === 0 ? undefined : 'automatic';
  if (!now) return 'permitted';
  return seats(then) < seats(now) ? 'shorter' : undefined;
}

const seats = (chain: Chain) => chain.reduce((sum, { quorum }) => sum + quorum, 0);
