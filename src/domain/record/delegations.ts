import { LONGEST_DELEGATION, type Delegation, type DelegationFact } from '../delegation.js';
import { isObject } from '../is-object.js';
import { sameAccount, samePerson, type Person } from '../person.js';
import type { Vote } from '../request/state.js';
import { UNDER_WAY } from './past.js';
import { areTexts, isInstant, isSomebody } from './values.js';

// What the facts in a person's ledger lead to, and which of them the program would have written.

/** Who stands in for the person after a fact. */
export function delegationAfter(fact: DelegationFact): Delegation | undefined {
  return fact.type === 'DelegationStarted' ? fact.delegation : undefined;
}

/** Whether a fact is one of a delegation. Danger: what else is in it was perhaps not written by the program. */
export function isOfDelegation(fact: { type: string }): fact is DelegationFact {
  return fact.type === 'DelegationStarted' || fact.type === 'DelegationEnded';
}

/**
 * Why the program would never have recorded this after that.
 * @param before the delegation that stood until then
 * @param isTheirs whether an account is the one whose ledger it is
 */
export function wrongDelegation(
  fact: DelegationFact,
  before: Delegation | undefined,
  isTheirs: (account: Person['account']) => boolean,
): string | undefined {
  if (!isInstant(fact.at)) return 'its time is none';
  return fact.type === 'DelegationStarted' ? wrongStart(fact, before, isTheirs) : wrongEnd(fact, before);
}

function wrongStart(
  { at, by, delegation, ...rest }: Extract<DelegationFact, { type: 'DelegationStarted' }>,
  before: Delegation | undefined,
  isTheirs: (account: Person['account']) => boolean,
): string | undefined {
  if (!isObject(delegation) || strays(rest, ['type'])) return 'its delegation is not whole';
  const { from, to, since, until, ...more } = delegation;
  if (!isPersonOnRecord(from) || !isPersonOnRecord(to) || strays(more, []))
    return 'its delegation is not whole';
  if (before) return 'a second delegation was begun beside the first';
  if (!isTheirs(from.account)) return 'it delegates what is somebody else’s';
  if (!isPersonOnRecord(by) || samePerson(by, from) !== 'same')
    return 'it was begun by another than who is away';
  if (samePerson(from, to) !== 'other') return 'somebody was to stand in for themselves';
  if (since !== at) return 'it began at another time than its record';
  return isInstant(until) && until > at && until - at <= LONGEST_DELEGATION
    ? undefined
    : 'it ends before it began, or later than is let through';
}

function wrongEnd(
  { at, by, policies, ...rest }: Extract<DelegationFact, { type: 'DelegationEnded' }>,
  before: Delegation | undefined,
): string | undefined {
  if (strays(rest, ['type'])) return 'its end is not whole';
  if (!before) return 'a delegation was ended that nobody had begun';
  const isOwn = by !== 'jit' && isPersonOnRecord(by) && sameAccount(by.account, before.from.account);
  if (by === 'jit' || isOwn) {
    if (policies !== undefined) return 'policies were named of what needs none';
    return isOwn || at >= before.until ? undefined : 'it was ended before its time by nobody';
  }
  if (!isPersonOnRecord(by)) return 'it was ended by nobody';
  return areTexts(policies) && policies.length > 0
    ? undefined
    : 'it was ended by somebody else without a policy that permits it';
}

/**
 * Why nobody can have voted in somebody's place then, by what stands in the ledger of who was away.
 * @param facts of that ledger, in order
 */
export function wrongStandIn(
  { by, at, delegatedBy }: Pick<Vote, 'by' | 'at'> & { delegatedBy: Person },
  facts: readonly { type: string }[],
): string | undefined {
  const own = facts.filter(isOfDelegation);
  const covers = own.some((fact, n) => {
    if (fact.type !== 'DelegationStarted') return false;
    const { from, to, since, until } = fact.delegation;
    const over = Math.min(until, own[n + 1]?.at ?? Infinity);
    // What was decided in time may have been written a little later.
    const inTime = at >= since - UNDER_WAY && at < over + UNDER_WAY;
    return inTime && samePerson(to, by) === 'same' && samePerson(from, delegatedBy) === 'same';
  });
  return covers
    ? undefined
    : `${by.email} voted for ${delegatedBy.email}, for whom they did not stand in then`;
}

const isPersonOnRecord = (who: unknown): who is Person =>
  isObject(who) &&
  !('operator' in who) &&
  isObject(who['account']) &&
  isSomebody(who as unknown as Person) &&
  !strays(who, ['email', 'account']) &&
  !strays(who['account'], ['provider', 'tenant', 'id']);

/** Whether there is a member that the program does not write. */
const strays = (value: object, known: string[]) =>
  Object.entries(value).some(([name, member]) => member !== undefined && !known.includes(name));
