import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import type { Instant } from '../../../domain/entitlement.js';
import type { Accepted, LintFinding, Linted, Severity } from '../../../policy/lint/index.js';
import { plainLines } from '../../terminal.js';
import { annotation, instant, lineOf, mustLoad, pathOf, withFolder } from '../policy-folder.js';
import type { FolderOptions, PolicyCommand } from '../policy-folder.js';

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
      'finds what nobody can ask for or approve, and what gives too much; exits with 1 on an error',
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
      const members =
        file === undefined ? undefined : readMembers(await readFile(file, 'utf8'), parts.directory);
      const linted = await lint(dir, parts, {
        at: at ?? now(),
        kinds: grantKinds,
        ...(members && { members }),
        ...(ticket !== undefined && { ticket }),
      });
      const ok = count(linted.findings, 'error') === 0 && count(linted.findings, 'warning') <= maxWarnings;
      if (!ok) fail();
      if (options.json) stdout.write(`${JSON.stringify({ ok, ...linted })}\n`);
      else if (options.github)
        stdout.write(linted.findings.map((finding) => annotationOf(dir, finding)).join(''));
      else stdout.write(report(dir, linted, options.all === true));
    });

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
    ...findings.map((finding) => line(finding, `${finding.severity}: ${said(finding)}`)),
    ...(all ? accepted : []).map((finding: Accepted) =>
      line(finding, `accepted: ${finding.subject}: ${finding.explanation}. Because ${finding.reason}`),
    ),
    `errors: ${count(findings, 'error')}, warnings: ${count(findings, 'warning')}, notes: ` +
      `${count(findings, 'note')}, accepted: ${accepted.length}`,
  ];
  return plainLines(lines);
}

function said({ subject, explanation, remedy }: LintFinding): string {
  return `${subject}: ${explanation}. To mend it: ${remedy}.`;
}

const LEVELS = { error: 'error', warning: 'warning', note: 'notice' } as const;

function annotationOf(dir: string, finding: LintFinding): string {
  const { severity, file, line, code } = finding;
  return annotation(LEVELS[severity], { file: pathOf(dir, file), line, title: code }, said(finding));
}
