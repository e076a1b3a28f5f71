import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyFacts } from '../cedar/entities.js';
import { NOT_YET } from '../cedar/values.js';
import { duration } from './duration.js';
import type { RequestAsk, ContextInput } from './input.js';
import { known } from './known-attributes.js';
import { ticket } from './ticket.js';
import { time } from './time.js';

/** What every schema has. */
const inputs: ContextInput[] = [duration, time, ticket];

/** Everything that policies for `request` may look at; what is in neither table never reaches Cedar. */
export function requestContext(ask: RequestAsk, facts: PolicyFacts): Context {
  const given = inputs.map((input) => input(ask, facts.directory));
  return Object.assign(known(ask, facts).values, NOT_YET.request, ...given);
}
