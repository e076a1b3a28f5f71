import { UNKNOWN_BUTTON, type Click, type Desk, type Told } from '../handler-context.js';
import { parseRequestValue } from '../../ids.js';
import { refusedView, waitingView } from '../../messages/sessions/credentials.js';
import { sentenceFor } from '../../../words/refusal.js';
import { updateView } from '../../wire/clients.js';

/** Opens an empty modal for the requester and records its view id; the engine fills it. */
export async function openCredentials(
  { actor, value, triggerId, seen }: Click,
  { front, slack }: Desk,
): Promise<Told> {
  const id = parseRequestValue(value);
  if (id === undefined) return UNKNOWN_BUTTON;
  const may = await front.mayMint(actor, id, seen);
  if ('refusal' in may) return may;
  const opened = await slack.views.open({ trigger_id: triggerId, view: waitingView(may.ok) });
  const viewId = opened.view?.id;
  if (viewId === undefined) throw new Error('Slack opened a view without an id');
  const refuse = (why: string) => updateView(slack, { view_id: viewId, view: refusedView(why) });
  const answer = await front.mint(actor, id, viewId, seen).catch(async (error: unknown) => {
    await refuse(FAILED);
    throw error;
  });
  if ('refusal' in answer) await refuse(sentenceFor(answer.refusal));
  return undefined;
}

const FAILED = 'Something went wrong on our side. Please close this window and press the button again.';
