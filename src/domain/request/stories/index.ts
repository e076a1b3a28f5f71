import { rowOf } from '../../table.js';
import type { Command } from '../command.js';
import { tick } from '../due.js';
import type { NoCredentials } from '../effects.js';
import type { Event } from '../event.js';
import type { State } from '../state.js';
import { ASKING, cancel, submit } from './asking.js';
import { CHECKING, failPreflight, passPreflight } from './checking.js';
import { CLOSING, recordCleanUp, recordGone } from './closing.js';
import { CONFIRMING, confirm } from './confirming.js';
import { end, endForLeaver, ENDING, revoke } from './ending.js';
import { attemptProvision, failProvision, MAKING, recordProvisioned } from './making.js';
import { impossible, type Decided, type EventRow, type Owes } from './story.js';
import { attemptMint, recordMint, refuseMint, requestMint, USING } from './using.js';
import { vote, VOTING } from './voting.js';

type Decision<C> = (command: C, state: State) => Decided<Event>;

/** How each command is decided. */
const COMMANDS = {
  // Of a request that there is: the first to come made it.
  Submit: () => ({ refusal: { code: 'replayed' } }),
  Cancel: cancel,
  PassPreflight: passPreflight,
  FailPreflight: failPreflight,
  Approve: vote,
  Deny: vote,
  Confirm: confirm,
  AttemptProvision: attemptProvision,
  RecordProvisioned: recordProvisioned,
  FailProvision: failProvision,
  RequestMint: requestMint,
  AttemptMint: attemptMint,
  RefuseMint: refuseMint,
  RecordMint: recordMint,
  Revoke: revoke,
  EndForLeaver: endForLeaver,
  End: end,
  RecordGone: recordGone,
  RecordCleanUp: recordCleanUp,
  Tick: ({ at }, state) => ({ events: tick(state, at) }),
} as const satisfies { [T in Command['type']]: Decision<Extract<Command, { type: T }>> };

/** What is known of each event. */
const EVENTS = {
  ...ASKING,
  ...CHECKING,
  ...VOTING,
  ...CONFIRMING,
  ...MAKING,
  ...USING,
  ...ENDING,
  ...CLOSING,
} satisfies { [T in Event['type']]: EventRow<Extract<Event, { type: T }>, never, never> };

/** What a command leads to. */
export function decide(command: Command, state: State | undefined): Decided<Event> {
  if (!state) return command.type === 'Submit' ? submit(command) : { refusal: { code: 'unknown-request' } };
  return (COMMANDS[command.type] as Decision<Command>)(command, state);
}

/** The row of an event. Throws for a type that this program does not know. */
export function rowOfEvent({ type }: Event): EventRow<Event, never, State | undefined> {
  const row = rowOf(EVENTS, type);
  if (!row) throw new Error(`impossible history: ${type} is no event`);
  return row as EventRow<Event, never, never> as EventRow<Event, never, State | undefined>;
}

/** Whether an event of this row can come after this state. */
export function mayFollow(
  { after }: Pick<EventRow<Event, never>, 'after'>,
  state: State | undefined,
): boolean {
  return Object.hasOwn(after, state?.status ?? 'nothing');
}

/** The state after an event. Throws when the event cannot follow. */
export function evolve(state: State | undefined, event: Event): State {
  const row = rowOfEvent(event);
  if (!mayFollow(row, state)) return impossible(event.type, state);
  return row.evolve(event, state);
}

/** What the world is owed after this event led to this state. */
export function react(event: Event, state: State): Owes[] {
  return rowOfEvent(event).owes(event, state);
}

/** Why the windows that wait for sessions get none after this event; undefined: they go on waiting. */
export function dropsSessions(event: Event): NoCredentials | undefined {
  return rowOfEvent(event).dropsSessions;
}
