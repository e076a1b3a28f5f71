import * as z from 'zod';
import { formatChain } from '../../domain/chain.js';
import { changeBetween, decisionOf, shownDecision, type DiffQuestion, type Side } from './change.js';

/** A request on record, as far as policy decides about it. */
export interface RecordedRequest {
  id: string;
  question: Omit<DiffQuestion, 'who'>;
  requester: string;
  /** As it was decided: a chain, or `refused`; and by which policies of which bundle. */
  decided: string;
  policies: string[];
  bundle: string;
}

export interface HistoryDiff {
  /** Requests on record. */
  requests: number;
  /** How many of them become what; each request may count for several. */
  counts: Record<string, number>;
  differ: { id: string; requester: string; entitlement: string; before: string; after: string }[];
  /** It matters in which groups these requesters were, and it is not known. */
  unjudged: string[];
}

const chain = z.array(z.object({ name: z.string(), quorum: z.number() }));
const asked = z.object({
  requester: z.object({ email: z.string() }),
  entitlement: z.object({ id: z.string() }),
  duration: z.number(),
  ticket: z.string().optional(),
  requestedAt: z.number(),
  chain,
  ruling: z.object({ policies: z.array(z.string()), bundle: z.string() }),
});
const line = z.object({
  record: z.object({
    requestId: z.string(),
    event: z.discriminatedUnion('type', [
      z.object({ type: z.literal('RequestSubmitted'), asked }),
      z.object({ type: z.literal('RequestRefused'), asked, reason: z.object({ code: z.string() }) }),
    ]),
  }),
});
const other = z.object({ record: z.object({ event: z.object({ type: z.string() }) }) });

/**
 * Reads a line of `jit audit export`.
 * @returns undefined for an event that is no request. @throws when it is not such a line
 */
export function readRecorded(text: string): RecordedRequest | undefined {
  const json: unknown = JSON.parse(text);
  const { type } = other.parse(json).record.event;
  if (type !== 'RequestSubmitted' && type !== 'RequestRefused') return undefined;
  const { requestId, event } = line.parse(json).record;
  const { requester, entitlement, duration, ticket, requestedAt, chain: asks, ruling } = event.asked;
  const refused = event.type === 'RequestRefused' && event.reason.code === 'policy';
  return {
    id: requestId,
    requester: requester.email,
    question: {
      entitlement: entitlement.id,
      duration,
      at: requestedAt,
      ...(ticket !== undefined && { ticket }),
    },
    decided: refused ? 'refused' : formatChain(asks),
    policies: [...ruling.policies].sort(),
    bundle: ruling.bundle,
  };
}

/** With more unknown memberships than this, not every combination is tried. */
const UNKNOWN = 8;

/**
 * Decides the recorded requests again, by both.
 * @param groupsOf of an e-mail, where they are written down
 */
export function diffHistory(
  before: Side,
  after: Side,
  recorded: RecordedRequest[],
  groupsOf: ReadonlyMap<string, string[]>,
): HistoryDiff {
  const matter = groupsRead([before, after]);
  const counts: Record<string, number> = { 'become automatic': 0 };
  const diff: HistoryDiff = { requests: recorded.length, counts, differ: [], unjudged: [] };
  for (const request of recorded) {
    const judged = judge(before, after, request, possible(request, before, matter, groupsOf));
    if (judged === 'unknown') diff.unjudged.push(request.id);
    else if (judged) {
      const { id, requester, question } = request;
      diff.differ.push({
        id,
        requester,
        entitlement: question.entitlement,
        before: judged.before,
        after: judged.after,
      });
      for (const says of judged.says) counts[says] = (counts[says] ?? 0) + 1;
    }
  }
  return diff;
}

/** The groups of which some policy asks whether a person is in them. */
function groupsRead(sides: readonly Side[]): string[] {
  const names = sides.flatMap(({ parts: { policies, entitlements, directory } }) =>
    policies.flatMap(({ groups = 'all' }) => {
      if (groups === 'all') return Object.keys(directory.groups);
      const owners = groups.owners ? [...entitlements.values()].flatMap((one) => one.owners) : [];
      return [...groups.names, ...owners];
    }),
  );
  return [...new Set(names)].sort();
}

/** The sets of groups that the requester can have been in. */
function possible(
  { requester }: RecordedRequest,
  { parts }: Side,
  matter: string[],
  groupsOf: ReadonlyMap<string, string[]>,
): string[][] {
  const written = groupsOf.get(requester);
  if (written) return [written];
  const defined = matter.map((name) => ({ name, group: parts.directory.groups[name] }));
  const sure = defined.filter(
    ({ group }) => group && 'members' in group && group.members.includes(requester),
  );
  const open = defined.filter(({ group }) => !group || 'source' in group).map(({ name }) => name);
  if (open.length > UNKNOWN) return [];
  return open.reduce<string[][]>(
    (sets, name) => sets.flatMap((set) => [set, [...set, name]]),
    [sure.map(({ name }) => name)],
  );
}

interface Judged {
  before: string;
  after: string;
  says: string[];
}

/**
 * Of several possible sets of groups only those count that explain what was decided then; where they do not agree on
 * what becomes of the request, or none explains it, nothing is said.
 */
function judge(
  before: Side,
  after: Side,
  request: RecordedRequest,
  sets: string[][],
): Judged | undefined | 'unknown' {
  const { question, requester } = request;
  const found = new Map<string, Judged | undefined>();
  for (const groups of sets) {
    const who = { email: requester, groups };
    if (sets.length > 1 && !explains(before, request, groups)) continue;
    const [one, then] = [decisionOf(before, { ...question, who }), decisionOf(after, { ...question, who })];
    const change = changeBetween(one, then);
    const judged = change && { before: shownDecision(one), after: shownDecision(then), says: change.says };
    found.set(JSON.stringify(judged), judged);
  }
  const [only, ...more] = found.values();
  return found.size === 0 || more.length > 0 ? 'unknown' : only;
}

function explains(
  { parts, pdp }: Side,
  { question, requester, ...was }: RecordedRequest,
  groups: string[],
): boolean {
  const decision = pdp.request({ ...question, who: { email: requester, groups }, probe: true });
  const decided = decision.outcome === 'denied' ? 'refused' : formatChain(decision.chain);
  if (decided !== was.decided) return false;
  return was.bundle !== parts.hash || decision.policies.join() === was.policies.join();
}
