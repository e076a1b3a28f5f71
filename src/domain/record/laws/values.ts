import { formatChain, parseChain, type Chain } from '../../chain.js';
import type { Account, Person } from '../../person.js';
import { canonical } from '../../entitlement.js';
import { isOperator, type By, type Reason } from '../../request/state.js';
import type { Ruling } from '../../request/decision.js';
import { samePerson } from '../../person.js';

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

/** Where the program gives a reason. */
type Place = 'asking' | 'preflight' | 'vote' | 'confirmation' | 'provision' | 'mint' | 'end';

const PLACES: Record<Reason['code'], Place[]> = {
  policy: ['asking', 'confirmation', 'mint'],
  unfillable: ['asking', 'confirmation'],
  vote: ['vote'],
  changed: ['confirmation'],
  requester: ['confirmation', 'mint', 'end'],
  'no-room': ['preflight'],
  aws: ['preflight', 'provision'],
  'taken-back': ['end'],
  'end-stands': ['end'],
};

/** Why the program would give no such reason there. */
export function wrongReason(reason: Reason, place: Place): string | undefined {
  if (!PLACES[reason.code]?.includes(place)) return `"${reason.code}" is no reason for it`;
  return isWhole(reason) ? undefined : `its reason, "${reason.code}", says nothing`;
}

function isWhole(reason: Reason): boolean {
  switch (reason.code) {
    case 'policy':
      return [reason.policies, reason.advice, reason.errors].every(Array.isArray);
    case 'unfillable':
      return isText(reason.stage) && reason.available >= 0 && reason.available < reason.needed;
    case 'vote':
      return isText(reason.text) && reason.text.trim() === reason.text;
    case 'requester':
      return isText(reason.problem);
    case 'no-room':
      return [reason.used, reason.needed, reason.limit].every(isInstant) && isText(reason.principal);
    case 'aws':
      return isText(reason.error) && isText(reason.hint);
    case 'taken-back':
      return isText(reason.text);
    case 'changed':
    case 'end-stands':
      return true;
    default:
      return reason satisfies never;
  }
}
