import { covers } from '../../statements.js';

/** Actions, or resources, as a statement names them: some patterns, or everything but some. */
export type PatternSpan = { only: string[] } | { allBut: string[] };

/** Actions have one spelling whatever the case; a variable in a resource stands for any text. */
export const asAction = (pattern: string): string => pattern.toLowerCase();
const filled = (pattern: string): string => pattern.replace(/\$\{[^}]*\}/g, '*');

/** A token of STS that outlives its session has to be named letter for letter: nothing else gives it. */
const isToken = (pattern: string): boolean => /^sts:get\w*token$/i.test(pattern);

const asWritten = (pattern: string): string => pattern;

/** @returns whether a span holds all that another does; where it says so, it is so */
export function holderOf(wide: PatternSpan, as = asWritten): (narrow: PatternSpan) => boolean {
  if ('allBut' in wide) {
    const left = wide.allBut.map(as);
    return (narrow) =>
      'only' in narrow
        ? narrow.only.map(as).every((one) => !isToken(one) && left.every((not) => areApart(not, one)))
        : left.every((not) => narrow.allBut.map(as).some((other) => isWithin(other, not)));
  }
  const named = new Set(wide.only.map(as));
  const patterns = [...named].filter((one) => /[*?]/.test(one));
  const holds = (one: string) => named.has(one) || patterns.some((pattern) => isWithin(pattern, one));
  return (narrow) =>
    'only' in narrow ? narrow.only.map(as).every(holds) : patterns.some((one) => /^\*+$/.test(one));
}

function isWithin(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  return !isToken(narrow) && !wide.includes('${') && covers(wide, filled(narrow));
}

/** Whether nothing is matched by both. Where it says so, it is so. */
function areApart(one: string, other: string): boolean {
  const [a, b] = [filled(one), filled(other)];
  const isText = (pattern: string) => !/[*?]/.test(pattern);
  if (isText(a)) return !covers(b, a);
  if (isText(b)) return !covers(a, b);
  const [headA, headB] = [a, b].map((pattern) => /^[^*?]*/.exec(pattern)![0]) as [string, string];
  const [tailA, tailB] = [a, b].map((pattern) => /[^*?]*$/.exec(pattern)![0]) as [string, string];
  const meet = (x: string, y: string, how: 'startsWith' | 'endsWith') => x[how](y) || y[how](x);
  return !meet(headA, headB, 'startsWith') || !meet(tailA, tailB, 'endsWith');
}
