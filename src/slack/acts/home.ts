import type { Delegation } from '../../domain/delegation.js';
import type { Actor } from '../../ports/people.js';
import { PAGE_MODAL } from '../ids.js';
import { homeView, PAGE, pageView, parsePage, pendingMessage, strangersView } from '../home/view.js';
import { publish } from '../home/screen.js';
import { updateView } from '../wire/clients.js';
import { textAt } from '../wire/payload.js';
import { UNKNOWN_BUTTON, type Click, type Desk, type SignedAct, type Told } from './handler-context.js';

/** Draws the App Home of somebody who has opened it. A failure is said in the log: nobody could be told. */
export async function openHome(
  { actor }: SignedAct,
  { front, slack, kinds, bundle, log }: Desk,
): Promise<undefined> {
  try {
    const answer = await front.openHome(actor);
    if ('refusal' in answer) await publish(slack, actor.id, strangersView(answer.refusal));
    else if (answer.ok)
      await publish(slack, actor.id, homeView(answer.ok, { kinds, directory: bundle().directory }));
  } catch (error) {
    log.warn({ err: error }, 'an App Home could not be drawn');
  }
  return undefined;
}

/** Draws it again for somebody who has just changed what it shows. */
export async function redrawHome(
  actor: SignedAct['actor'],
  { front, slack, kinds, bundle, log }: Desk,
): Promise<void> {
  try {
    const answer = await front.home(actor);
    if ('ok' in answer)
      await publish(slack, actor.id, homeView(answer.ok, { kinds, directory: bundle().directory }));
  } catch (error) {
    log.warn({ err: error }, 'an App Home could not be drawn again');
  }
}

/** A page of one of its lists: in a window of its own, or in the place of the page before. */
export async function showPage(
  { actor, value, triggerId, view }: Click,
  { front, slack, kinds, bundle }: Desk,
): Promise<Told> {
  const page = parsePage(value);
  if (!page) return UNKNOWN_BUTTON;
  const answer = await front.home(actor, page.page * PAGE);
  if ('refusal' in answer) return answer;
  const drawn = pageView(answer.ok, page, { kinds, directory: bundle().directory });
  const [id, hash] = [textAt(view, 'id'), textAt(view, 'hash')];
  if (textAt(view, 'callback_id') === PAGE_MODAL && id !== undefined)
    await updateView(slack, { view_id: id, ...(hash !== undefined && { hash }), view: drawn });
  else await slack.views.open({ trigger_id: triggerId, view: drawn });
  return undefined;
}

/** `/jit pending`: what waits for a person, with the menus that it has in App Home; and who is away, for who may end that. */
export async function showPending({ actor }: Pick<SignedAct, 'actor'>, desk: Desk): Promise<Told> {
  const { front, kinds, bundle } = desk;
  const [answer, away] = await Promise.all([front.home(actor), othersAway(actor, desk)]);
  if ('refusal' in answer) return answer;
  return pendingMessage(answer.ok, away, { kinds, directory: bundle().directory });
}

/** None where it cannot be found out: what waits is shown all the same (invariant 16). */
async function othersAway(actor: Actor, { front, log }: Desk): Promise<Delegation[]> {
  try {
    const answer = await front.othersAway(actor);
    return 'ok' in answer ? answer.ok : [];
  } catch (err) {
    log.warn({ err }, 'who is away could not be found out for /jit pending');
    return [];
  }
}
