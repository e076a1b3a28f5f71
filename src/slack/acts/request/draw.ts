import type { ModalView } from '@slack/types';
import { parseDuration } from '../../../domain/duration.js';
import type { Millis } from '../../../domain/entitlement.js';
import { ifWithin } from '../../../kit/deadline.js';
import type { Form, Preview } from '../../../ports/front.js';
import type { Actor } from '../../../ports/people.js';
import type { Desk } from '../handler-context.js';
import { requestModal, type Drawing } from '../request-modal.js';
import { versionsIn } from './inputs.js';
import type { Menu } from './menu.js';
import { ticketNamedIn } from './ticket-in.js';

/** For who would decide: a form opens, and is answered, within three seconds, with this or without it. */
const PATIENCE: Millis = 1_000;
/** The same of a form that stands there already. */
export const NO_HURRY: Millis = 10_000;

/** The form, with who would decide where something is chosen. @param patience how long to wait for that */
export async function drawForm(
  actor: Actor,
  menu: Menu,
  filled: Partial<Form>,
  desk: Desk,
  drawing: Drawing = {},
  patience: Millis = PATIENCE,
): Promise<ModalView> {
  const chosen = menu.offers.find(({ entitlement }) => entitlement.id === filled.entitlement);
  const wanted = parseDuration(filled.duration ?? '');
  const isOffered = wanted !== undefined && chosen?.durations.includes(wanted) === true;
  const asked = {
    entitlement: '',
    justification: '',
    ...filled,
    duration: isOffered ? filled.duration! : '',
  };
  const preview = chosen && (await previewFor(actor, asked, desk, patience));
  return requestModal(menu, desk.bundle().directory, filled, { ...drawing, preview });
}

/** Undefined where it cannot be found out in time: the form is of use without it. */
export async function previewFor(
  actor: Actor,
  form: Form,
  { front, log }: Desk,
  patience: Millis = PATIENCE,
): Promise<Preview | undefined> {
  try {
    const answer = await ifWithin(patience, front.preview(actor, form));
    return answer && 'ok' in answer ? answer.ok : undefined;
  } catch (error) {
    log.warn({ err: error }, 'the form is shown without who would decide');
    return undefined;
  }
}

/** The ticket that the reason names, where none is given and none was offered before: who took it out again meant it. */
export function foundTicket(
  view: unknown,
  { ticket, justification }: Form,
  { bundle }: Desk,
): string | undefined {
  if (ticket !== undefined || versionsIn(view).ticket !== undefined) return undefined;
  return ticketNamedIn(justification.split(/\s+/), bundle().directory.justification);
}
