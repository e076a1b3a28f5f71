import { formatChain } from '../domain/chain.js';
import { defined } from '../domain/objects.js';
import { formatDuration } from '../domain/duration.js';
import type { Instant, Millis } from '../domain/entitlement.js';
import type { RequestDecision, Verdict } from '../domain/request/decision.js';
import type { Bundle, Pdp, RequestFacts, Who } from '../ports/policy.js';
import type { Log } from '../kit/log.js';

/**
 * The same bundle, and every decision of its decision point in the log, with what it was asked and what decided it.
 * Of free text and tickets nothing is in it (invariants 9 and 11). Probes are counted, one line for all of one moment:
 * who opens the form causes dozens.
 * @param stopwatch a time in ms of which only differences mean something
 */
export function withDecisionLog(bundle: Bundle, log: Pick<Log, 'info'>, stopwatch: () => Millis): Bundle {
  const { pdp } = bundle;
  const tally = counter(bundle.hash, log);

  function logged<A extends RequestDecision | Verdict>(about: object, decide: () => A): A {
    const began = stopwatch();
    const answer = decide();
    const ms = Math.round((stopwatch() - began) * 1000) / 1000;
    const { outcome, policies, bundle: hash } = answer;
    const errors = 'errors' in answer ? answer.errors.map(short) : [];
    const chain = 'chain' in answer ? { chain: formatChain(answer.chain) } : {};
    log.info({ ...about, outcome, ...chain, policies, errors, bundle: hash, ms }, 'decision');
    return answer;
  }

  const deciding: Pdp = {
    request({ probe, ...ask }) {
      const decide = () => pdp.request(ask);
      if (probe) return tally(ask.who.email, decide);
      const { id, entitlement, duration, at, ticket, emergency } = ask;
      const work = { ticket: ticket !== undefined, ...defined({ emergency }) };
      const what = { entitlement, duration: formatDuration(duration), ...work };
      const about = { action: 'request', ...defined({ request: id }), ...asker(ask.who) };
      return logged({ ...about, ...what, at: iso(at), ...looked(ask) }, decide);
    },
    approve(ask) {
      if (ask.probe) return tally(ask.who.email, () => pdp.approve(ask));
      const { who, delegatedBy, request, stage, member, at, extension } = ask;
      const seat = { stage, member, ...defined({ delegatedBy: delegatedBy?.email, extension }) };
      const about = { action: 'approve', ...asker(who), ...subject(request), ...seat, at: iso(at) };
      return logged(about, () => pdp.approve(ask));
    },
    extend({ probe, ...ask }) {
      if (probe) return tally(ask.who.email, () => pdp.extend(ask));
      const { who, request, by, total, at } = ask;
      const length = { by: formatDuration(by), total: formatDuration(total) };
      const about = { action: 'extend', ...asker(who), ...subject(request), ...length, at: iso(at) };
      return logged(about, () => pdp.extend(ask));
    },
    may(action, ask) {
      const about = { action, ...asker(ask.who), ...subject(ask.request), at: iso(ask.at) };
      return logged(about, () => pdp.may(action, ask));
    },
  };
  return { ...bundle, pdp: deciding };
}

function asker({ email, groups, unknownGroups = [] }: Who): object {
  const unknown = unknownGroups.map(({ name }) => name);
  return { who: email, groups, ...(unknown.length > 0 && { unknownGroups: unknown }) };
}

function subject({ id, requester, entitlement, duration, approvedBy }: RequestFacts): object {
  return {
    request: id,
    requester: requester.email,
    entitlement,
    duration: formatDuration(duration),
    approvedBy,
  };
}

/** The inputs that were looked up: numbers and yes or no; and those that could not be, each with our reason. */
function looked({ given, failed = {} }: Parameters<Pdp['request']>[0]): object {
  const reasons = Object.entries(failed).map(([name, why]) => [name, short(why)]);
  return {
    ...(given && { inputs: given }),
    ...(reasons.length > 0 && { failedInputs: Object.fromEntries(reasons) as Record<string, string> }),
  };
}

/** The log must not throw where the decision point does not. */
function iso(at: Instant): string {
  return Number.isNaN(new Date(at).getTime()) ? String(at) : new Date(at).toISOString();
}

/** Cedar's diagnostics name policies and attributes; a long one could only come from something that is odd. */
function short(error: string): string {
  return error.slice(0, 300);
}

/** Counts what is asked for one person within one moment, and then says so. */
function counter(bundle: string, log: Pick<Log, 'info'>) {
  const open = new Map<string, { probes: number; permitted: number }>();
  return <A extends RequestDecision | Verdict>(who: string, decide: () => A): A => {
    const answer = decide();
    const count = open.get(who) ?? { probes: 0, permitted: 0 };
    if (count.probes === 0) {
      open.set(who, count);
      queueMicrotask(() => {
        open.delete(who);
        log.info({ action: 'request', who, ...count, bundle }, 'decisions probed');
      });
    }
    count.probes += 1;
    if (answer.outcome !== 'denied') count.permitted += 1;
    return answer;
  };
}
