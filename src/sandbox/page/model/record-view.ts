import { upcastEvent } from '../../../domain/record/upcast.js';
import { brokenAt } from '../../../domain/record/seal.js';
import type { JsonObject } from '../../../domain/entitlement.js';
import { isOperator, type By } from '../../../domain/request/state.js';
import type { Playground } from '../../playground.js';
import type { RecordView } from './model.js';

/** A request's audit trail, what the decision point said about it, and its grant; undefined when there is none. */
export async function recordView(record: Playground['record'], id: string): Promise<RecordView | undefined> {
  const [records, grant] = [await record.events(id), await record.grant(id)];
  if (records.length === 0) return undefined;
  return {
    id,
    events: records.map(({ n, event, hash }, index) => ({
      n,
      at: event.at,
      type: event.type,
      by: whoIs(upcastEvent(event).by),
      hash,
      previous: records[index - 1]?.hash ?? '',
      event: asJson(event),
    })),
    intact: brokenAt(records) === undefined,
    decisions: record.decisions(id),
    ...(grant && { grant: asJson(grant) }),
  };
}

function whoIs(by: By): string {
  if (by === 'jit') return by;
  return isOperator(by) ? `an operator (${by.operator})` : by.email;
}

function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
