import { formatChain } from '../../domain/chain.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { RequestDecision } from '../../domain/request/decision.js';
import type { Pdp } from '../../ports/policy.js';
import type { PolicyFacts } from '../cedar/entities.js';
import type { ExplainedQuestion } from './question.js';
import { nextWeek } from '../questions/hours.js';
import { sampleTicket } from '../questions/ticket.js';

/** What is better about another answer; `shorter`: fewer people have to agree. */
export type Gain = 'permitted' | 'automatic' | 'shorter';

/** One thing asked differently, and the better answer. */
export type Improvement = { gain: Gain; answer: string } & (
  | { change: 'duration'; duration: Millis }
  | { change: 'ticket' }
  /** From `from` on; before `until`, or to the end of the week that was tried. */
  | { change: 'time'; from: Instant; until?: Instant }
);

export interface Improvements {
  changes: Improvement[];
  /** No ticket of a usual form fits directory.yml's pattern, so that none was tried. */
  ticketUntried?: true;
}

/** Asks the question again with one thing changed: each other duration on offer, a ticket, each hour of the next 7 days. */
export function changesFor(
  facts: PolicyFacts,
  pdp: Pdp,
  question: ExplainedQuestion,
  now: RequestDecision,
): Improvements {
  const changes: Improvement[] = [];
  const better = (over: Partial<ExplainedQuestion>) => {
    const then = pdp.request({ ...question, ...over });
    const gain = gainOf(now, then);
    return gain && { gain, answer: answerOf(then) };
  };
  const { durations = [] } = facts.entitlements.get(question.entitlement) ?? {};
  for (const duration of durations) {
    const found = duration < question.duration && better({ duration });
    if (found) changes.push({ change: 'duration', duration, ...found });
  }
  const ticket = sampleTicket(facts.directory);
  if (question.ticket === undefined && ticket !== undefined) {
    const found = better({ ticket });
    if (found) changes.push({ change: 'ticket', ...found });
  }
  changes.push(...windows(facts, question, (at) => better({ at })));
  const ticketUntried = question.ticket === undefined && ticket === undefined;
  return { changes, ...(ticketUntried && { ticketUntried }) };
}

/** For each better answer, the first stretch of hours that gives it. */
function windows(
  { directory }: PolicyFacts,
  { at }: ExplainedQuestion,
  better: (at: Instant) => Pick<Improvement, 'gain' | 'answer'> | undefined,
): Improvement[] {
  const hours = nextWeek(at, directory.timezone).map((hour) => ({ at: hour.at, found: better(hour.at) }));
  const firsts = new Map<string, Improvement>();
  for (const [n, { at: from, found }] of hours.entries()) {
    if (!found || firsts.has(found.answer)) continue;
    const end = hours.slice(n).find((later) => later.found?.answer !== found.answer);
    firsts.set(found.answer, { change: 'time', from, ...(end && { until: end.at }), ...found });
  }
  return [...firsts.values()];
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
