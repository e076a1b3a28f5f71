import * as z from 'zod';
import { StartFault } from '../wiring/late-part.js';
import type { Millis } from '../../domain/entitlement.js';
import { engineOf } from './engine.js';
import { cannotStart, endIfTrapped, timeLeft, type Invocation, type Container } from './runtime.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { wakeOf } from '../../store/changes.js';

/** A batch begins nothing after this: what is left comes again, with whatever began to end meanwhile. */
const LONG: Millis = 5_000;

/** Where Lambda is to begin again; without any, the batch is done. */
interface BatchResult {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * What the table's stream wakes: each request that a batch names is advanced once, since that does all that is due
 * for it. One that cannot be put on record now comes again; what cannot start is left to the sweep.
 */
export function streamHandler(
  container: Container,
): (event: unknown, invocation?: Invocation) => Promise<BatchResult> {
  const { log, open } = engineOf(container);
  return async (event, invocation = {}) => {
    const { requests, unknown } = wokenBy(event);
    if (unknown > 0) log.error({ unknown }, 'stream records of an unknown shape were passed over');
    if (requests.length === 0) return failures([]);
    const again: { first: string }[] = [];
    try {
      const { engine, homesDrawn } = await open(invocation);
      const begun = container.now();
      // No ending waits behind the sessions and messages of the other requests of the batch.
      if (requests.length > 1)
        await sideBySide(
          requests,
          ({ id }) => engine.end(id).catch(() => undefined), // Said below, when it is advanced.
          () => timeLeft(invocation),
        );
      const notBegun = await sideBySide(
        requests,
        async (request) => {
          try {
            await engine.advance(request.id);
          } catch (error) {
            again.push(request);
            log.error(
              { request: request.id, err: error },
              'could not be advanced; the stream brings it again',
            );
          }
        },
        () => timeLeft(invocation) && container.now() - begun < LONG,
      );
      if (notBegun.length > 0) log.warn({ left: notBegun.length }, 'too little time for the whole batch');
      again.push(...notBegun);
      // This process is frozen with its answer.
      await homesDrawn();
    } catch (error) {
      cannotStart(log, error);
      // What is wrong with the deployment is still wrong at the next try; anything else may pass.
      if (!(error instanceof StartFault)) again.push(...requests.slice(0, 1));
    }
    endIfTrapped(log, container);
    return failures(again);
  };
}

/** Lambda begins again at the lowest of them; what was done after it is done twice, and comes out the same. */
function failures(again: { first: string }[]): BatchResult {
  return { batchItemFailures: again.map(({ first }) => ({ itemIdentifier: first })) };
}

const record = z.object({
  eventName: z.string().optional(),
  dynamodb: z.object({
    Keys: z.record(z.string(), z.object({ S: z.string().optional() })),
    SequenceNumber: z.string().min(1),
  }),
});

/** The records of a DynamoDB stream event, as Lambda spells it. */
interface Woken {
  /** The requests to advance, in the order of their first records, with those records' sequence numbers. */
  requests: { id: string; first: string }[];
  /** How many records were in no shape that we know. */
  unknown: number;
}

/** Never throws. An event of another shape is one unknown record. */
export function wokenBy(event: unknown): Woken {
  const { Records } = (event ?? {}) as { Records?: unknown };
  if (!Array.isArray(Records)) return { requests: [], unknown: 1 };
  const first = new Map<string, string>();
  let unknown = 0;
  for (const each of Records as unknown[]) {
    const read = record.safeParse(each);
    if (!read.success) {
      unknown++;
      continue;
    }
    const wake = wakeOf(read.data);
    if (wake && !first.has(wake.requestId)) first.set(wake.requestId, read.data.dynamodb.SequenceNumber);
  }
  return { requests: [...first].map(([id, sequence]) => ({ id, first: sequence })), unknown };
}
