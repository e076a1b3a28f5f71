import { samePerson, type Person } from '../person.js';
import type { Instant } from '../entitlement.js';
import { isOperator, type Operator } from './state.js';
import type { Start } from './event.js';
import { defined } from '../objects.js';
import { isObject } from '../is-object.js';

/**
 * An order to end access before its time. That it stands is what ends the access; what it says is only who gave it and
 * why, and may have been written by anybody who can write into the record.
 */
export interface End {
  at: Instant;
  by: Person | Operator;
  /** Free text. */
  text?: string;
  /** The policies that let a person end what is not theirs. */
  policies?: string[];
  unknownGroups?: string[];
}

/** What was found where an order stands: the order, or something that cannot be read, which ends access all the same. */
export type Ordered = End | 'unreadable';

/** Characters of a reason, as where people type it. */
export const LONGEST_REASON = 1000;
const LONGEST_NAME = 2048;
const MOST_NAMES = 100;

/** Reads an order. What is no order, or larger than jit writes one, is unreadable: it must not fill the record. */
export function readEnd(content: unknown): Ordered {
  if (!isObject(content)) return 'unreadable';
  const { at, by, text, policies, unknownGroups } = content;
  const who = whoIn(by);
  if (!who || typeof at !== 'number' || !Number.isFinite(at)) return 'unreadable';
  if (text !== undefined && !isText(text, 2 * LONGEST_REASON)) return 'unreadable';
  if (policies !== undefined && !isNames(policies)) return 'unreadable';
  if (unknownGroups !== undefined && !isNames(unknownGroups)) return 'unreadable';
  return { at, by: who, ...defined({ text, policies, unknownGroups }) };
}

/** How an order begins the end of this requester's access. An order that its giver may not give is one of nobody's. */
export function startOf(order: Ordered, requester: Person, at: Instant): Start {
  const nobodys: Start = { at, by: 'jit', cause: 'revoked', reason: { code: 'end-stands' } };
  if (order === 'unreadable') return nobodys;
  const { by, text, policies, unknownGroups } = order;
  const why: Pick<Start, 'reason'> = text ? { reason: { code: 'taken-back', text } } : {};
  if (isOperator(by)) return { at, by, cause: 'revoked', ...why };
  const who = samePerson(by, requester);
  if (who === 'same') return { at, by, cause: 'released', ...why };
  if (who === 'changed' || !policies?.length) return nobodys;
  return { at, by, cause: 'revoked', policies, ...(unknownGroups?.length && { unknownGroups }), ...why };
}

function whoIn(by: unknown): End['by'] | undefined {
  if (!isObject(by)) return undefined;
  const { operator, email, account } = by;
  if (isName(operator)) return { operator };
  if (!isName(email) || !isObject(account)) return undefined;
  const { provider, tenant, id } = account;
  return isName(provider) && isName(tenant) && isName(id)
    ? { email, account: { provider, tenant, id } }
    : undefined;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function isName(value: unknown): value is string {
  return isText(value, LONGEST_NAME) && value !== '';
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MOST_NAMES && value.every(isName);
}
