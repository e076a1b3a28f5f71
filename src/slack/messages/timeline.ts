import type { AuditRecord } from '../../domain/record/seal.js';
import type { Event } from '../../domain/request/event.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import { eventIn } from '../../words/event.js';
import { doer } from '../../words/pen.js';
import { pen, when } from './mrkdwn.js';

const SHOWN = 15;

/** What has happened to a request, oldest first, one line an event; of a long history the end. */
export function timeline(records: AuditRecord[]): string {
  const lines = records.map((record) => {
    const event = upcastEvent(record.event);
    return `${when(event.at)}${by(event)}: ${eventIn(event, pen)}`;
  });
  const left = lines.length - SHOWN;
  return [...(left > 0 ? [`(${left} earlier events are on record)`] : []), ...lines.slice(-SHOWN)].join('\n');
}

function by({ by }: Event): string {
  return by === 'jit' ? '' : `, ${doer(by, pen)}`;
}
