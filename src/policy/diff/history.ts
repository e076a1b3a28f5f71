import { formatChain } from '../../domain/chain.js';
import type { Instant } from '../../domain/entitlement.js';
import {
  changeBetween,
  decisionOf,
  isOffered,
  ofBoth,
  shownDecision,
  type DiffDecision,
  type Side,
  type Sides,
} from './change.js';
import { factsOf } from './past/facts.js';
import { possibleBy, type DependsOn, type PossibleBy } from './past/possible.js';
import type { RecordedDecision, RecordedRequest, UnreadRequest } from './past/recorded.js';

export interface HistoryDiff {
  /** Requests on record. */
  requests: number;
  /** How many of them become what; each request may count for several. */
  counts: Record<string, number>;
  differ: (Told & { before: string; after: string })[];
  /** The policies that decided them answer otherwise now. */
  otherwise: (Told & { recorded: string; now: string })[];
  /** Of which it cannot be said whether they would differ: why, and which they are. */
  unjudged: { why: string; requests: string[] }[];
}

/** A request, and which of its decisions is meant: that when it was made, or that when it was approved. */
interface Told {
  id: string;
  requester: string;
  entitlement: string;
  when: RecordedDecision['when'];
}

type Judged = [before: DiffDecision, after: DiffDecision] | { why: string };
type Judge = (request: RecordedRequest, decision: RecordedDecision) => Judged;

/**
 * Decides the recorded requests again, by both, on what the record says was known then.
 * @param groupsOf of an e-mail, where they are written down: for records that do not say it
 */
export function diffHistory(
  before: Side,
  after: Side,
  recorded: readonly (RecordedRequest | UnreadRequest)[],
  groupsOf: ReadonlyMap<string, string[]>,
): HistoryDiff {
  const sides: Sides = [before, after];
  const judge = judgeBy(sides, recorded, groupsOf);
  const counts: Record<string, number> = { 'become automatic': 0 };
  const diff: HistoryDiff = { requests: recorded.length, counts, differ: [], otherwise: [], unjudged: [] };
  const reasons = new Map<string, string[]>();
  for (const request of recorded) {
    if ('decisions' in request) diff.otherwise.push(...otherwiseOf(request, sides));
    const why = 'decisions' in request ? differs(request) : request.why;
    if (why === undefined) continue;
    const known = reasons.get(why) ?? [];
    reasons.set(why, known);
    known.push(request.id);
  }
  for (const [why, requests] of reasons) diff.unjudged.push({ why, requests });
  diff.unjudged.sort((a, b) => b.requests.length - a.requests.length);
  return diff;

  /** Adds the first of its decisions that differs. @returns why it cannot be said whether one does */
  function differs(request: RecordedRequest): string | undefined {
    let unjudged: string | undefined;
    for (const decision of request.decisions) {
      const judged = judge(request, decision);
      if ('why' in judged) {
        unjudged ??= judged.why;
        continue;
      }
      const [one, then] = judged;
      const change = changeBetween(one, then);
      if (!change) continue;
      diff.differ.push({
        ...told(request, decision),
        before: shownDecision(one),
        after: shownDecision(then),
      });
      for (const says of change.says) counts[says] = (counts[says] ?? 0) + 1;
      return undefined;
    }
    return unjudged;
  }
}

const told = ({ id, requester, question }: RecordedRequest, { when }: RecordedDecision): Told => ({
  id,
  requester,
  entitlement: question.entitlement,
  when,
});

const questionOf = ({ question }: RecordedRequest, { at, duration }: RecordedDecision) => ({
  ...question,
  ...(duration !== undefined && { duration }),
  at,
});

/** By the decision point where all is known, and else by everything that it might answer. */
function judgeBy(
  sides: Sides,
  recorded: readonly (RecordedRequest | UnreadRequest)[],
  groupsOf: ReadonlyMap<string, string[]>,
): Judge {
  let possible: PossibleBy | undefined;
  return (request, decision) => {
    const question = questionOf(request, decision);
    if (!sides.some(({ parts }) => isOffered(question, parts))) return { why: NOT_OFFERED };
    const factsOn = factsOf(request, decision, sides, groupsOf.get(request.requester));
    const facts = ofBoth(sides, factsOn);
    if (facts.every(({ missing }) => missing.groups.length + missing.inputs.length === 0))
      return ofBoth(sides, (side) => decisionOf(side, { ...question, ...factsOn(side).told }));
    possible ??= possibleBy(sides, scopeOf(recorded));
    const found = possible(question, facts);
    if (!('dependsOn' in found)) return found;
    return { why: decision.basis ? whyNew(found.dependsOn) : whyOlder(found.dependsOn) };
  };
}

function scopeOf(recorded: readonly (RecordedRequest | UnreadRequest)[]): { from: Instant; only: string[] } {
  const requests = recorded.flatMap((one) => ('decisions' in one ? [one] : []));
  const from = requests
    .flatMap(({ decisions }) => decisions.map(({ at }) => at))
    .reduce((earliest, at) => Math.min(earliest, at), Infinity);
  return { from, only: [...new Set(requests.map(({ question }) => question.entitlement))] };
}

const NOT_OFFERED = 'neither folder offers it';
const list = (names: readonly string[]) => names.join(', ');

function whyOlder({ groups, inputs, other }: DependsOn): string {
  if (groups.length > 0)
    return 'the record does not say in which groups the requester was, as older ones do not: say it with --groups';
  return inputs.length > 0
    ? `the record does not say what was found of ${list(inputs)}, as older ones do not`
    : other.join('; ');
}

function whyNew({ groups, inputs, other }: DependsOn): string {
  return [
    ...(groups.length > 0 ? [`the record does not say whether the requester was in ${list(groups)}`] : []),
    ...(inputs.length > 0 ? [`${list(inputs)} was not looked up then, since no policy read it`] : []),
    ...other,
  ].join('; ');
}

/** Where the policies that decided a request say something else of it now. */
function otherwiseOf(request: RecordedRequest, sides: Sides): HistoryDiff['otherwise'] {
  return request.decisions.flatMap((decision) => {
    const { basis, bundle, decided, policies } = decision;
    const side = sides.find(({ parts }) => parts.hash === bundle);
    if (!basis || !side) return [];
    const { told: facts, missing } = factsOf(request, decision, sides, undefined)(side);
    // An input that jit knows now and did not then.
    if (missing.inputs.length > 0) return [];
    const unknownGroups = basis.unknownGroups.map((name) => ({
      name,
      why: 'not known then',
      lasting: false,
    }));
    const who = { email: request.requester, groups: basis.groups, unknownGroups };
    const answer = side.pdp.request({ ...questionOf(request, decision), ...facts, who, probe: true });
    const chain = answer.outcome === 'denied' ? 'refused' : formatChain(answer.chain);
    const now = decision.when === 'approval' && chain !== 'refused' ? decided : chain;
    if (now === decided && [...answer.policies].sort().join() === policies.join()) return [];
    return [
      {
        ...told(request, decision),
        recorded: withPolicies(decided, policies),
        now: withPolicies(now, answer.policies),
      },
    ];
  });
}

const withPolicies = (decided: string, policies: readonly string[]) =>
  `${decided} (${policies.length > 0 ? policies.join(', ') : 'by no policy'})`;
