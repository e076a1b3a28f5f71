import { parseAccountId } from '../ids.js';
import { unformatted } from './formatting.js';

const LONGEST_TEXT = 3000;
const MARKUP = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

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
  return unformatted(words.split(/\s+/).filter((word) => word !== ''));
}

/** The ids of the accounts that a command mentions: with `should_escape` Slack writes `<@U012|name>`. */
export function mentionedIn(text: string): string[] {
  return [...text.slice(0, LONGEST_TEXT).matchAll(MARKUP)].flatMap(([, sign, target]) =>
    sign === '@' ? (parseAccountId(target) ?? []) : [],
  );
}
