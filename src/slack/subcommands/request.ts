import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration } from '../../domain/duration.js';
import type { Actor } from '../../ports/people.js';
import type { Form } from '../../ports/front.js';
import type { Bundle } from '../../ports/policy.js';
import type { Desk, Told, TypedCommand } from '../acts/handler-context.js';
import { bare, COMMAND } from '../ids.js';
import { say, type Message } from '../messages/blocks.js';
import { openRequestForm } from '../acts/request-form.js';
import { inFull, zoneOf } from '../acts/request/time-zone.js';
import { spelled } from '../../words/english.js';
import { ticketNamedIn } from '../acts/request/ticket-in.js';
import { emergencyWord } from './emergency-word.js';
import { nearMisses } from './nearest-names.js';
import { namesAStart, typedStart, type PersonsClock, type TypedStart } from './typed-start.js';
import { nearDuration, typedDurations, type TypedDuration } from './typed-duration.js';

/**
 * Opens the form, filled in as far as the words go: `orders-db-admin 1h fixing OPS-12`.
 * @param subcommands what else a first word that is no entitlement may have meant
 */
export async function askFor(ask: TypedCommand, desk: Desk, subcommands: string[]): Promise<Told> {
  const { words, actor } = ask;
  const zone = namesAStart(words) ? await zoneOf(actor.id, desk) : undefined;
  const clock = zone === undefined ? undefined : { now: desk.now(), zone };
  const { filled, notes } = formIn(words, desk.bundle(), clock);
  return openRequestForm(ask, filled, desk, {
    notes,
    unknown: async (wanted, menu) => {
      const offered = 'offers' in menu ? menu.offers.map(({ entitlement }) => entitlement.id) : [];
      const others = 'searched' in menu ? await found(actor, wanted, desk) : offered;
      return unknown(words, wanted, [...others, ...subcommands]);
    },
  });
}

/** Of a catalog that is searched, what has all of the words. */
async function found(actor: Actor, word: string, { front }: Desk): Promise<string[]> {
  const answer = await front.suggest(actor, word, 20);
  return 'ok' in answer ? answer.ok.map(({ id }) => id) : [];
}

/**
 * What the words fill in, and what to say of how they were read.
 * @param clock by which a start is meant; absent: the words name none
 */
export function formIn(
  [first, ...written]: string[],
  { directory, entitlements }: Pick<Bundle, 'directory' | 'entitlements'>,
  clock?: PersonsClock,
): { filled: Partial<Form>; notes: string[] } {
  if (first === undefined) return { filled: {}, notes: [] };
  const id = (bare(first) || first).toLowerCase();
  const offered = entitlements.get(id)?.durations ?? [];
  const { words: said, emergency } = emergencyWord(
    written,
    (words) => (readDuration(words, offered) ?? nearDuration(words))?.words ?? 0,
  );
  const before = startIn(said, clock);
  const rest = said.slice(before?.words ?? 0);
  const read = readDuration(rest, offered);
  const near = read ? undefined : nearDuration(rest);
  const time = read ?? near;
  const left = rest.slice(time?.words ?? 0);
  const after = before ? undefined : startIn(left, clock);
  const about = left.slice(after?.words ?? 0);
  const start = startOf(before ?? after, clock, directory);
  const ticket = ticketNamedIn(about, directory.justification);
  return {
    filled: {
      entitlement: id,
      justification: about.join(' '),
      ...(time && { duration: formatDuration(time.length) }),
      ...(ticket !== undefined && { ticket }),
      ...start.filled,
      ...(emergency && { emergency }),
    },
    notes: [
      ...(near ? [`"${near.written}" is not a duration. Did you mean ${near.meant}?`] : []),
      ...start.notes,
    ],
  };
}

function startIn(words: string[], clock: PersonsClock | undefined): TypedStart | undefined {
  return clock && typedStart(words, clock);
}

/** What the start fills in, and its date, time and zone, or what is wrong with it. */
function startOf(
  start: TypedStart | undefined,
  clock: PersonsClock | undefined,
  { startWithin }: Pick<DirectoryConfig, 'startWithin'>,
): { filled: Pick<Form, 'startsAt'>; notes: string[] } {
  if (!start || !clock) return { filled: {}, notes: [] };
  const { at, written } = start;
  const wrong = (why: string) => ({ filled: {}, notes: [`${why} Please choose below when it begins.`] });
  if (at === undefined) return wrong(`"${written}" is not a time.`);
  const named = inFull(at, clock.zone);
  if (at <= clock.now) return wrong(`${named} is over.`);
  if (at > clock.now + startWithin)
    return wrong(`${named} is too far away: ${spelled(startWithin)} ahead is the most.`);
  return { filled: { startsAt: String(at / 1000) }, notes: [`It begins on ${named}.`] };
}

/** Where words can be read in several ways (`1h 5 minutes of downtime`), as something that is on offer; else all of them. */
function readDuration(words: readonly string[], offered: number[]): TypedDuration | undefined {
  const ways = typedDurations(words);
  return ways.findLast(({ length }) => offered.includes(length)) ?? ways.at(-1);
}

/** What was typed is there to be sent again, with the name that was meant. */
function unknown([word = '', ...rest]: string[], wanted: string, names: string[]): Message {
  const near = nearMisses(wanted.slice(0, 64), names);
  const typed = near.length === 1 ? rest : [];
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => [COMMAND, name, ...typed].join(' ')).join(' or ')}?`
      : `${COMMAND} on its own shows everything that you may ask for; ${COMMAND} help shows the rest.`;
  return say(`There is nothing called "${word.slice(0, 64)}" that you may ask for. ${hint}`);
}
