import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { GatheredInput, Pdp } from '../../ports/policy.js';
import type { InputValues } from '../../domain/request/decision.js';
import type { PolicyFacts } from '../cedar/entities.js';
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

type Asked = Pick<Parameters<Pdp['request']>[0], 'at' | 'clockAt' | 'given' | 'failed'>;

/**
 * Of the attributes that the schema has: those that are known, as Cedar is told them, and of the rest why they are not.
 * One that the schema does not have must never be sent, since Cedar would refuse the whole question.
 */
export function known(
  { at, clockAt = at, given, failed = {} }: Asked,
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
