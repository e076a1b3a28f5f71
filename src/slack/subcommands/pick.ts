import type { Button } from '@slack/types';
import type { State } from '../../domain/request.js';
import type { Desk } from '../desk.js';
import { parseTypedId } from '../ids.js';
import { say, type Message } from '../messages/blocks.js';
import { choice } from '../messages/requests.js';
import { sentenceFor } from '../refusals.js';
import type { Ask } from './subcommand.js';

/** The request that was meant: by the id that was typed, or a choice among one's own. */
export async function pick(
  { actor, words }: Ask,
  { front }: Desk,
  offer: { heading: string; none: string; fits: (state: State) => boolean; button: (state: State) => Button },
): Promise<{ id: string } | { message: Message }> {
  const [word] = words;
  if (word !== undefined) {
    const id = parseTypedId(word);
    if (id !== undefined) return { id };
    return {
      message: say(
        `"${word.slice(0, 64)}" is not a request's id: those are 26 letters and digits. /jit list shows yours.`,
      ),
    };
  }
  const mine = await front.mine(actor);
  if ('refusal' in mine) return { message: say(sentenceFor(mine.refusal)) };
  const fitting = mine.ok.filter(offer.fits);
  return { message: fitting.length > 0 ? choice(offer.heading, fitting, offer.button) : say(offer.none) };
}
