import { counted } from '../../../kit/diagnosis.js';
import type { Problem } from '../../../ports/policy.js';
import type { Validated } from '../../../policy/cases/folder.js';
import { annotation, codeFor, lineOf, loadOptions, pathOf, withFolder } from '../policy-folder.js';
import type { FolderOptions, PolicyCommand } from '../policy-folder.js';
import { plainLines, print } from '../../terminal.js';

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
      else await print(stdout, report(dir, validated));
    });

/** One line for each, as editors and problem matchers read it. */
function report(dir: string, { problems, warnings, counts }: Validated): string {
  const lines = [
    ...problems.map((problem) => lineOf(dir, problem)),
    ...warnings.map((problem) => lineOf(dir, { ...problem, message: `warning: ${problem.message}` })),
  ];
  const read = counts
    ? `${dir}: ${counted(counts.policies, 'policy', 'policies')}, ${counted(counts.entitlements, 'entitlement')}, ` +
      `${counted(counts.cases, 'case')}; `
    : `${dir} does not load; `;
  const found =
    problems.length + warnings.length === 0
      ? 'nothing is wrong.'
      : `${counted(problems.length, 'problem')}, ${counted(warnings.length, 'warning')}.`;
  return plainLines([...lines, read + found]);
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
