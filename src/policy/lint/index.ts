import type { Parts } from '../policy.js';
import type { LintOptions } from './written.js';
import { RULES } from './rules/index.js';
import { aboutFolder } from './about.js';
import { ACCEPTANCE_CODES, applyAcceptances, type Accepted } from './accept.js';
import type { LintFinding, LintFound, Severity } from './finding.js';

export type { Accepted } from './accept.js';
export type { LintFinding, Severity } from './finding.js';

const ACCEPTABLE: Record<string, Severity> = Object.assign({}, ...RULES.map(({ codes }) => codes));

/** Every code, with its severity. */
export const CODES: Readonly<Record<string, Severity>> = { ...ACCEPTABLE, ...ACCEPTANCE_CODES };

export interface Linted {
  /** Errors first, then by file and line. */
  findings: LintFinding[];
  /** What the folder accepts, with the reasons. */
  accepted: Accepted[];
}

/**
 * Looks for what a policy folder that loads still does wrong.
 * @param parts what was read from `dir`
 * @throws when the folder has changed since
 */
export async function lint(dir: string, parts: Parts, options: LintOptions): Promise<Linted> {
  const about = await aboutFolder(dir, parts, options);
  const findings = RULES.flatMap((rule) => rule.find(about)).map(complete);
  const {
    found,
    accepted,
    findings: left,
  } = applyAcceptances(findings, about.texts, Object.keys(ACCEPTABLE));
  return {
    findings: [...left, ...found.map(complete)].sort(worstFirst),
    accepted: accepted.sort(worstFirst),
  };
}

function complete({ at, code, ...rest }: LintFound): LintFinding {
  return { code, severity: CODES[code] ?? 'error', ...at, ...rest };
}

const ORDER: Severity[] = ['error', 'warning', 'note'];

function worstFirst(a: LintFinding, b: LintFinding): number {
  const bySeverity = ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity);
  if (bySeverity !== 0) return bySeverity;
  return a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : a.file < b.file ? -1 : 1;
}
