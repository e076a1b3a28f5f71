import { InvalidArgumentError } from 'commander';
import type { Instant } from '../../../domain/entitlement.js';
import type { Tested } from '../../../policy/cases/folder.js';
import type { Mutated } from '../../../policy/cases/mutants.js';
import { instant, lineOf, load, pathOf, withFolder } from '../policy-folder.js';
import { problemLines } from '../report/problems.js';
import type { FolderOptions, PolicyCommand } from '../policy-folder.js';
import { plainLines, print, wrapped } from '../../terminal.js';

/** In milliseconds. */
const MINUTE = 60_000;

interface Options extends FolderOptions {
  minCoverage?: number;
  filter?: string;
  at?: Instant;
  mutate?: true;
  json?: true;
}

/** `jit policy test`: a folder's own cases and laws, and which policies they cover. */
export const testCommand: PolicyCommand = (command, { stdout, now, folder, fail }) =>
  withFolder(command)
    .description(
      "runs a policy folder's cases and proves its laws; exits with 1 if one fails, with 3 if one is not proven",
    )
    .argument('[dir]', 'the policy folder')
    .option('--min-coverage <percent>', 'fails where the cases decide by fewer of the policies', percent)
    .option('--filter <text>', 'only the cases with this in their name')
    .option('--at <instant>', 'laws are proven from then on: 2026-11-20T10:00:00Z; default: now', instant)
    .option('--mutate', 'makes each policy wrong in one place at a time; exits with 1 where no case notices')
    .option('--json', 'for programs')
    .action(async (dir: string = folder, options: Options) => {
      const loaded = await load(dir, options);
      if ('problems' in loaded) {
        const { problems } = loaded;
        fail(2);
        const lines = [...(await problemLines(dir, problems)), `${dir} does not load; no case was run.`];
        return print(stdout, options.json ? json({ ok: false, problems }) : plainLines(lines));
      }
      const { mutateFolder, testFolder } = await import('../../../policy/cases/folder.js');
      const { at: from = Math.floor(now() / MINUTE) * MINUTE, filter } = options;
      const tested = await testFolder(dir, loaded, { from, filter });
      const tooFew = options.minCoverage !== undefined && tested.percent < options.minCoverage;
      const failed = tested.results.filter(({ passed }) => !passed);
      // What is named and is not there was misspelt: a pipeline must not pass on no case at all.
      const isMissed = filter !== undefined && tested.results.length === 0;
      const ok = failed.length === 0 && !tooFew && !isMissed;
      // Of cases that fail already, none would notice.
      const mutated = options.mutate && ok ? await mutateFolder(dir, loaded, from) : undefined;
      const isOpen = !tooFew && !isMissed && failed.every(({ law }) => law?.is === 'not proven');
      if (!ok || (mutated && mutated.living.length > 0)) fail(ok || !isOpen ? 1 : 3);
      await print(
        stdout,
        options.json
          ? json({ ok, from, ...tested, ...(mutated && { mutated }) })
          : wrapped([
              ...report(dir, tested, options, from),
              ...(tooFew ? [short(options)] : []),
              ...(mutated ? survivors(mutated) : []),
            ]),
      );
    });

function report(
  dir: string,
  { results, coverage, percent: covered }: Tested,
  { filter }: Options,
  from: Instant,
): string[] {
  const failed = results.filter(({ passed }) => !passed);
  const none =
    filter === undefined
      ? `${dir} has no cases: write some into ${pathOf(dir, 'cases')}/*.yml, one for each thing that must stay so.`
      : `${dir} has no case with "${filter}" in its name.`;
  const laws = results.filter(({ law }) => law).length;
  const since = new Date(from).toISOString().replace(/(?::00)?\.000Z$/, 'Z');
  const about = laws === 1 ? '1 of them is a law: it speaks' : `${laws} of them are laws: they speak`;
  return [
    ...failed.flatMap((result) => [...failure(dir, result), '']),
    results.length === 0 ? none : `${results.length - failed.length} of ${results.length} cases pass.`,
    ...(laws > 0 ? [`${about} of every request from ${since} on.`] : []),
    ...(filter === undefined ? coverageText(coverage, covered) : []),
  ];
}

/** Which policies no case decides, and cases that would change that. */
function coverageText(coverage: Tested['coverage'], covered: number): string[] {
  const able = coverage.filter(({ decides }) => decides !== 'never');
  const uncovered = able.filter(({ cases }) => cases === 0);
  const never = coverage.filter(({ decides }) => decides === 'never');
  const examples = uncovered.flatMap((one) => (one.decides === 'something' ? [one.example] : []));
  return [
    `${able.length - uncovered.length} of ${able.length} policies decide a case (${shown(covered)} %).`,
    ...(uncovered.length > 0
      ? [
          'No case is decided by:',
          ...uncovered.map((one) =>
            one.decides === 'not proven'
              ? `  ${one.policy}, nor is it proven that one could be: ${one.why.join('; ')}`
              : `  ${one.policy}`,
          ),
        ]
      : []),
    ...(never.length > 0
      ? [
          'These policies decide nothing that people could ask, and need no case:',
          ...never.map(({ policy }) => `  ${policy}`),
        ]
      : []),
    ...(examples.length > 0
      ? ['', 'Cases that would be, with the answers of today:', '', ...examples.flatMap(linesOf)]
      : []),
  ];
}

const linesOf = (text: string) => text.trimEnd().split('\n');

function survivors({ mutants, living }: Mutated): string[] {
  return [
    `${mutants - living.length} of ${mutants} mistakes are noticed by a case.`,
    ...(living.length > 0 ? ['No case notices:'] : []),
    ...living.map(({ policy, what }) => `  ${policy} ${what}`),
  ];
}

function failure(dir: string, result: Tested['results'][number]): string[] {
  const { name, differences, advice, law } = result;
  const found =
    law?.is === 'broken'
      ? [
          '  broken by this question, of which this is the answer:',
          ...linesOf(law.example).map((line) => `    ${line}`),
        ]
      : differences.flatMap(({ what, expected, actual }) => [
          `  ${what}:`,
          ...(expected === undefined ? [] : [`    - expected  ${expected}`]),
          ...(actual === undefined ? [] : [`    + actual    ${actual}`]),
        ]);
  return [
    `FAILED ${lineOf(dir, { ...result, message: name })}`,
    ...found,
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
