import { formatDuration } from '../../../domain/duration.js';
import type { Millis } from '../../../domain/entitlement.js';
import { asRequest, isExtending } from '../../../domain/request/extension.js';
import type { State } from '../../../domain/request/state.js';
import { isExtendable } from '../../../domain/request/stories/extending.js';
import { spelled } from '../../../words/english.js';
import { DURATION, parseRequestValue, parseTypedId } from '../../ids.js';
import { say, section, type Message } from '../../messages/blocks.js';
import { extendButton } from '../../messages/buttons.js';
import { when } from '../../messages/mrkdwn.js';
import { nameOf, stageName } from '../../messages/phrases.js';
import { choice } from '../../messages/requests.js';
import { typedDurations } from '../../subcommands/typed-duration.js';
import { at, textAt } from '../../wire/payload.js';
import {
  UNKNOWN_BUTTON,
  type Click,
  type Desk,
  type Refused,
  type SignedAct,
  type Submission,
  type Told,
  type TypedCommand,
} from '../handler-context.js';
import { noId } from '../own-requests.js';
import { extendModal } from './modal.js';

/** Asks by how much, but only the requester, and only of what fits. */
export async function extendClick({ value, ...click }: Click, desk: Desk): Promise<Told> {
  const id = parseRequestValue(value);
  return id === undefined ? UNKNOWN_BUTTON : openExtend(click, id, desk);
}

async function openExtend(
  { actor, seen, triggerId }: SignedAct & { triggerId: string },
  id: string,
  { front, slack }: Desk,
): Promise<Told> {
  const answer = await front.mayExtend(actor, id, seen);
  if ('refusal' in answer) return answer;
  const { state, options } = answer.ok;
  if (options.length === 0)
    return say(
      'What is left of the time that this access may last is too short to choose from. /jit extend takes any.',
    );
  await slack.views.open({ trigger_id: triggerId, view: extendModal(state, options) });
  return undefined;
}

export async function submitExtend(
  { actor, view, seen }: Submission,
  { front }: Desk,
): Promise<Refused | undefined> {
  const id = parseRequestValue(at(view, 'private_metadata'));
  if (id === undefined) return UNKNOWN_BUTTON;
  const more = textAt(view, 'state', 'values', DURATION, DURATION, 'selected_option', 'value') ?? '';
  const answer = await front.extend(actor, id, more, seen);
  return 'refusal' in answer ? answer : undefined;
}

/** `/jit extend`, `/jit extend 30m`, `/jit extend 01J… 30m`. */
export async function extendByWords(ask: TypedCommand, desk: Desk): Promise<Told> {
  const [first = '', ...rest] = ask.words;
  const id = parseTypedId(first);
  const length = id === undefined ? ask.words : rest;
  const more = typedDurations(length).at(-1);
  if (length.length > 0 && more?.words !== length.length)
    return id === undefined && !more && rest.length > 0
      ? noId(first)
      : say(`"${length.join(' ').slice(0, 64)}" is not a time to extend by. Write it like 30m or 1h.`);
  if (id !== undefined) return extendBy(ask, id, more?.length, desk);
  const mine = await desk.front.mine(ask.actor);
  if ('refusal' in mine) return mine;
  const active = mine.ok.open.filter(({ status }) => status === 'active');
  const [only, ...others] = active.length === 1 ? active : active.filter(isExtendable);
  if (only && others.length === 0) return extendBy(ask, only.id, more?.length, desk);
  return only ? choice('Which access do you want to extend?', [only, ...others], extendButton) : say(NONE);
}

const NONE =
  'You have no access that could be extended. /jit asks for access, /jit list shows what you have.';

async function extendBy(ask: TypedCommand, id: string, more: Millis | undefined, desk: Desk): Promise<Told> {
  if (more === undefined) return openExtend(ask, id, desk);
  const answer = await desk.front.extend(ask.actor, id, formatDuration(more), ask.seen);
  return 'refusal' in answer ? answer : askedFor(answer.ok, desk);
}

/** What comes of it, for who has typed it. */
function askedFor(state: State, { bundle }: Desk): Message {
  if (!isExtending(state))
    return say('Your extension is on its way. The message about your request says how it stands.');
  const { extension } = state;
  const [first] = asRequest(state, extension).chain;
  const asked = `You asked for ${spelled(extension.more)} more of ${nameOf(state)}, until ${when(extension.endsAt)}.`;
  const next = first
    ? `It waits for ${stageName(first, bundle().directory)}; until then the old end stands.`
    : 'The message about your request says when it is extended.';
  return { text: asked, blocks: [section(`${asked} ${next}`)] };
}
