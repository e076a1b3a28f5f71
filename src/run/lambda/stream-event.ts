import * as z from 'zod';
import { wakeOf } from '../../store/changes.js';

const record = z.object({
  eventName: z.string().optional(),
  dynamodb: z.object({
    Keys: z.record(z.string(), z.object({ S: z.string().optional() })),
    SequenceNumber: z.string().min(1),
  }),
});

/** The records of a DynamoDB stream event, as Lambda spells it. */
export interface Woken {
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
