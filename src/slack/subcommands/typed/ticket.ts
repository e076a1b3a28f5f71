const LONGEST = 64;
/** A longer word is seldom a ticket, and may take a tenth of a second to match. */
const LONG = 32;
const MOST_LONG = 3;
const PUNCTUATION = /^["'([{<]+|["')\]}>.,;:!?]+$/g;

/** Whether a whole text is written like a ticket. */
export function matcher(pattern: string): (text: string) => boolean {
  const ticket = new RegExp(`^(?:${pattern})$`);
  return (text) => ticket.test(text);
}

/**
 * The first word, or part of one, that is written like a ticket. A pattern's work may grow with the fifth power of the
 * text, so it is tried on what is as short as a ticket, from its beginning only, and not often on what is long.
 */
export function ticketIn(words: string[], isTicket: (text: string) => boolean): string | undefined {
  let long = 0;
  for (const word of words) {
    const bare = word.replace(PUNCTUATION, '');
    for (const part of new Set([bare, ...bare.split(/[^\w#-]+/)])) {
      if (part === '' || part.length > LONGEST || (part.length > LONG && ++long > MOST_LONG)) continue;
      if (isTicket(part)) return part;
    }
  }
  return undefined;
}
