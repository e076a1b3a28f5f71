import type { AuditRecord } from '../../domain/record/seal.js';
import { upcastEvent } from '../../domain/record/upcast.js';
import type { State } from '../../domain/request/state.js';
import { eventIn } from '../../words/event.js';
import { doer } from '../../words/pen.js';
import { reference, section, type Message } from './blocks.js';
import { mention, pen, when } from './mrkdwn.js';
import { nameOf } from './phrases.js';

/** Of all lines together: of a section Slack takes 3,000 characters, of a whole message about 13,000. */
const SECTION = 2_900;
const SECTIONS = 3;

/** What has happened to a request, for its thread: of a long history the end, and how much is left out. */
export function history(records: AuditRecord[], state: State): Message {
  const text = `What has happened to *${nameOf(state)}* for ${mention(state.requester)}`;
  const parts = timeline(records, SECTIONS);
  return { text, blocks: [...parts.map((part) => section(part)), reference(state)] };
}

/**
 * What has happened, oldest first, one line an event, in plain words.
 * @param most how many texts of a section's length it may fill
 */
export function timeline(records: AuditRecord[], most = 1): string[] {
  const parts: string[] = [];
  let shown = 0;
  for (const record of records.toReversed()) {
    const said = happened(record);
    const [first] = parts;
    if (first !== undefined && first.length + said.length < SECTION) parts[0] = `${said}\n${first}`;
    else if (parts.length < most) parts.unshift(said);
    else break;
    shown += 1;
  }
  const left = records.length - shown;
  if (left === 0) return parts;
  const more = left === 1 ? '1 earlier event is' : `${left} earlier events are`;
  return [`_${more} on record._\n${parts[0] ?? ''}`, ...parts.slice(1)];
}

function happened({ event: stored }: AuditRecord): string {
  const event = upcastEvent(stored);
  const by = event.by === 'jit' ? '' : `, ${doer(event.by, pen)}`;
  return `${when(event.at)}${by}: ${eventIn(event, pen)}`;
}
