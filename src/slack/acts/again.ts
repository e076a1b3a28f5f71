import { formatDuration } from '../../domain/duration.js';
import type { State } from '../../domain/request/state.js';
import {
  UNKNOWN_BUTTON,
  type Click,
  type Desk,
  type Refused,
  type Told,
  type TypedCommand,
} from './handler-context.js';
import { parseRequestValue, parseTypedId } from '../ids.js';
import { say } from '../messages/blocks.js';
import { NEVER_ASKED } from '../messages/requests.js';
import { noId } from './own-requests.js';
import { openRequestForm, type Opening } from './request-form.js';

/** Opens the form with what the last request had, or the one that was named; it is decided anew. */
export async function againByWords(ask: TypedCommand, desk: Desk): Promise<Told> {
  const [word] = ask.words;
  if (word === undefined) return repeatLast(ask, desk);
  const id = parseTypedId(word);
  return id === undefined ? noId(word) : repeat(ask, id, desk);
}

export async function againByButton(click: Click, desk: Desk): Promise<Told> {
  const id = parseRequestValue(click.value);
  return id === undefined ? UNKNOWN_BUTTON : repeat(click, id, desk);
}

async function repeatLast(by: Opening, desk: Desk): Promise<Told> {
  const mine = await desk.front.mine(by.actor);
  if ('refusal' in mine) return mine;
  const { open, closed } = mine.ok;
  const [last] = [...open, ...closed].sort((a, b) => b.requestedAt - a.requestedAt);
  return last ? openAs(by, last, desk) : say(NEVER_ASKED);
}

async function repeat(by: Opening, id: string, desk: Desk): Promise<Told> {
  const found = await desk.front.status(by.actor, id);
  if ('refusal' in found) return found;
  const { state } = found.ok;
  // Both belong to the served workspace; the team in the payload proves nothing.
  return state.requester.account.id === by.actor.id ? openAs(by, state, desk) : NOT_YOURS;
}

const NOT_YOURS: Refused = { refusal: { code: 'not-yours' } };

function openAs(
  by: Opening,
  { entitlement, duration, justification, ticket }: State,
  desk: Desk,
): Promise<Told> {
  const filled = {
    entitlement: entitlement.id,
    duration: formatDuration(duration),
    justification,
    ...(ticket !== undefined && { ticket }),
  };
  return openRequestForm(by, filled, desk);
}
