import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Option } from 'commander';
import { parse } from 'yaml';
import { emailOf } from '../../../domain/email.js';
import type { Instant } from '../../../domain/entitlement.js';
import type { RecordedRequest, UnreadRequest } from '../../../policy/diff/past/recorded.js';
import { codeOf } from '../../../kit/error-code.js';
import { isObject } from '../../../domain/is-object.js';
import { CannotRead } from '../../outside.js';
import { plainLines, print } from '../../terminal.js';
import { markdownOf, textOf } from '../diff-report.js';
import {
  instant,
  mustLoad,
  sinceLine,
  withFolder,
  type FolderOptions,
  type PolicyCommand,
} from '../policy-folder.js';

interface Options extends FolderOptions {
  at?: Instant;
  history?: string;
  groups?: string;
  json?: true;
  markdown?: true;
  exitCode?: true;
}

/** `jit policy diff <old> <new>`: what a change does to every request that could be made, and to those that were. */
export const diffCommand: PolicyCommand = (command, { stdout, now, fail }) =>
  withFolder(command)
    .description(
      'says what a change of the policies does: who may ask for what, who must agree, and which rights they get',
    )
    .argument('<old>', 'the policy folder as it was')
    .argument('<new>', 'the policy folder as it would be')
    .option('--history <file>', 'decides these recorded requests again: JSON Lines of jit audit export')
    .option(
      '--groups <file>',
      'who was in which groups, where --history does not say it: YAML or JSON, { e-mail: [group, …] }',
    )
    .addOption(new Option('--json', 'for programs').conflicts('markdown'))
    .option('--at <instant>', 'of every request from then on: 2026-11-20T10:00:00Z; default: now', instant)
    .option('--markdown', 'for a pull request')
    .option(
      '--exit-code',
      'exit with 1 if decisions, votes, stages or rights differ, with 3 if that is not proven',
    )
    .action(async (old: string, changed: string, options: Options) => {
      const [before, after] = [await mustLoad(old, options), await mustLoad(changed, options)];
      const { decidesDifferently, diffPolicies } = await import('../../../policy/diff/index.js');
      const groups =
        options.groups === undefined ? new Map<string, string[]>() : await groupsIn(options.groups);
      const requests = options.history === undefined ? undefined : await requestsIn(options.history);
      const found = diffPolicies(before, after, options.at ?? now(), requests && { requests, groups });
      const diff = { differs: decidesDifferently(found), ...found };
      const since = plainLines(['', await sinceLine(diff.from, after.parts)]);
      if (options.exitCode && diff.differs) fail();
      if (options.exitCode && diff.open.length > 0) fail(3);
      const report = options.markdown ? markdownOf : textOf;
      await print(stdout, options.json ? `${JSON.stringify(diff)}\n` : report(diff) + since);
    });

/** @throws CannotRead naming the line: half a history must not pass for a whole one */
async function requestsIn(file: string): Promise<(RecordedRequest | UnreadRequest)[]> {
  const { historyReader } = await import('../../../policy/diff/past/recorded.js');
  const reader = historyReader();
  let n = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
      n++;
      if (line.trim() !== '') reader.read(line);
    }
  } catch (error) {
    const why = isObject(error) && 'code' in error ? codeOf(error) : undefined;
    throw new CannotRead([
      why
        ? `${file} cannot be read (${why}); check the path and its permissions.`
        : `${file}:${n} is not a line of the record; write the file with: jit audit export --out ${file}`,
    ]);
  }
  return reader.requests();
}

/** @throws CannotRead */
async function groupsIn(file: string): Promise<Map<string, string[]>> {
  const right = 'write one line for each person: ana@corp.example: [engineers, on-call]';
  let written: unknown;
  try {
    written = parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new CannotRead([`${file} cannot be read (${why}); ${right}.`]);
  }
  if (!isObject(written)) throw new CannotRead([`${file}: ${right}.`]);
  const entries = Object.entries(written).map(([email, groups]: [string, unknown]): [string, string[]] => {
    if (!Array.isArray(groups) || !groups.every((name) => typeof name === 'string'))
      throw new CannotRead([`${file}: ${email} has no list of groups; ${right}.`]);
    return [emailOf(email), groups];
  });
  return new Map(entries);
}
