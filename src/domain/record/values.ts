import { formatChain, parseChain, type Chain } from '../chain.js';
import { canonical } from '../entitlement.js';
import { isOperator, type By, type Format } from '../request/state.js';
import type { Ruling } from '../request/decision.js';
import { samePerson, type Account, type Person } from '../person.js';

export function isPerson(by: By): by is Person {
  return by !== 'jit' && !isOperator(by);
}

export function isRequester(by: By, { requester }: { requester: Person }): boolean {
  return isPerson(by) && samePerson(by, requester) === 'same';
}

/** Whether this could have done something at all: the program, an operator, or a person with both halves. */
export function isSomebody(by: By): boolean {
  if (by === 'jit') return true;
  if (isOperator(by)) return isText(by.operator);
  const { provider, tenant, id }: Partial<Account> = by.account ?? {};
  return [by.email, provider, tenant, id].every(isText);
}

export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

export function isRuling({ policies, advice, bundle }: Ruling): boolean {
  return areTexts(policies) && Array.isArray(advice) && isText(bundle);
}

/** Nothing is permitted by no policy. */
export function isPermitting(ruling: Ruling): boolean {
  return isRuling(ruling) && ruling.policies.length > 0;
}

/** Whether policies can ask for it. */
export function isChain(chain: Chain): boolean {
  return canonical(parseChain(formatChain(chain))) === canonical(chain);
}

/** Whether the program writes a member: always, sometimes, or always from a format on and before that perhaps. */
export type Presence = 'always' | 'sometimes' | Format;
