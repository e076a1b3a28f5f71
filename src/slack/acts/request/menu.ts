import type { Offer } from '../../../ports/front.js';
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
