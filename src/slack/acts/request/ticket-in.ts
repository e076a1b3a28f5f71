import { LONGEST_TICKET } from '../../../domain/request/text.js';
import type { DirectoryConfig } from '../../../domain/directory.js';

/** A longer word is seldom a ticket, and may take a tenth of a second to match. */
const LONG = 32;
const MOST_LONG = 3;
const PUNCTUATION = /^["'([{<]+|["')\]}>.,;:!?]+$/g;

/**
 * The first word, or part of one, that is written like a ticket. A pattern's work may grow with the fifth power of the
 * text, so it is tried on what is as short as a ticket, from its beginning only, and not often on what is long.
 */
export function ticketIn(words: string[], isTicket: (text: string) => boolean): string | undefined {
  let long = 0;
  for (const word of words) {
    const bare = word.replace(PUNCTUATION, '');
    for (const part of new Set([bare, ...bare.split(/[^\w#-]+/)])) {
      if (part === '' || part.length > LONGEST_TICKET || (part.length > LONG && ++long > MOST_LONG)) continue;
      if (isTicket(part)) return part;
    }
  }
  return undefined;
}

/** The ticket that a reason names; undefined where directory.yml does not say what a ticket looks like. */
export function ticketNamedIn(
  words: string[],
  { ticket }: DirectoryConfig['justification'],
): string | undefined {
  if (!ticket) return undefined;
  const whole = new RegExp(`^(?:${ticket.pattern})$`);
  return ticketIn(words, (text) => whole.test(text));
}
