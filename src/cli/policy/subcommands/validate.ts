import { counted } from '../../../kit/diagnosis.js';
import type { Problem } from '../../../ports/policy.js';
import type { Validated } from '../../../policy/cases/folder.js';
import { annotation, codeFor, pathOf } from '../place.js';
import { loadOptions, withFolder } from '../policy-folder.js';
import type { FolderOptions, PolicyCommand } from '../policy-folder.js';
import { problemText, shownProblems } from '../report/problems.js';
import { plainLines, print, showsColours } from '../../terminal.js';

interface Options extends FolderOptions {
  json?: true;
  github?: true;
  strict?: true;
}

/** `jit policy validate`: everything that is wrong with a folder, by file, line and column. */
export const validateCommand: PolicyCommand = (command, { stdout, folder, fail }) =>
  withFolder(command)
    .description(
      'everything that is wrong with a policy folder; exits with 1 if anything is, with 2 if it cannot be read',
    )
    .argument('[dir]', 'the policy folder')
    .option('--json', 'for programs')
    .option('--github', 'as annotations of GitHub Actions')
    .option('--strict', 'warnings are errors')
    .action(async (dir: string = folder, options: Options) => {
      const { validateFolder } = await import('../../../policy/cases/folder.js');
      const validated = await validateFolder(dir, await loadOptions(options));
      const { problems, warnings } = validated;
      const ok = problems.length + (options.strict ? warnings.length : 0) === 0;
      if (!ok) fail(codeFor(dir, problems));
      if (options.json) await print(stdout, `${JSON.stringify({ ok, ...validated })}\n`);
      else if (options.github) await print(stdout, annotations(dir, validated, options.strict));
      else await print(stdout, await report(dir, validated, showsColours(stdout)));
    });

/** One line for each, as editors and problem matchers read it, with its place in the file under it. */
async function report(
  dir: string,
  { problems, warnings, counts }: Validated,
  colours: boolean,
): Promise<string> {
  const shown = await shownProblems(dir, problems);
  const warned = await shownProblems(
    dir,
    warnings.map((problem) => ({ ...problem, message: `warning: ${problem.message}` })),
  );
  const read = counts
    ? `${dir}: ${counted(counts.policies, 'policy', 'policies')}, ${counted(counts.entitlements, 'entitlement')}, ` +
      `${counted(counts.cases, 'case')}; `
    : `${dir} does not load; `;
  const found =
    problems.length + warnings.length === 0
      ? 'nothing is wrong.'
      : `${counted(problems.length, 'problem')}, ${counted(warnings.length, 'warning')}.`;
  return [
    problemText(shown, colours ? 'red' : undefined),
    problemText(warned, colours ? 'yellow' : undefined),
    plainLines([read + found]),
  ].join('');
}

function annotations(dir: string, { problems, warnings }: Validated, strict: true | undefined): string {
  const annotate = (level: 'error' | 'warning', { file, line, column, message }: Problem) => {
    const path = pathOf(dir, file).replaceAll('\\', '/');
    return annotation(level, { file: path, line, col: line && column }, message);
  };
  const level = strict ? 'error' : 'warning';
  return [
    ...problems.map((one) => annotate('error', one)),
    ...warnings.map((one) => annotate(level, one)),
  ].join('');
}
