import type { JsonObject } from '../../../../domain/entitlement.js';
import type { Event } from '../../../../domain/request/event.js';
import { eventIn } from '../../../../words/event.js';
import { asWritten } from '../../../../words/pen.js';

/**
 * What an audit event says, without its time and person, and what was read from AWS at the end.
 * @param json an `Event`, as JSON
 * @param when how to show an instant
 */
export function eventInWords(json: JsonObject, when: (at: number) => string): string {
  const event = json as unknown as Event;
  const sentence = eventIn(event, { ...asWritten, instant: when });
  return event.type === 'RequestClosed' ? `${sentence}. ${event.proof.evidence}` : sentence;
}
