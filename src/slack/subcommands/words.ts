const LONGEST_TEXT = 3000;
const LONGEST_TICKET = 64;
/** A longer word is seldom a ticket, and may take a tenth of a second to match. */
const LONG = 32;
const MOST_LONG = 3;
const MARKUP = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;
const PUNCTUATION = /^["'([{<]+|["')\]}>.,;:!?]+$/g;

/** The words of a command, without Slack's markup: mentions become names, links addresses, entities characters. */
export function typed(text: string): string[] {
  const words = text
    .slice(0, LONGEST_TEXT)
    .replace(MARKUP, (_, sign: string, target: string, label: string | undefined) => {
      if (sign === '') return target.replace(/^mailto:/, '');
      const name = label ?? target;
      return name.startsWith('@') || name.startsWith('#') ? name : `${sign === '#' ? '#' : '@'}${name}`;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return words.split(/\s+/).filter((word) => word !== '');
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
      if (part === '' || part.length > LONGEST_TICKET || (part.length > LONG && ++long > MOST_LONG)) continue;
      if (isTicket(part)) return part;
    }
  }
  return undefined;
}
