import { parseDuration } from '../../../domain/duration.js';
import type { Form } from '../../../ports/front.js';
import { textAt } from '../../wire/payload.js';
import { updateView } from '../../wire/clients.js';
import type { Click, Desk } from '../handler-context.js';
import type { Drawing } from '../request-modal.js';
import { drawForm, foundTicket, NO_HURRY } from './draw.js';
import { parseForm, renewed, versionsIn, type Versions } from './inputs.js';
import { latestDraws } from './latest-draw.js';
import { menuFor, type Menu } from './menu.js';

type Redraw = (click: Click, desk: Desk) => Promise<undefined>;

/**
 * After another choice in the form: who would decide now, the durations that go with it, and all that the person has
 * typed so far.
 */
export function formRedraws(
  now: Desk['now'],
): Record<'entitlement' | 'duration' | 'start' | 'emergency', Redraw> {
  const begin = latestDraws(now);
  const redraw =
    (isOther: boolean): Redraw =>
    async ({ actor, view, at }, desk) => {
      const id = textAt(view, 'id');
      if (id === undefined) return undefined;
      const draw = begin(id, { at, hash: textAt(view, 'hash') });
      const written = parseForm(view);
      const menu = await menuFor(actor, written, desk);
      if (!('offers' in menu) || !draw.isLatest()) return undefined;
      const { filled, drawing } = filledAnew({ view, menu, written, isOther, nth: draw.nth }, desk);
      const next = await drawForm(actor, menu, filled, desk, drawing, NO_HURRY);
      await draw.put((hash) =>
        updateView(desk.slack, { view_id: id, ...(hash !== undefined && { hash }), view: next }),
      );
      return undefined;
    };
  return {
    entitlement: redraw(true),
    duration: redraw(false),
    start: redraw(false),
    emergency: redraw(false),
  };
}

/**
 * What the form holds after a choice: a duration that was preselected, or is not on offer, gives way to that of the new
 * choice, and a ticket that the reason names is filled in once.
 */
function filledAnew(
  {
    view,
    menu,
    written,
    isOther,
    nth,
  }: { view: unknown; menu: Menu; written: Form; isOther: boolean; nth: number },
  desk: Desk,
): { filled: Form; drawing: Drawing } {
  const chosen = menu.offers.find(({ entitlement }) => entitlement.id === written.entitlement);
  const isOffered = chosen?.durations.some((one) => one === parseDuration(written.duration)) ?? true;
  const isPreselected = written.duration === (textAt(view, 'private_metadata') ?? '');
  const isStale = !isOffered || (isOther && isPreselected);
  const found = foundTicket(view, written, desk);
  let versions: Versions = versionsIn(view);
  if (isStale || isOther) versions = renewed(versions, 'duration', nth);
  if (found !== undefined) versions = renewed(versions, 'ticket', nth);
  return {
    filled: {
      ...written,
      duration: isStale ? '' : written.duration,
      ...(found !== undefined && { ticket: found }),
    },
    drawing: { versions, ticketFound: found !== undefined },
  };
}
