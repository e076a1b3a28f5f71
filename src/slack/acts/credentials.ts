import type { Click, Desk } from './handler-context.js';
import { parseRequestValue } from '../ids.js';
import { say, type Message } from '../messages/blocks.js';
import { refusedView, waitingView } from '../messages/credentials.js';
import { sentenceFor } from '../../words/refusal.js';
import { updateView } from '../wire/update-view.js';

/** Opens an empty modal for the requester and records its view id; the engine fills it. */
export async function openCredentials(
  { actor, value, triggerId, seen }: Click,
  { front, slack }: Desk,
): Promise<Message | undefined> {
  const id = parseRequestValue(value);
  if (id === undefined) return say(sentenceFor({ code: 'unknown-button' }));
  const may = await front.mayMint(actor, id);
  if ('refusal' in may) return say(sentenceFor(may.refusal));
  const opened = await slack.views.open({ trigger_id: triggerId, view: waitingView(may.ok) });
  const viewId = opened.view?.id;
  if (viewId === undefined) throw new Error('Slack opened a view without an id');
  const answer = await front.mint(actor, id, viewId, seen).catch(async (error: unknown) => {
    await updateView(slack, { view_id: viewId, view: refusedView(FAILED) });
    throw error;
  });
  if ('refusal' in answer)
    await updateView(slack, { view_id: viewId, view: refusedView(sentenceFor(answer.refusal)) });
  return undefined;
}

const FAILED = 'Something went wrong on our side. Please close this window and press the button again.';
