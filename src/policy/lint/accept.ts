import { suggest } from '../read/suggest.js';
import type { LintFinding, LintFound, Severity } from './finding.js';

type Code = 'acceptance-unused' | 'acceptance-malformed';

/** These cannot be accepted themselves. */
export const ACCEPTANCE_CODES: Record<Code, Severity> = {
  'acceptance-unused': 'warning',
  'acceptance-malformed': 'error',
};

export interface Accepted extends LintFinding {
  reason: string;
}

interface Acceptance {
  file: string;
  /** Of the comment, and of what it is about. */
  line: number;
  target: number;
  code: string;
  reason: string;
}

const FORM = 'jit-lint: accept <code> because <reason>';

/**
 * Takes out what the files accept: a comment at the end of the finding's line, or on lines of its own above it.
 * @returns what is left, and what the acceptances themselves lead to
 */
export function applyAcceptances(
  findings: LintFinding[],
  texts: ReadonlyMap<string, string>,
  codes: readonly string[],
): { findings: LintFinding[]; accepted: Accepted[]; found: LintFound<Code>[] } {
  const { acceptances, found } = read(texts, codes);
  const used = new Set<Acceptance>();
  const accepted: Accepted[] = [];
  const left = findings.filter((finding) => {
    const match = acceptances.find(
      ({ file, target, code }) => finding.file === file && finding.line === target && finding.code === code,
    );
    if (!match) return true;
    used.add(match);
    accepted.push({ ...finding, reason: match.reason });
    return false;
  });
  const unused = acceptances.filter((acceptance) => !used.has(acceptance));
  found.push(
    ...unused.map(({ file, line, code }) => ({
      code: 'acceptance-unused' as const,
      at: { file, line },
      subject: code,
      explanation: 'accepts what is not found there (any more), and would hide it if it came back',
      remedy: 'take the comment out, or put it right above the line that it is about',
    })),
  );
  return { findings: left, accepted, found };
}

function read(
  texts: ReadonlyMap<string, string>,
  codes: readonly string[],
): { acceptances: Acceptance[]; found: LintFound<Code>[] } {
  const acceptances: Acceptance[] = [];
  const found: LintFound<Code>[] = [];
  for (const [file, text] of texts) {
    const mark = file.endsWith('.yml') ? '#' : '//';
    const comment = new RegExp(String.raw`(?<=^|\s)${mark}[ \t]{0,8}(jit-lint\b.*)$`);
    const lines = text.split(/\r\n|\n|\r/);
    const isAside = (line: string) => line.trim() === '' || line.trimStart().startsWith(mark);
    for (const [i, written] of lines.entries()) {
      const match = comment.exec(written);
      const said = match?.[1];
      if (said === undefined) continue;
      const [, code, reason] = /^jit-lint:\s*accept\s+(\S+)\s+because\s+(\S.*)$/.exec(said) ?? [];
      const line = i + 1;
      if (code === undefined || reason === undefined || !codes.includes(code)) {
        const why =
          code === undefined || reason === undefined
            ? 'is not an acceptance, which needs a code and a reason'
            : `accepts the unknown code "${code}"; ${suggest(code, codes, 'codes')}`;
        found.push({
          code: 'acceptance-malformed',
          at: { file, line },
          subject: code ?? 'jit-lint',
          explanation: why,
          remedy: `write ${mark} ${FORM}`,
        });
        continue;
      }
      const own = written.slice(0, match?.index).trim() === '';
      const next = lines.findIndex((other, j) => j > i && !isAside(other));
      acceptances.push({
        file,
        line,
        target: own && next !== -1 ? next + 1 : line,
        code,
        reason: reason.trim(),
      });
    }
  }
  return { acceptances, found };
}
