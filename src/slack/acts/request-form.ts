import type { ViewResponseAction } from '@slack/bolt';
import type { ModalView, PlainTextOption } from '@slack/types';
import type { State } from '../../domain/request/state.js';
import type { Actor, Candidate } from '../../ports/people.js';
import type { Form } from '../../ports/front.js';
import type { Click, Desk, Refused, Submission } from './handler-context.js';
import { notice, reference, say, sections, type Message } from '../messages/blocks.js';
import { chainLines } from '../messages/chain.js';
import { free } from '../messages/mrkdwn.js';
import { what } from '../messages/phrases.js';
import { textAt } from '../wire/payload.js';
import { sentenceFor } from '../../words/refusal.js';
import { errorsFor, parseForm, requestModal, suggestionOption, type Menu } from './request-modal.js';
import { updateView } from '../wire/clients.js';

/** A longer catalog is searched, and so is one of which policy takes too long to say what it permits. */
const LISTED = 100;
/** Slack shows no more at once. */
const SUGGESTED = 100;

/**
 * @param wanted the id of the entitlement that has been typed or chosen, if one has
 * @returns what this person may ask for, or what to tell them
 */
export async function menuFor(actor: Actor, wanted: string, desk: Desk): Promise<Menu | Message | Refused> {
  if (desk.bundle().entitlements.size > LISTED) return searched(actor, wanted, desk);
  const answer = await desk.front.offers(actor);
  if ('refusal' in answer) return answer;
  // Policies too slow to list everything are asked only about what the person types.
  if (!answer.ok) return searched(actor, wanted, desk);
  const offers = answer.ok.filter(({ durations }) => durations.length > 0);
  return offers.length > 0 ? { offers } : say(NOTHING);
}

async function searched(
  actor: Actor,
  wanted: string,
  { front, bundle }: Desk,
): Promise<Menu | Message | Refused> {
  const durations = [...bundle().entitlements.values()].flatMap((entitlement) => entitlement.durations);
  const menu = { searched: [...new Set(durations)] };
  if (wanted === '') {
    const may = await front.mayAsk(actor);
    if ('refusal' in may) return may;
    return may.ok ? { ...menu, offers: [] } : say(NOTHING);
  }
  const answer = await front.offer(actor, wanted);
  if ('refusal' in answer) return answer;
  return { ...menu, offers: answer.ok ? [answer.ok] : [] };
}

const NOTHING =
  'There is nothing that you may ask for. If there should be, please tell the people who manage the policies.';

export async function openForm(
  triggerId: string,
  menu: Menu,
  filled: Partial<Form>,
  { slack, bundle }: Desk,
): Promise<void> {
  const only = menu.offers.length === 1 ? { entitlement: menu.offers[0]!.entitlement.id } : {};
  const view = requestModal(menu, bundle().directory, { ...only, ...filled });
  await slack.views.open({ trigger_id: triggerId, view });
}

/** Entitlements that fit the text being typed; none, and no reason, for a person who may not ask for anything. */
export async function suggestEntitlements(
  actor: Actor,
  typed: string,
  { front }: Desk,
): Promise<PlainTextOption[]> {
  const answer = await front.suggest(actor, typed, SUGGESTED);
  return 'refusal' in answer ? [] : answer.ok.slice(0, SUGGESTED).map(suggestionOption);
}

/** After another choice of entitlement: its durations, and all that the person has typed so far. */
export async function narrowDurations({ actor, view }: Click, desk: Desk): Promise<undefined> {
  const viewId = textAt(view, 'id');
  const filled = parseForm(view);
  const menu = await menuFor(actor, filled.entitlement, desk);
  if (!('offers' in menu) || viewId === undefined) return undefined;
  const hash = textAt(view, 'hash');
  await updateView(desk.slack, {
    view_id: viewId,
    // Two choices in quick succession: the later one wins, not the slower one.
    ...(hash !== undefined && { hash }),
    view: requestModal(menu, desk.bundle().directory, filled),
  });
  return undefined;
}

/** Sends the request, or says at each input what is wrong with it. */
export async function submitRequest(
  { actor, view, seen }: Submission,
  { front, bundle }: Desk,
): Promise<ViewResponseAction> {
  const answer = await front.submit(actor, parseForm(view), seen);
  if ('refusal' in answer) {
    const { refusal } = answer;
    return { response_action: 'errors', errors: errorsFor(refusal, sentenceFor(refusal), view) };
  }
  const { state, asked } = answer.ok;
  return { response_action: 'update', view: submittedView(state, asked, bundle().directory) };
}

/** Who will be asked, stage by stage, and what happens next. */
export function submittedView(
  state: State,
  asked: Record<string, Candidate[]>,
  directory: Parameters<typeof chainLines>[1],
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
      [...state.ruling.advice.map((text) => free(text, 500)), next].join('\n'),
    ),
    reference(state),
  ]);
}
