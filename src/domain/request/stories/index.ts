import { rowOf } from '../../objects.js';
import type { Command, CommandOf } from '../command.js';
import { tick } from '../due.js';
import type { Effect, NoCredentials } from '../effects.js';
import type { Event } from '../event.js';
import { isExtending } from '../extension.js';
import type { State } from '../state.js';
import { ASKING, ASKING_COMMANDS, submit } from './asking.js';
import { CHECKING, CHECKING_COMMANDS } from './checking.js';
import { CLOSING, CLOSING_COMMANDS } from './closing.js';
import { CONFIRMING, confirm } from './confirming.js';
import { ENDING, ENDING_COMMANDS } from './ending.js';
import { MAKING, MAKING_COMMANDS } from './making.js';
import { EXTENDING, EXTENDING_COMMANDS, isOfExtension, voteOnExtension } from './extending.js';
import { ESCALATING, ESCALATING_COMMANDS } from './escalating.js';
import {
  impossible,
  INCIDENT,
  LIVING,
  type Decided,
  type Decisions,
  type EventRow,
  type Owes,
} from './story.js';
import { answerQuestion, askQuestion, QUESTIONS } from './questions.js';
import { recordReminders, REMINDING } from './reminding.js';
import { review, REVIEWING } from './reviewing.js';
import { shorten, SHORTENING } from './shortening.js';
import { lookAhead, STARTING } from './starting.js';
import { USING, USING_COMMANDS } from './using.js';
import { vote, VOTING } from './voting.js';

const COMMANDS = {
  ...ASKING_COMMANDS,
  ...CHECKING_COMMANDS,
  Approve: voteOnEither,
  Deny: voteOnEither,
  Shorten: shorten,
  AskQuestion: askQuestion,
  AnswerQuestion: answerQuestion,
  RecordReminders: recordReminders,
  ...ESCALATING_COMMANDS,
  LookAhead: lookAhead,
  Confirm: confirm,
  ...EXTENDING_COMMANDS,
  ...MAKING_COMMANDS,
  ...USING_COMMANDS,
  ...ENDING_COMMANDS,
  ...CLOSING_COMMANDS,
  Review: review,
  Tick: ({ at }, state) => ({ events: tick(state, at) }),
} satisfies Decisions<Command['type']>;

const EVENTS = {
  ...ASKING,
  ...CHECKING,
  ...VOTING,
  ...SHORTENING,
  ...QUESTIONS,
  ...REMINDING,
  ...ESCALATING,
  ...STARTING,
  ...CONFIRMING,
  ...MAKING,
  ...USING,
  ...EXTENDING,
  ...ENDING,
  ...CLOSING,
  ...REVIEWING,
} satisfies { [T in Event['type']]: EventRow<T, never, never> };

function voteOnEither(command: CommandOf<'Approve' | 'Deny'>, state: State): Decided {
  return isExtending(state) || isOfExtension(command, state)
    ? voteOnExtension(command, state)
    : vote(command, state);
}

export function decide(command: Command, state: State | undefined): Decided {
  if (!state) return command.type === 'Submit' ? submit(command) : { refusal: { code: 'unknown-request' } };
  return (COMMANDS[command.type] as (command: Command, state: State) => Decided)(command, state);
}

/** The row of an event. Throws for a type that this program does not know. */
export function rowOfEvent({ type }: Event): EventRow<Event['type'], never, State | undefined> {
  const row = rowOf(EVENTS, type);
  if (!row) throw new Error(`impossible history: ${type} is no event`);
  return row as EventRow<Event['type'], never, never> as EventRow<Event['type'], never, State | undefined>;
}

/** Whether an event of this row can come after this state. */
export function mayFollow({ after }: { after: object }, state: State | undefined): boolean {
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
  const owed = rowOfEvent(event).owes(event, state);
  const shown = state.emergency ? [LIVING, INCIDENT] : [LIVING];
  return owed.flatMap((one) => (one.effect.type === 'cards' ? [one, ...shown] : [one]));
}

/** Effects that were put off because of what this event brings to an end. */
export function hurries(event: Event): readonly Effect['type'][] {
  return rowOfEvent(event).hurries ?? [];
}

/** Why the windows that wait for sessions get none after this event; undefined: they go on waiting. */
export function dropsSessions(event: Event): NoCredentials | undefined {
  return rowOfEvent(event).dropsSessions;
}
