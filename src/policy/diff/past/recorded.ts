import * as z from 'zod';
import { formatChain } from '../../../domain/chain.js';
import { isSealed, NO_TAIL, type AuditRecord, type Tail } from '../../../domain/record/seal.js';
import type { Instant, Millis } from '../../../domain/entitlement.js';
import { isKnownFormat } from '../../../domain/request/state.js';
import type { DiffQuestion } from '../change.js';

/** What policy was told besides, as far as the record says it. */
export interface RecordedBasis {
  groups: string[];
  unknownGroups: string[];
  given: Record<string, number | boolean>;
  unknownInputs: string[];
}

/** A decision on record: when the request was made, or when it was made again and took effect. */
export interface RecordedDecision {
  when: 'asking' | 'approval';
  at: Instant;
  /** A chain, `refused`; of an approval, whose own chain is not on record: `permitted`. */
  decided: string;
  policies: string[];
  bundle: string;
  /** For how long it was decided, where an approver had given less than was asked. */
  duration?: Millis;
  /** Absent: the record is older, and does not say it. */
  basis?: RecordedBasis;
}

/** A request on record, as far as policy decides about it. */
export interface RecordedRequest {
  id: string;
  requester: string;
  question: Pick<DiffQuestion, 'entitlement' | 'duration' | 'ticket' | 'emergency'>;
  /** In the order in which they were made. */
  decisions: RecordedDecision[];
}

/** One of which nothing can be said, whatever policies say. */
export interface UnreadRequest {
  id: string;
  why: string;
}

const FUTURE = 'a later version of jit wrote the record: read it with that one';
const ALTERED = 'the record is not what jit wrote: see jit audit verify';
const HEADLESS = 'the history does not go back to where it was asked for: leave --since out';

/** Until the end of the year 9999. */
const instant = z.int().min(0).max(253_402_300_799_999);
const names = z.array(z.string());
const basis = z.object({
  groups: names.optional(),
  unknownGroups: names.optional(),
  given: z.record(z.string(), z.union([z.number(), z.boolean()])).optional(),
  unknownInputs: names.optional(),
});
const ruling = z.object({ policies: names, bundle: z.string() });
const asking = basis.extend({
  asked: z.object({
    requester: z.object({ email: z.string() }),
    entitlement: z.object({ id: z.string() }),
    duration: z.number(),
    ticket: z.string().optional(),
    emergency: z.literal(true).optional(),
    requestedAt: instant,
    startsAt: instant.optional(),
    chain: z.array(z.object({ name: z.string(), quorum: z.number() })),
    ruling,
  }),
  reason: z.object({ code: z.string() }).optional(),
});
const approval = basis.extend({ at: instant, decidedAt: instant.optional(), ruling });
const shortening = z.object({ to: z.number() });
const line = z.object({
  record: z.object({
    requestId: z.string(),
    n: z.int().positive(),
    hash: z.string(),
    event: z.looseObject({ type: z.string(), at: z.number(), format: z.unknown().optional() }),
  }),
});

/** A fact that is not about one request: policy has decided nothing there. */
const ofLedger = z.object({ record: z.object({ ledger: z.string() }) });

/** Reads a history line by line: `jit audit export` writes it so, request by request. */
export function historyReader() {
  const tails = new Map<string, Tail>();
  const found = new Map<string, RecordedRequest | UnreadRequest>();
  const shortened = new Map<string, Millis>();

  return {
    /** @throws where it is no such line */
    read(text: string): void {
      const json: unknown = JSON.parse(text);
      if (ofLedger.safeParse(json).success) return;
      const { record } = line.parse(json);
      const { requestId: id, n, event } = record;
      const last = tails.get(id);
      // Twice the same, as of two exports that overlap.
      if (last && last.n >= n) return;
      tails.set(id, record);
      const before = n === 1 ? NO_TAIL : last;
      const known = found.get(id);
      if (known && 'why' in known) return;
      if (before && before.n === n - 1 && !isSealed((json as { record: AuditRecord }).record, before))
        drop(id, ALTERED);
      else if (event.type === 'RequestSubmitted' || event.type === 'RequestRefused') begin(id, event);
      else if (event.type === 'DurationShortened') shortened.set(id, shortening.parse(event).to);
      else if (event.type === 'RequestApproved') approve(id, event);
    },
    requests: () => [...found.values()],
  };

  function drop(id: string, why: string): void {
    found.set(id, { id, why });
  }

  function begin(id: string, event: z.infer<typeof line>['record']['event']): void {
    if (found.has(id)) return;
    if (!isKnownFormat(event.format)) return drop(id, FUTURE);
    const { asked, reason, ...told } = asking.parse(event);
    const { requester, entitlement, duration, ticket, emergency, requestedAt, startsAt, chain } = asked;
    const decided = reason?.code === 'policy' ? 'refused' : formatChain(chain);
    found.set(id, {
      id,
      requester: requester.email,
      question: {
        entitlement: entitlement.id,
        duration,
        ...(ticket && { ticket }),
        ...(emergency && { emergency }),
      },
      decisions: [decisionOf({ when: 'asking', at: startsAt ?? requestedAt, decided }, asked.ruling, told)],
    });
  }

  function approve(id: string, event: unknown): void {
    const request = found.get(id);
    if (!request || 'why' in request) return drop(id, HEADLESS);
    const { at, decidedAt = at, ruling: ruled, ...told } = approval.parse(event);
    const duration = shortened.get(id);
    const less = duration === undefined ? {} : { duration };
    const decision = { when: 'approval', at: decidedAt, decided: 'permitted', ...less } as const;
    request.decisions.push(decisionOf(decision, ruled, told));
  }
}

function decisionOf(
  decision: Pick<RecordedDecision, 'when' | 'at' | 'decided' | 'duration'>,
  { policies, bundle }: z.infer<typeof ruling>,
  { groups, unknownGroups = [], given = {}, unknownInputs = [] }: z.infer<typeof basis>,
): RecordedDecision {
  return {
    ...decision,
    policies: [...policies].sort(),
    bundle,
    ...(groups && { basis: { groups, unknownGroups, given, unknownInputs } }),
  };
}
