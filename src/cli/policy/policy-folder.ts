import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Problem, Who } from '../../ports/policy.js';
import type { Loaded, LoadOptions } from '../../policy/load.js';
import { CannotRead, type CommandOutside } from '../outside.js';
import { parseDuration } from '../../domain/duration.js';
import { emailOf } from '../../domain/email.js';
import type { Parts } from '../../policy/policy.js';

/** Gives a command its options and its action. */
export type PolicyCommand = (command: Command, outside: CommandOutside) => Command;

export interface FolderOptions {
  ownAccount?: string;
}

/** What a command can say of the folder that the folder does not say itself. */
export function withFolder(command: Command): Command {
  return command.addOption(
    new Option('--own-account <id>', 'the AWS account that jit runs in').argParser((id) => {
      if (/^\d{12}$/.test(id)) return id;
      throw new InvalidArgumentError('Write the 12 digits of an AWS account.');
    }),
  );
}

export async function loadOptions({ ownAccount }: FolderOptions): Promise<LoadOptions> {
  const { grantKinds } = await import('../../grants/kinds.js');
  return { kinds: grantKinds, ...(ownAccount !== undefined && { ownAccount }) };
}

/** Everything that a folder says, or everything that is wrong with it. Cedar loads only now. */
export async function load(dir: string, options: FolderOptions): Promise<Loaded | { problems: Problem[] }> {
  const { loadFolder } = await import('../../policy/load.js');
  return loadFolder(dir, await loadOptions(options));
}

/** A folder for a command that can only work with one that loads. @throws CannotRead with all problems */
export async function mustLoad(dir: string, options: FolderOptions): Promise<Loaded> {
  const loaded = await load(dir, options);
  if ('problems' in loaded) {
    const lines = loaded.problems.map((problem) => lineOf(dir, problem));
    throw new CannotRead([`The policy folder ${dir} does not load:`, ...lines]);
  }
  return loaded;
}

/** The exit code for what is wrong with a folder: 2 where the folder itself cannot be read. */
export const codeFor = (dir: string, problems: readonly Problem[]): 1 | 2 =>
  problems.some(({ file }) => file === dir) ? 2 : 1;

/** `policies/catalog.yml:12:5: …`, on one line, as editors and pipelines read it. */
export function lineOf(dir: string, { file, line, column, message }: Problem): string {
  return (
    [pathOf(dir, file), line, line && column].filter((part) => part !== undefined).join(':') + `: ${message}`
  );
}

/** From where the command runs. A problem of the whole folder names the folder itself. */
export const pathOf = (dir: string, file: string) => (file === dir ? dir : join(dir, file));

/** An annotation, in GitHub's own escapes: https://github.com/actions/toolkit, core/src/command.ts */
export function annotation(
  level: 'error' | 'warning' | 'notice',
  properties: Record<string, string | number | undefined>,
  message: string,
): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const where = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
  return `::${level} ${where.join(',')}::${data(message)}\n`;
}

/** `2026-11-20T10:00:00Z`, or with an offset. */
export function instant(text: string): Instant {
  const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const at = written ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write it as 2026-11-20T10:00:00Z.');
  return at;
}

/** What `withTime` gives. */
export interface TimeOptions extends FolderOptions {
  dir?: string;
  at?: Instant;
  json?: true;
}

export function withTime(command: Command): Command {
  return withFolder(command)
    .option('--dir <folder>', 'the policy folder')
    .option('--at <instant>', 'as if it were then: 2026-11-20T10:00:00Z; default: now', instant)
    .option('--json', 'for programs');
}

export const groupsOption = () =>
  new Option(
    '--groups <names>',
    'their groups, by commas; default: those in which directory.yml lists them',
  ).argParser((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );

/** What is found of a person, and what cannot be. */
export interface FoundInputs {
  given: Record<string, number | boolean>;
  failed: Record<string, string>;
}

export const inputOption = () =>
  new Option('--input <name=value...>', 'what is found of them: liveGrants=2 onCall=true, or onCall=unknown');

/** @param texts each `name=value` @throws CannotRead */
export async function inputsIn(texts: readonly string[] = []): Promise<FoundInputs> {
  const { ATTRIBUTES, USUAL } = await import('../../policy/inputs/index.js');
  const found: FoundInputs = { given: {}, failed: {} };
  for (const text of texts) {
    const [name = '', value = ''] = text.split('=', 2);
    await mustKnow('input', name, Object.keys(USUAL));
    const { type, input } = ATTRIBUTES.get(name)!;
    const right = type === 'Bool' ? 'true, false or unknown' : 'a whole number, or unknown';
    if (value === 'unknown') found.failed[input] = 'it is said to be unknown';
    else if (type === 'Bool' && (value === 'true' || value === 'false')) found.given[name] = value === 'true';
    else if (type === 'Long' && /^\d{1,15}$/.test(value)) found.given[name] = Number(value);
    else throw new CannotRead([`--input ${text} is not right; write ${name}= with ${right}`]);
  }
  return found;
}

export function email(text: string): string {
  if (/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(text)) return emailOf(text);
  throw new InvalidArgumentError('Write an e-mail address.');
}

export function duration(text: string): Millis {
  const read = parseDuration(text);
  if (read === undefined) throw new InvalidArgumentError('Write a duration from 1m to 7d, such as 1h30m.');
  return read;
}

/** A person with the groups that were given, or those of the files. @throws CannotRead on an unknown group */
export async function whoOf(address: string, groups: string[] | undefined, parts: Parts): Promise<Who> {
  const { listedGroups } = await import('../../policy/questions/seats.js');
  for (const name of groups ?? []) await mustKnow('group', name, Object.keys(parts.directory.groups));
  return { email: address, groups: groups ?? listedGroups(address, parts) };
}

/** @throws CannotRead with the name that is nearest, or all that are known */
export async function mustKnow(what: string, name: string, known: Iterable<string>): Promise<void> {
  const names = [...known];
  if (names.includes(name)) return;
  const { suggest } = await import('../../policy/read/suggest.js');
  throw new CannotRead([`unknown ${what} "${name}"; ${suggest(name, names, `${what}s`)}`]);
}
