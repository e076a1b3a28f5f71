import type { DirectoryConfig } from '../../../domain/directory.js';
import { wholly } from '../../read/pattern.js';
import { ABSENT } from '../../expressions/fold.js';
import type { Term } from '../../expressions/term.js';
import type { Cell } from './cell.js';
import {
  ANYTHING,
  both,
  type Language,
  languageOf,
  ofPattern,
  textCells,
  without,
} from './text/languages.js';

/** Tickets that no policy tells apart. */
export interface TicketCell extends Cell {
  /** One of them; undefined: none is given, or none is known that directory.yml would take. */
  ticket: string | undefined;
}

const ANY_TICKET = String.raw`[\w.:#/-]+`;
const LONGEST_TICKET = 64;
/** Where the form is not understood, one of these may be of it. */
const USUAL = 'OPS-12 OPS-123 OPS-1234 INC0012345 CHG0012345 #123 12345 123 ops-12 A-1'.split(' ');

const formOf = ({ justification }: DirectoryConfig): string => justification.ticket?.pattern ?? ANY_TICKET;

/** Whether a directory takes this ticket. */
export const takes = (directory: DirectoryConfig, ticket: string): boolean =>
  ticket.length <= LONGEST_TICKET && wholly(formOf(directory)).test(ticket);

/** Whether it can be said of every ticket of these forms what policies make of it. */
export const areTicketsKnown = (directories: readonly DirectoryConfig[]): boolean =>
  directories.every((directory) => ofPattern(formOf(directory)) !== undefined);

const NONE: TicketCell = { ticket: undefined, values: { 'context.ticket': ABSENT } };

/**
 * No ticket first.
 * @throws TooLarge
 * @param samples that are tried where the form is not understood, before the usual ones
 */
export function ticketCells(
  terms: readonly Term[],
  directories: readonly DirectoryConfig[],
  samples: readonly string[],
): TicketCell[] {
  const forms = directories.map((directory) => ofPattern(formOf(directory)));
  if (forms.includes(undefined)) {
    const ticket = [...samples, ...USUAL].find((one) =>
      directories.every((directory) => takes(directory, one)),
    );
    return [NONE, { ticket, values: { 'context.ticket': ticket ?? '?' } }];
  }
  // Of the form of one folder or of the other.
  const neither = forms.reduce<Language>((rest, form) => both(rest, without(ANYTHING, form!)), ANYTHING);
  const languages = [
    ...(forms.length > 1 ? forms.map((form) => form!) : []),
    ...terms.flatMap((term) => languageOf(term, 'context.ticket') ?? []),
  ];
  const isReal = (text: string) => directories.some((directory) => takes(directory, text));
  const { cells } = textCells(without(ANYTHING, neither), languages, isReal);
  return [
    NONE,
    ...cells.map(({ text }): TicketCell => ({ ticket: text, values: { 'context.ticket': text } })),
  ];
}
