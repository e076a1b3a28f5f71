import { defined } from '../../../domain/objects.js';
import type { Form, Offer } from '../../../ports/front.js';
import type { Actor } from '../../../ports/people.js';
import { say, type Message } from '../../messages/blocks.js';
import type { Desk, Refused } from '../handler-context.js';
import type { Millis } from '../../../domain/entitlement.js';

/** What a person may ask for, as the form lists it. */
export interface Menu {
  offers: Offer[];
  /** Of a catalog that is too long to list, and so is searched: all its durations. `offers` then has what is wanted, or nothing. */
  searched?: Millis[];
}

/** A longer catalog is searched, and so is one of which policy takes too long to say what it permits. */
const LISTED = 100;

/** What a form says of what it is for, so far. */
type Begun = Partial<Pick<Form, 'entitlement' | 'startsAt'>>;

/**
 * What may be asked for as of the start that the form has. What is chosen and may be asked for now is listed too, so that
 * a start at which it may not be costs nobody what they have written: the form says that it is not possible like this.
 * @returns what this person may ask for, or what to tell them
 */
export async function menuFor(actor: Actor, form: Begun, desk: Desk): Promise<Menu | Message | Refused> {
  const menu = await offered(actor, form, desk);
  const { entitlement, startsAt } = form;
  if (startsAt === undefined || 'refusal' in menu) return menu;
  if (!('offers' in menu)) return offered(actor, defined({ entitlement }), desk);
  const isListed = menu.offers.some((offer) => offer.entitlement.id === entitlement);
  if (isListed || entitlement === undefined || entitlement === '') return menu;
  const now = await desk.front.offer(actor, entitlement);
  const more = 'ok' in now && now.ok ? [now.ok] : [];
  return { ...menu, offers: [...menu.offers, ...more] };
}

async function offered(actor: Actor, form: Begun, desk: Desk): Promise<Menu | Message | Refused> {
  if (desk.bundle().entitlements.size > LISTED) return searched(actor, form, desk);
  const answer = await desk.front.offers(actor, form.startsAt);
  if ('refusal' in answer) return answer;
  // Policies too slow to list everything are asked only about what the person types.
  if (!answer.ok) return searched(actor, form, desk);
  const offers = answer.ok.filter(({ durations }) => durations.length > 0);
  return offers.length > 0 ? { offers } : say(NOTHING);
}

async function searched(
  actor: Actor,
  { entitlement: wanted = '', startsAt }: Begun,
  { front, bundle }: Desk,
): Promise<Menu | Message | Refused> {
  const durations = [...bundle().entitlements.values()].flatMap((entitlement) => entitlement.durations);
  const menu = { searched: [...new Set(durations)] };
  if (wanted === '') {
    const may = await front.mayAsk(actor, startsAt);
    if ('refusal' in may) return may;
    return may.ok ? { ...menu, offers: [] } : say(NOTHING);
  }
  const answer = await front.offer(actor, wanted, startsAt);
  if ('refusal' in answer) return answer;
  return { ...menu, offers: answer.ok ? [answer.ok] : [] };
}

const NOTHING =
  'There is nothing that you may ask for. If there should be, please tell the people who manage the policies.';
