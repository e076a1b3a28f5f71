import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import { TZDate } from '@date-fns/tz';
import { getHours } from 'date-fns/getHours';
import { getISODay } from 'date-fns/getISODay';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Pdp } from '../../ports/policy.js';
import type { PolicyFacts } from '../cedar/entities.js';
import { cedarDuration, cedarTime, NOT_YET } from '../cedar/values.js';
import { wholly } from '../read/pattern.js';
import { known } from './known-attributes.js';

export type RequestAsk = Parameters<Pdp['request']>[0];

const LONGEST = 64;
const ANY_TICKET = String.raw`[\w.:#/-]+`;

/**
 * Everything that policies for `request` may look at: what every schema has, and what this one has besides. Nothing else
 * reaches Cedar. Throws, with a sentence, when a part of it cannot be read: that denies.
 */
export function requestContext(ask: RequestAsk, facts: PolicyFacts): Context {
  const { at, clockAt = at } = ask;
  const duration = cedarDuration(ask.duration);
  const now = cedarTime(at);
  // The wall clock of the directory's timezone: ISO weekday 1–7, hour 0–23.
  const local = new TZDate(clockAt, facts.directory.timezone);
  const clock = { weekday: getISODay(local), hour: getHours(local) };
  const ticket = ask.ticket === undefined ? {} : { ticket: checked(ask.ticket, facts.directory) };
  return Object.assign(known(ask, facts).values, NOT_YET.request, { duration, now, ...clock, ...ticket });
}

/** A ticket is typed by a person: only what has a ticket's shape, and no free text, may reach Cedar. */
function checked(ticket: string, { justification }: DirectoryConfig): string {
  const pattern = justification.ticket?.pattern ?? ANY_TICKET;
  if (ticket.length <= LONGEST && wholly(pattern).test(ticket)) return ticket;
  throw new Error(`the ticket does not have the form ${pattern}, or is longer than ${LONGEST} characters`);
}
