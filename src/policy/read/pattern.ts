import { LONGEST_TICKET } from '../../domain/request/text.js';

const LONGEST = 100;
/** On a ticket of 64 characters this many are still tried out in well under a second. */
const REPETITIONS = 5;

/**
 * Checks a ticket pattern from directory.yml.
 * @returns a sentence that says what is wrong with it, or undefined.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `is longer than ${LONGEST} characters`;
  try {
    RegExp(pattern); // and not only within the brackets that `wholly` adds
  } catch (error) {
    return `is not a regular expression (${error instanceof Error ? error.message : String(error)})`;
  }
  if (mayBacktrack(pattern)) {
    return 'may take for ever on some texts, since it repeats a group that itself repeats or chooses';
  }
  const repetitions = bare(pattern).match(VARIABLE)?.length ?? 0;
  if (repetitions > REPETITIONS) {
    return `may take for ever on some texts, since it holds ${repetitions} repetitions and not ${REPETITIONS} at most`;
  }
  return undefined;
}

/** What is wrong with the example of a ticket, as a sentence; undefined: nothing, or there is none. */
export function exampleProblem(example: string | undefined, pattern: string): string | undefined {
  if (example === undefined) return undefined;
  const shown = JSON.stringify(example.slice(0, 80));
  if (example.length > LONGEST_TICKET)
    return `${shown} is longer than ${LONGEST_TICKET} characters; write a ticket that people could have`;
  return wholly(pattern).test(example)
    ? undefined
    : `${shown} does not match the pattern ${pattern}; write a ticket that does, or correct the pattern`;
}

/** The whole ticket must match, not a part of it. */
export function wholly(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

const VARIABLE = /[*+?]|\{\d+,\d*\}/g;

/** The pattern's operators alone: escapes and classes become a letter, what a group begins with is dropped. */
function bare(pattern: string): string {
  return pattern
    .replaceAll(/\\./g, 'x')
    .replaceAll(/\[[^\]]*\]/g, 'x')
    .replaceAll(/\((?:\?(?:[:=!]|<[=!]|<\w+>))/g, '(');
}

/**
 * Catastrophic backtracking needs a repeated group in which the same text can be matched in several ways: one that
 * holds a repetition of its own or an alternative, or a back-reference. Refuses a little more than is dangerous.
 */
function mayBacktrack(pattern: string): boolean {
  if (/\\[1-9k]/.test(pattern)) return true;
  const groups: boolean[] = [];
  const vary = () => void (groups.length > 0 && groups.splice(-1, 1, true));
  for (const [operator] of bare(pattern).matchAll(/\((?!\?)|\)(?:[*+]|\{)?|\||[*+?]|\{\d+,/g)) {
    if (operator === '(') groups.push(false);
    else if (operator.startsWith(')')) {
      const varies = groups.pop() ?? false;
      if (varies && operator.length > 1) return true;
      if (varies) vary();
    } else vary();
  }
  return false;
}
