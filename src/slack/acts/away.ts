import type { ViewResponseAction } from '@slack/bolt';
import { LONGEST_DELEGATION, type Delegation } from '../../domain/delegation.js';
import type { Instant } from '../../domain/entitlement.js';
import { sentenceFor } from '../../words/refusal.js';
import { parseAccountId, STAND_IN, UNTIL } from '../ids.js';
import { say, section, type Message } from '../messages/blocks.js';
import { mention, when } from '../messages/mrkdwn.js';
import { awayModal, savedView, type FilledAway } from './away/modal.js';
import { namesADate, typedUntil } from './away/until.js';
import { zoneOf } from './request/time-zone.js';
import { at } from '../wire/payload.js';
import { redrawHome, showPending } from './home.js';
import {
  UNKNOWN_BUTTON,
  type Click,
  type Desk,
  type Refused,
  type Submission,
  type Told,
  type TypedCommand,
} from './handler-context.js';

/** Opens the window in which a person says until when they are away, and who stands in. */
export async function awayByWords({ actor, words, triggerId }: TypedCommand, desk: Desk): Promise<Told> {
  const may = await desk.front.mayBeAway(actor);
  if ('refusal' in may) return may;
  if (may.ok.stages.length === 0 && may.ok.now) return onlyBack(may.ok.now);
  const { directory } = desk.bundle();
  const zone = namesADate(words) ? await zoneOf(actor.id, desk) : directory.timezone;
  const filled = filledBy(words, desk.now(), zone);
  const view = awayModal(may.ok, directory, filled);
  await desk.slack.views.open({ trigger_id: triggerId, view });
  return undefined;
}

/** For who is away, and approves nothing any more that somebody else could approve in their place. */
function onlyBack({ to, until }: Delegation): Message {
  const text = `${mention(to)} stands in for you until ${when(until)}. Nobody can stand in for what you approve now, so this cannot be changed. /jit back ends it.`;
  return { text, blocks: [section(text)] };
}

function filledBy(words: string[], now: Instant, zone: string): FilledAway {
  if (words.length === 0) return { notes: [] };
  const { until, rest } = typedUntil(words, now, zone);
  const left = until === undefined ? 'until when, and who' : 'who';
  const ignored =
    rest.length === 0
      ? []
      : [`Ignored: "${rest.join(' ').slice(0, 200)}". Please choose below ${left} stands in for you.`];
  if (until === undefined) return { notes: ignored };
  if (until <= now)
    return { notes: ['The time that you typed is over. Please choose another one.', ...ignored] };
  if (until > now + LONGEST_DELEGATION)
    return { notes: ['30 days are the most. Please choose an earlier time.', ...ignored] };
  return { until, notes: ignored };
}

/** Begins it, or says beside the input that is wrong why not. */
export async function submitAway({ actor, view, seen }: Submission, desk: Desk): Promise<ViewResponseAction> {
  const now = desk.now();
  const until = momentIn(view);
  const to = parseAccountId(at(view, 'state', 'values', STAND_IN, STAND_IN, 'selected_user')) ?? '';
  const answer = await desk.front.away(actor, { to, until }, seen);
  if ('ok' in answer) {
    await redrawHome(actor, desk);
    return { response_action: 'update', view: savedView(answer.ok) };
  }
  const isTime = until <= now || until > now + LONGEST_DELEGATION;
  return {
    response_action: 'errors',
    errors: { [isTime ? UNTIL : STAND_IN]: sentenceFor(answer.refusal) },
  };
}

/** Long past where the form does not say. */
function momentIn(view: unknown): Instant {
  const seconds = at(view, 'state', 'values', UNTIL, UNTIL, 'selected_date_time');
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) ? seconds * 1000 : 0;
}

/** `/jit back`, or `/jit back @bob` for those who may audit. */
export async function backByWords(
  { actor, seen, words, mentioned }: TypedCommand,
  desk: Desk,
): Promise<Told> {
  const [first] = words;
  const whose = mentioned[0];
  if (first !== undefined && whose === undefined)
    return say(
      `"${first.slice(0, 64)}" names nobody. /jit back ends your own delegation; /jit back @name ends that of somebody else, where policy permits it.`,
    );
  return end({ actor, seen }, whose, desk);
}

/** In a list that they asked for, what is left of it stands under the answer. */
export async function backByButton({ actor, seen, value, inList }: Click, desk: Desk): Promise<Told> {
  if (value === undefined || value === '') return end({ actor, seen }, undefined, desk);
  const whose = parseAccountId(value);
  if (whose === undefined) return UNKNOWN_BUTTON;
  const answer = await end({ actor, seen }, whose, desk);
  if (!inList || 'refusal' in answer) return answer;
  const list = await showPending({ actor }, desk);
  return list && 'blocks' in list ? { ...answer, blocks: [...answer.blocks, ...list.blocks] } : answer;
}

async function end(
  { actor, seen }: Pick<Click, 'actor' | 'seen'>,
  whose: string | undefined,
  desk: Desk,
): Promise<Message | Refused> {
  const own = whose === undefined || whose === actor.id;
  const answer = await desk.front.back(actor, own ? undefined : whose, seen);
  if ('refusal' in answer) return answer;
  // The button there stands for what is over.
  if (own) await redrawHome(actor, desk);
  return ended(answer.ok, own);
}

function ended({ from, to }: Delegation, own: boolean): Message {
  const text = own
    ? `Welcome back. ${mention(to)} no longer stands in for you.`
    : `${mention(to)} no longer stands in for ${mention(from)}. Both are told.`;
  return { text, blocks: [section(text)] };
}
