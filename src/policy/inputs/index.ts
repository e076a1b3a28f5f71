import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import { TZDate } from '@date-fns/tz';
import { getHours } from 'date-fns/getHours';
import { getISODay } from 'date-fns/getISODay';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { InputValues } from '../../domain/request/decision.js';
import type { GatheredInput, Pdp } from '../../ports/policy.js';
import { cedarDuration, cedarTime, type PolicyFacts } from '../cedar/entities.js';
import { wholly } from '../read/pattern.js';
import { inBusinessHours } from './business-hours.js';
import { denials } from './denials.js';
import { grants } from './grants.js';
import { onCall } from './on-call.js';

/** Inputs that have to be looked up before policies are asked. */
export const gathered: readonly GatheredInput[] = [grants, denials, onCall];

interface Attribute {
  input: string;
  type: 'Bool' | 'Long';
}

/** Every attribute that a schema may leave out, and that policies may read where it has it. */
export const ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['businessHours', { input: 'businessHours', type: 'Bool' }],
  ...gathered.flatMap(({ name: input, attributes }) =>
    Object.entries(attributes).map(([name, type]): [string, Attribute] => [name, { input, type }]),
  ),
]);

/** What is found of most people: nothing live, nothing denied, not on call. Cases and tools take it where they name nothing else. */
export const USUAL: InputValues = Object.fromEntries(
  gathered.flatMap(({ attributes }) =>
    Object.entries(attributes).map(([name, type]) => [name, type === 'Bool' ? false : 0]),
  ),
);

export type RequestAsk = Parameters<Pdp['request']>[0];

/**
 * Of the attributes that the schema has: those that are known, as Cedar is told them, and of the rest why they are not.
 * One that the schema does not have must never be sent, since Cedar would refuse the whole question.
 */
export function known(
  { at, clockAt = at, given, failed = {} }: Pick<RequestAsk, 'at' | 'clockAt' | 'given' | 'failed'>,
  { directory, declared }: PolicyFacts,
): { values: Context; lost: Map<string, string> } {
  const values: Context = {};
  const lost = new Map<string, string>();
  for (const attribute of declared ?? []) {
    const { input, type } = ATTRIBUTES.get(attribute) ?? {};
    const value = input === 'businessHours' ? inBusinessHours(clockAt, directory) : given?.[attribute];
    if (input !== undefined && Object.hasOwn(failed, input)) lost.set(attribute, failed[input]!);
    else if (value !== undefined && isOf(type, value)) values[attribute] = value;
    else lost.set(attribute, input === 'businessHours' ? 'directory.yml has none' : 'it was not looked up');
  }
  return { values, lost };
}

const isOf = (type: Attribute['type'] | undefined, value: InputValues[string]) =>
  type === 'Bool' ? typeof value === 'boolean' : type === 'Long' && Number.isSafeInteger(value);

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
  const emergency = ask.emergency === true && facts.directory.emergency !== undefined;
  const ticket = ask.ticket === undefined ? {} : { ticket: checked(ask.ticket, facts.directory) };
  return Object.assign(known(ask, facts).values, { duration, now, emergency, ...clock, ...ticket });
}

/** A ticket is typed by a person: only what has a ticket's shape, and no free text, may reach Cedar. */
function checked(ticket: string, { justification }: DirectoryConfig): string {
  const pattern = justification.ticket?.pattern ?? ANY_TICKET;
  if (ticket.length <= LONGEST && wholly(pattern).test(ticket)) return ticket;
  throw new Error(`the ticket does not have the form ${pattern}, or is longer than ${LONGEST} characters`);
}
