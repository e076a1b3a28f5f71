import { pathOf } from './fold.js';
import { partsOf, type Term } from './term.js';

/** What an expression could come to, as a sum of these. */
export const TRUE = 1;
export const FALSE = 2;
export const ERROR = 4;
const OPEN = TRUE + FALSE;

/** Cedar looks at the second only where the first is true. */
export const and = (one: number, other: number): number => (one & (FALSE + ERROR)) | (one & TRUE ? other : 0);
const or = (one: number, other: number): number => (one & (TRUE + ERROR)) | (one & FALSE ? other : 0);
const not = (one: number): number => (one & ERROR) | (one & TRUE ? FALSE : 0) | (one & FALSE ? TRUE : 0);

/**
 * Everything to which an expression could come, where all that is left open in it is free. It may say too much and never
 * too little.
 * @param term folded, of a policy that Cedar's validator has taken, and true or false
 */
export function outcomesOf(term: Term): number {
  if (term.op === 'fault') return ERROR;
  if (term.op === 'value') return term.value === true ? TRUE : FALSE;
  if (term.op === 'if') {
    const [test, yes, no] = [outcomesOf(term.test), outcomesOf(term.yes), outcomesOf(term.no)];
    return or(and(test, yes), and(not(test), no));
  }
  const [one, other] = term.op === 'call' ? term.args : [];
  if (term.op === 'call' && one) {
    if (term.name === '!') return not(outcomesOf(one));
    if (other && term.name === '&&') return and(outcomesOf(one), outcomesOf(other));
    if (other && term.name === '||') return or(outcomesOf(one), outcomesOf(other));
  }
  return OPEN + (mayErr(term) ? ERROR : 0);
}

/** What never errs on values of the right types. Arithmetic overflows, and so does that of times. */
const SAFE = new Set(
  `== != in < <= > >= && || ! contains containsAll containsAny isEmpty hasTag getTag datetime duration decimal ip toTime
   toMilliseconds toSeconds toMinutes toHours toDays lessThan lessThanOrEqual greaterThan greaterThanOrEqual isIpv4 isIpv6
   isLoopback isMulticast isInRange`.split(/\s+/),
);

/** Whether Cedar could err on it, even though its validator knows of each attribute and tag that it is there. */
function mayErr(term: Term): boolean {
  if (term.op === 'fault') return true;
  // Of what is not part of the question, nothing is sent, and Cedar errs.
  if (term.op === 'get' && pathOf(term) === undefined) return true;
  if (term.op === 'call' && !SAFE.has(term.name)) return true;
  return partsOf(term).some(mayErr);
}
