import type { Problem } from '../../ports/policy.js';

/** `error`: a person gets too much, or nothing. `warning`: likely not what was meant. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note';

export interface LintFinding {
  /** Stable, in kebab case; `docs/lint.md` explains each. */
  code: string;
  severity: Severity;
  /** A file of the policy folder. */
  file: string;
  line?: number;
  /** What it is about: the id of an entitlement or a policy, a stage, a group, a person. */
  subject: string;
  explanation: string;
  /** What to do about it. */
  remedy: string;
}

/** Where in the folder something stands. */
export type FilePlace = Pick<Problem, 'file' | 'line'>;

/** A finding without what follows from its code. */
export type LintFound<Code extends string = string> = Omit<
  LintFinding,
  'severity' | 'file' | 'line' | 'code'
> & {
  code: Code;
  at: FilePlace;
};

/** Names in a sentence, no more than eight of them. */
export function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length > 8 ? ` and ${distinct.length - 8} more` : '';
  return `${distinct.slice(0, 8).join(', ')}${more}`;
}
