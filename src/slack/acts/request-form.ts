import type { ViewResponseAction } from '@slack/bolt';
import type { ModalView, PlainTextOption } from '@slack/types';
import { parseDuration } from '../../domain/duration.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Refusal } from '../../domain/refusal.js';
import type { State } from '../../domain/request/state.js';
import type { Actor, Candidate } from '../../ports/people.js';
import type { Form } from '../../ports/front.js';
import type { Desk, Refused, Submission, Told } from './handler-context.js';
import { notice, reference, say, sections, type Message } from '../messages/blocks.js';
import { chainLines } from '../messages/chain.js';
import { escape, free } from '../messages/mrkdwn.js';
import { what } from '../messages/phrases.js';
import { list, spelled } from '../../words/english.js';
import { sentenceFor } from '../../words/refusal.js';
import { ifWithin } from '../../kit/deadline.js';
import { drawForm, foundTicket, previewFor } from './request/draw.js';
import { errorsFor, parseForm, renewed, versionsIn } from './request/inputs.js';
import { menuFor, type Menu } from './request/menu.js';
import { suggestionOption } from './request-modal.js';
import { inFull, zoneOf } from './request/time-zone.js';

/** Slack shows no more at once. */
const SUGGESTED = 100;
/** Who asks for a window, by a command, a button or a shortcut. */
export interface Opening {
  actor: Actor;
  triggerId: string;
}

/**
 * Opens the form, filled in as far as `filled` goes, or says why this person may not ask for it.
 * @param notes what to say of how it was read, in plain words
 * @param unknown what to say of an entitlement that is not in the catalog
 */
export async function openRequestForm(
  { actor, triggerId }: Opening,
  filled: Partial<Form>,
  desk: Desk,
  { notes = [], unknown = notInCatalog }: { notes?: string[]; unknown?: UnknownWord } = {},
): Promise<Told> {
  const wanted = filled.entitlement;
  const menu = await menuFor(actor, filled, desk);
  const offers = 'offers' in menu ? menu.offers : [];
  const chosen = offers.find(({ entitlement }) => entitlement.id === wanted);
  if (wanted !== undefined && !chosen) {
    const refusal = await desk.front.whyNot(actor, wanted, filled.startsAt);
    if (refusal && refusal.code !== 'unknown-entitlement') return { refusal };
    return unknown(wanted, menu);
  }
  if (!('offers' in menu)) return menu;
  const only = offers.length === 1 ? { entitlement: offers[0]!.entitlement.id } : {};
  const view = await drawForm(actor, menu, { ...only, ...filled }, desk, {
    notes: [...notes, ...notOffered(filled.duration, chosen?.durations)],
  });
  await desk.slack.views.open({ trigger_id: triggerId, view });
  return undefined;
}

type UnknownWord = (wanted: string, menu: Menu | Message | Refused) => Message | Promise<Message>;

const notInCatalog: UnknownWord = (wanted) =>
  say(`${wanted.slice(0, 64)} can no longer be asked for. /jit shows everything that you may ask for.`);

function notOffered(wanted: string | undefined, offered: Millis[] | undefined): string[] {
  const asked = parseDuration(wanted ?? '');
  if (asked === undefined || !offered || offered.includes(asked)) return [];
  return [`${spelled(asked)} is not on offer for this. Choose ${list(offered.map(spelled), 'or')}.`];
}

/**
 * Entitlements that fit the text being typed, as of the start that the form has; none, and no reason, for a person who
 * may not ask for anything.
 */
export async function suggestEntitlements(
  { actor, typed, startsAt }: { actor: Actor; typed: string; startsAt: string | undefined },
  { front }: Desk,
): Promise<PlainTextOption[]> {
  const answer = await front.suggest(actor, typed, SUGGESTED, startsAt);
  return 'refusal' in answer ? [] : answer.ok.slice(0, SUGGESTED).map(suggestionOption);
}

/** Sends the request, or says at each input what is wrong with it. */
export async function submitRequest(
  { actor, view, seen }: Submission,
  desk: Desk,
): Promise<ViewResponseAction> {
  const form = parseForm(view);
  const offered = await withTicket(actor, form, view, desk);
  if (offered) return { response_action: 'update', view: offered };
  const answer = await desk.front.submit(actor, form, seen);
  if ('refusal' in answer) {
    const { refusal } = answer;
    const lacks = await lacksTicket(actor, form, refusal, desk);
    return { response_action: 'errors', errors: errorsFor(refusal, sentenceFor(refusal), view, lacks) };
  }
  const { state, asked } = answer.ok;
  const start = state.startsAt === undefined ? undefined : await startFor(actor, state.startsAt, desk);
  return { response_action: 'update', view: submittedView(state, asked, desk.bundle().directory, start) };
}

/** A window is answered within three seconds: without the person's own zone, if need be. */
const ZONE_PATIENCE: Millis = 1_000;

async function startFor({ id }: Actor, at: Instant, desk: Desk): Promise<string> {
  const zone = await ifWithin(ZONE_PATIENCE, zoneOf(id, desk));
  return inFull(at, zone ?? desk.bundle().directory.timezone);
}

/** The form with the ticket that the reason names, where the request needs one and has none; else undefined. */
async function withTicket(
  actor: Actor,
  form: Form,
  view: unknown,
  desk: Desk,
): Promise<ModalView | undefined> {
  const ticket = foundTicket(view, form, desk);
  if (ticket === undefined) return undefined;
  const preview = await previewFor(actor, form, desk);
  const needsTicket = preview && 'chain' in preview.foreseen && preview.foreseen.needsTicket;
  const menu = needsTicket ? await menuFor(actor, form, desk) : undefined;
  if (!menu || !('offers' in menu)) return undefined;
  return drawForm(actor, menu, { ...form, ticket }, desk, {
    versions: renewed(versionsIn(view), 'ticket'),
    ticketFound: true,
    notes: [
      `Not sent yet: this needs a ticket. Your reason names ${ticket}: please check it and send the request.`,
    ],
  });
}

/** Whether policy refused it for want of a ticket alone: then that is where to say so. */
async function lacksTicket(
  actor: Actor,
  form: Form,
  { code }: Refusal,
  desk: Desk,
): Promise<'ticket' | undefined> {
  if (code !== 'denied-by-policy' || form.ticket !== undefined) return undefined;
  const preview = await previewFor(actor, form, desk);
  return preview && 'chain' in preview.foreseen && preview.foreseen.needsTicket ? 'ticket' : undefined;
}

/**
 * Who will be asked, stage by stage, and what happens next.
 * @param start of a later one, date, time and zone in plain words
 */
export function submittedView(
  state: State,
  asked: Record<string, Candidate[]>,
  directory: Parameters<typeof chainLines>[1],
  start?: string,
): ModalView {
  // The cards come after this answer.
  const lines = chainLines({ state, asked, posts: {} }, directory);
  const next =
    lines.length > 0
      ? 'You will get a direct message when it is decided. You can close this window.'
      : 'No approval is needed. You will get a direct message when access is ready.';
  return notice('Request sent', [
    ...sections(
      `You asked for ${what(state)}.`,
      lines.join('\n'),
      start === undefined ? '' : `It begins on ${escape(start)}. You can cancel it until then.`,
      [...state.ruling.advice.map((text) => free(text, 500)), next].join('\n'),
    ),
    reference(state),
  ]);
}
