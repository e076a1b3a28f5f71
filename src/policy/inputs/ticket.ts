import { wholly } from '../read/pattern.js';
import type { ContextInput } from './input.js';

const LONGEST = 64;
const ANY_TICKET = String.raw`[\w.:#/-]+`;

/** A ticket is typed by a person: only what has a ticket's shape, and no free text, may reach Cedar. */
export const ticket: ContextInput = (ask, directory) => {
  if (ask.ticket === undefined) return {};
  const pattern = directory.justification.ticket?.pattern ?? ANY_TICKET;
  if (ask.ticket.length > LONGEST || !wholly(pattern).test(ask.ticket)) {
    throw new Error(`the ticket does not have the form ${pattern}, or is longer than ${LONGEST} characters`);
  }
  return { ticket: ask.ticket };
};
