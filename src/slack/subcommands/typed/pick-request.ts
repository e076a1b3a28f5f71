import type { Button } from '@slack/types';
import type { State } from '../../../domain/request/state.js';
import type { Desk } from '../../acts/handler-context.js';
import { parseTypedId } from '../../ids.js';
import { say, type Message } from '../../messages/blocks.js';
import { choice } from '../../messages/requests.js';
import { sentenceFor } from '../../../words/refusal.js';
import type { TypedCommand } from './subcommand.js';

/** The request that the person means: by the id they typed, or by a choice among their own. */
export async function pick(
  { actor, words }: TypedCommand,
  { front }: Desk,
  offer: {
    heading: string;
    none: string;
    /** All that are not over are asked about, however old. */
    fits: (state: State) => boolean;
    /** Those that are over are to choose from, too: the newest. */
    past?: true;
    button: (state: State) => Button;
  },
): Promise<{ id: string } | { message: Message }> {
  const [word] = words;
  if (word !== undefined) {
    const id = parseTypedId(word);
    if (id !== undefined) return { id };
    return {
      message: say(
        `"${word.slice(0, 64)}" is not a request id, which has 26 letters and digits. /jit list shows yours.`,
      ),
    };
  }
  const mine = await front.mine(actor);
  if ('refusal' in mine) return { message: say(sentenceFor(mine.refusal)) };
  const { open, closed, more } = mine.ok;
  const fitting = [...open, ...(offer.past ? closed : [])].filter(offer.fits);
  if (fitting.length === 0) return { message: say(offer.none) };
  return { message: choice(offer.heading, fitting, offer.button, offer.past && more) };
}
