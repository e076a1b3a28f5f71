import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Pdp } from '../../ports/policy.js';
import type { Facts } from '../cedar/entities.js';
import { duration } from './duration.js';
import { emergency } from './emergency.js';
import { known } from './known.js';
import { ticket } from './ticket.js';
import { time } from './time.js';

export type Ask = Parameters<Pdp['request']>[0];

/** One fact about a request for its Cedar context. Throws, with a sentence, when it cannot be read: that denies. */
export type Input = (ask: Ask, directory: DirectoryConfig) => Context;

/** What every schema has. */
const inputs: Input[] = [duration, time, emergency, ticket];

/** Everything that policies for `request` may look at; what is in neither table never reaches Cedar. */
export function requestContext(ask: Ask, facts: Facts): Context {
  return Object.assign(known(ask, facts).values, ...inputs.map((input) => input(ask, facts.directory)));
}
