import type { Event } from '../request/event.js';
import { isOperator } from '../request/state.js';
import { mayFollow, rowOfEvent } from '../request/stories/index.js';
import { wrongMembers } from './members.js';
import { confirming, owesApproval, wrongTime, type Past } from './past.js';
import { isSomebody } from './values.js';

/**
 * Why the program would never have recorded this event after these, though they fit together: what the decisions of
 * `decide` promise, checked from outside. For whoever reads a record that others could have written. What rests on
 * members that older programs did not write is asked from the record's `format` on.
 */
export function unlawful(event: Event, past: Past): string | undefined {
  const { type, by } = event;
  const { before } = past;
  const row = rowOfEvent(event);
  const opens = mayFollow(row, undefined);
  if (!isSomebody(by)) return 'it was done by nobody';
  if (isOperator(by) && row.recordedBy !== 'operators')
    return 'an operator may take access back, and nothing else';
  // What cannot follow is impossible, not unlawful: `evolve` says so.
  const wrong = mayFollow(row, before) ? row.law(event, before, past) : undefined;
  if (wrong) return wrong;
  if (!row.recordedBy && by !== 'jit') return `${type} is the program's to record, not a person's`;
  return (
    unfollowed(event, past) ??
    wrongMembers(event, row.members, opens && 'asked' in event ? event : before) ??
    wrongTime(event, past)
  );
}

/** Why the program would not have stopped there: it writes all that one decision leads to, or nothing. */
export function unfinished(past: Past): string | undefined {
  return owesApproval(past) ? 'a confirmation that left it complete did not approve it' : undefined;
}

function unfollowed(event: Event, past: Past): string | undefined {
  if (!owesApproval(past)) return undefined;
  const part = confirming(past, event);
  const follows =
    event.type === 'RequestApproved' || (part === 'VotesVoided' && event.type === 'ChainChanged');
  return part && follows ? undefined : unfinished(past);
}
