import { InvalidArgumentError } from 'commander';
import type { Tested } from '../../../policy/cases/folder.js';
import type { Mutated } from '../../../policy/cases/mutants.js';
import { lineOf, load, pathOf, withFolder } from '../policy-folder.js';
import type { FolderOptions, PolicyCommand } from '../policy-folder.js';
import { print, wrapped } from '../../terminal.js';

interface Options extends FolderOptions {
  minCoverage?: number;
  filter?: string;
  mutate?: true;
  json?: true;
}

/** `jit policy test`: a folder's own cases, and which policies they cover. */
export const testCommand: PolicyCommand = (command, { stdout, now, folder, fail }) =>
  withFolder(command)
    .description("runs a policy folder's cases; exits with 1 if one fails")
    .argument('[dir]', 'the policy folder')
    .option('--min-coverage <percent>', 'fails where the cases decide by fewer of the policies', percent)
    .option('--filter <text>', 'only the cases with this in their name')
    .option('--mutate', 'makes each policy wrong in one place at a time; exits with 1 where no case notices')
    .option('--json', 'for programs')
    .action(async (dir: string = folder, options: Options) => {
      const loaded = await load(dir, options);
      if ('problems' in loaded) {
        const { problems } = loaded;
        fail(2);
        const lines = [
          ...problems.map((problem) => lineOf(dir, problem)),
          `${dir} does not load; no case was run.`,
        ];
        return print(stdout, options.json ? json({ ok: false, problems }) : wrapped(lines));
      }
      const { mutateFolder, testFolder } = await import('../../../policy/cases/folder.js');
      const tested = await testFolder(dir, loaded, options.filter);
      const tooFew = options.minCoverage !== undefined && tested.percent < options.minCoverage;
      const ok = tested.results.every(({ passed }) => passed) && !tooFew;
      // Of cases that fail already, none would notice.
      const mutated = options.mutate && ok ? await mutateFolder(dir, loaded, now()) : undefined;
      if (!ok || (mutated && mutated.living.length > 0)) fail();
      await print(
        stdout,
        options.json
          ? json({ ok, ...tested, ...(mutated && { mutated }) })
          : wrapped([
              ...report(dir, tested),
              ...(tooFew ? [short(options)] : []),
              ...(mutated ? survivors(mutated) : []),
            ]),
      );
    });

function report(dir: string, { results, coverage, percent: covered }: Tested): string[] {
  const failed = results.filter(({ passed }) => !passed);
  const uncovered = coverage.filter(({ cases }) => cases === 0);
  return [
    ...failed.flatMap((result) => [...failure(dir, result), '']),
    results.length === 0
      ? `${dir} has no cases: write some into ${pathOf(dir, 'cases')}/*.yml, one for each thing that must stay so.`
      : `${results.length - failed.length} of ${results.length} cases pass.`,
    `${coverage.length - uncovered.length} of ${coverage.length} policies decide a case (${shown(covered)} %).`,
    ...(uncovered.length > 0
      ? ['No case is decided by:', ...uncovered.map(({ policy }) => `  ${policy}`)]
      : []),
  ];
}

function survivors({ mutants, living }: Mutated): string[] {
  return [
    `${mutants - living.length} of ${mutants} mistakes are noticed by a case.`,
    ...(living.length > 0 ? ['No case notices:'] : []),
    ...living.map(({ policy, what }) => `  ${policy} ${what}`),
  ];
}

function failure(dir: string, result: Tested['results'][number]): string[] {
  const { name, differences, advice } = result;
  return [
    `FAILED ${lineOf(dir, { ...result, message: name })}`,
    ...differences.flatMap(({ what, expected, actual }) => [
      `  ${what}:`,
      ...(expected === undefined ? [] : [`    - expected  ${expected}`]),
      ...(actual === undefined ? [] : [`    + actual    ${actual}`]),
    ]),
    ...advice.map((text) => `  advice: ${text}`),
  ];
}

const short = ({ minCoverage = 0 }: Options) =>
  `That is less than ${shown(minCoverage)} %: write a case for each policy named above.`;
const shown = (percentage: number) => String(Math.floor(percentage * 10) / 10);
const json = (value: object) => `${JSON.stringify(value)}\n`;

function percent(text: string): number {
  const value = /^\d{1,3}(?:\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : NaN;
  if (value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('Write a percentage from 0 to 100.');
}
