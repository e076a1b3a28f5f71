import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import type { Instant } from '../../../domain/entitlement.js';
import type { Accepted, LintFinding, Linted, Severity } from '../../../policy/lint/index.js';
import { codeOf } from '../../../kit/error-code.js';
import { CannotRead } from '../../outside.js';
import { plainLines, print } from '../../terminal.js';
import { annotation, lineOf, pathOf } from '../place.js';
import { instant, mustLoad, sinceLine, withFolder } from '../policy-folder.js';
import type { FolderOptions, PolicyCommand } from '../policy-folder.js';
import { few, textOfLine } from '../report/line.js';

interface Options extends FolderOptions {
  members?: string;
  ticket?: string;
  at?: Instant;
  maxWarnings?: number;
  all?: true;
  json?: true;
  github?: true;
}

/** `jit policy lint`: what a folder that loads still does wrong. */
export const lintCommand: PolicyCommand = (command, { stdout, now, folder, fail }) =>
  withFolder(command)
    .description(
      'finds what nobody can ask for or approve, and what gives too much; exits with 1 on an error, with 3 if something is not proven',
    )
    .argument('[dir]', 'the policy folder', folder)
    .option('--members <file>', 'who is in the Slack user groups: {"<id>": ["<e-mail>", …]}')
    .option('--ticket <ticket>', 'a ticket that fits the directory’s pattern')
    .option('--at <time>', 'the week to look at; default: this one', instant)
    .option('--max-warnings <n>', 'exits with 1 on more warnings than that', whole)
    .option('--all', 'also lists what the folder accepts, with the reasons')
    .option('--github', 'as annotations for GitHub Actions')
    .option('--json', 'for programs')
    .action(async (dir: string, options: Options) => {
      const { parts } = await mustLoad(dir, options);
      // Cedar: no other command waits for it to load.
      const { lint } = await import('../../../policy/lint/index.js');
      const { readMembers } = await import('../../../policy/lint/members.js');
      const { grantKinds } = await import('../../../grants/kinds.js');
      const { members: file, ticket, at, maxWarnings = Infinity } = options;
      const members = file === undefined ? undefined : readMembers(await textOf(file), parts.directory);
      const linted = await lint(dir, parts, {
        at: at ?? now(),
        kinds: grantKinds,
        ...(members && { members }),
        ...(ticket !== undefined && { ticket }),
      });
      const ok = count(linted.findings, 'error') === 0 && count(linted.findings, 'warning') <= maxWarnings;
      if (!ok) fail();
      if (linted.findings.some(({ code }) => code === 'not-proven')) fail(3);
      if (options.json) await print(stdout, `${JSON.stringify({ ok, ...linted })}\n`);
      else if (options.github)
        await print(stdout, linted.findings.map((finding) => annotationOf(dir, finding)).join(''));
      else {
        const since = plainLines([await sinceLine(at ?? now(), parts)]);
        await print(stdout, report(dir, linted, options.all === true) + since);
      }
    });

/** @throws CannotRead */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CannotRead([`${file} cannot be read (${codeOf(error)}); check the path and its permissions.`]);
  }
}

function whole(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}

function count(findings: LintFinding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

function report(dir: string, { findings, accepted }: Linted, all: boolean): string {
  const line = (finding: LintFinding, message: string) =>
    lineOf(dir, { ...finding, message: `${message} [${finding.code}]` });
  const lines = [
    ...firstOfEach(grouped(findings), (finding) => line(finding, `${finding.severity}: ${said(finding)}`)),
    ...firstOfEach(grouped(all ? accepted : []), (finding) =>
      line(finding, `accepted: ${finding.subject}: ${finding.explanation}. Because ${finding.reason}`),
    ),
    `errors: ${count(findings, 'error')}, warnings: ${count(findings, 'warning')}, notes: ` +
      `${count(findings, 'note')}, accepted: ${accepted.length}`,
  ];
  return plainLines(lines);
}

/** What is found alike of several, in one line at the place of the first of them. */
function grouped<T extends LintFinding & Partial<Accepted>>(findings: readonly T[]): T[] {
  const groups = new Map<string, T[]>();
  for (const finding of findings) {
    const { code, severity, explanation, remedy, reason } = finding;
    const key = JSON.stringify([code, severity, explanation, remedy, reason]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((same) => {
    const subjects = [...new Set(same.map(({ subject }) => subject))];
    return { ...same[0]!, subject: textOfLine(few(subjects)) };
  });
}

/** As many lines of one code as a person reads. */
const MOST = 10;

/** The first of each code, in the place where they stand, and how many more there are. */
function firstOfEach<T extends LintFinding>(findings: readonly T[], line: (finding: T) => string): string[] {
  const counts = new Map<string, number>();
  const shown = findings.filter(({ code }) => {
    counts.set(code, (counts.get(code) ?? 0) + 1);
    return counts.get(code)! <= MOST;
  });
  return shown.flatMap((finding, n) => {
    const more = counts.get(finding.code)! - MOST;
    const isLast = !shown.slice(n + 1).some(({ code }) => code === finding.code);
    return more > 0 && isLast
      ? [line(finding), `… and ${more} more [${finding.code}]: --json has them all`]
      : [line(finding)];
  });
}

function said({ subject, explanation, remedy }: LintFinding): string {
  return `${subject}: ${explanation}. To mend it: ${remedy}.`;
}

const LEVELS = { error: 'error', warning: 'warning', note: 'notice' } as const;

function annotationOf(dir: string, finding: LintFinding): string {
  const { severity, file, line, code } = finding;
  return annotation(LEVELS[severity], { file: pathOf(dir, file), line, title: code }, said(finding));
}
