import type { DirectoryConfig } from '../../domain/directory.js';
import { parseDuration } from '../../domain/duration.js';
import type { Actor } from '../../ports/people.js';
import type { Form } from '../../ports/front.js';
import type { Desk, Told, TypedCommand } from '../acts/handler-context.js';
import { bare, COMMAND } from '../ids.js';
import { say, type Message } from '../messages/blocks.js';
import { menuFor, openForm } from '../acts/request-form.js';
import { nearMisses } from './nearest-names.js';
import { ticketIn } from './words.js';

/**
 * Opens the form, filled in as far as the words go: `orders-db-admin 1h fixing OPS-12`.
 * @param subcommands what else a first word that is no entitlement may have meant
 */
export async function askFor(
  { actor, words, triggerId }: TypedCommand,
  desk: Desk,
  subcommands: string[],
): Promise<Told> {
  const filled = fill(words, desk.bundle().directory);
  const wanted = filled.entitlement;
  const menu = await menuFor(actor, wanted ?? '', desk);
  const ids = 'offers' in menu ? menu.offers.map(({ entitlement }) => entitlement.id) : [];
  if (wanted !== undefined && !ids.includes(wanted)) {
    const refusal = await desk.front.whyNot(actor, wanted);
    if (refusal && refusal.code !== 'unknown-entitlement') return { refusal };
    const others = 'searched' in menu ? await found(actor, wanted, desk) : ids;
    return unknown(words[0] ?? wanted, wanted, [...others, ...subcommands]);
  }
  if (!('offers' in menu)) return menu;
  await openForm(triggerId, menu, filled, desk);
  return undefined;
}

/** Of a catalog that is searched, what has all of the words. */
async function found(actor: Actor, word: string, { front }: Desk): Promise<string[]> {
  const answer = await front.suggest(actor, word, 20);
  return 'ok' in answer ? answer.ok.map(({ id }) => id) : [];
}

function fill([first, ...rest]: string[], { justification }: DirectoryConfig): Partial<Form> {
  if (first === undefined) return {};
  // `1H`, `*1h*`: as a phone writes it, or as it is copied from a message.
  const duration = bare(rest[0] ?? '').toLowerCase();
  const timed = parseDuration(duration) !== undefined;
  const about = timed ? rest.slice(1) : rest;
  const text = about.join(' ');
  const whole = justification.ticket && new RegExp(`^(?:${justification.ticket.pattern})$`);
  const ticket = whole && ticketIn(about, (text) => whole.test(text));
  return {
    entitlement: (bare(first) || first).toLowerCase(),
    justification: text,
    ...(timed && { duration }),
    ...(ticket !== undefined && { ticket }),
  };
}

/** @param word as it was typed */
function unknown(word: string, wanted: string, names: string[]): Message {
  const near = nearMisses(wanted.slice(0, 64), names);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `${COMMAND} ${name}`).join(' or ')}?`
      : `${COMMAND} on its own shows everything that you may ask for; ${COMMAND} help shows the rest.`;
  return say(`There is nothing called "${word.slice(0, 64)}" that you may ask for. ${hint}`);
}
