import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Problem, Who } from '../../ports/policy.js';
import type { Loaded, LoadOptions } from '../../policy/load.js';
import { CannotRead, type CommandOutside } from '../outside.js';
import { parseDuration } from '../../domain/duration.js';
import { emailOf } from '../../domain/email.js';
import type { Parts } from '../../policy/policy.js';
import { problemLines } from './report/problems.js';

export { lineOf, pathOf } from './place.js';

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
    const lines = await problemLines(dir, loaded.problems);
    throw new CannotRead([`The policy folder ${dir} does not load:`, ...lines]);
  }
  return loaded;
}

/** `2026-11-20T10:00:00Z`, or with an offset. */
export function instant(text: string): Instant {
  const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const at = written ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write it as 2026-11-20T10:00:00Z.');
  return at;
}

/** Of which requests something was found. Words of times load only now. */
export async function sinceLine(from: Instant, { directory: { timezone } }: Parts): Promise<string> {
  const { wallTime } = await import('../../policy/questions/cells/when.js');
  return `Of every request from ${wallTime(from, timezone)} (${timezone}) on.`;
}

/** What `withTime` gives. */
export interface TimeOptions extends FolderOptions {
  dir?: string;
  at?: Instant;
  json?: true;
}

export function withTime(command: Command): Command {
  return withFolder(command)
    .option('--dir <folder>', 'the policy folder, where [dir] does not name it')
    .option('--at <instant>', 'as if it were then: 2026-11-20T10:00:00Z; default: now', instant)
    .option('--json', 'for programs');
}

/** The folder that a command line names, in either way. @throws CannotRead where it names two */
export function folderOf(argument: string | undefined, dir: string | undefined, otherwise: string): string {
  if (argument !== undefined && dir !== undefined && argument !== dir)
    throw new CannotRead([`name one policy folder, and not both ${argument} and ${dir}`]);
  return argument ?? dir ?? otherwise;
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

/**
 * What is to be known of the groups with which a person is asked about: where they come from, what only Slack knows, and
 * where they are not those that directory.yml lists.
 * @param given names of `--groups`; @param requester absent: nobody in particular
 */
export async function groupsNotes(
  { directory }: Parts,
  given: readonly string[] | undefined,
  requester: string | undefined,
): Promise<string[]> {
  const { listedGroups } = await import('../../policy/questions/seats.js');
  if (given === undefined) {
    const slack = Object.entries(directory.groups).flatMap(([name, group]) =>
      'source' in group ? [name] : [],
    );
    const unknown = `; who is in ${slack.join(', ')}, only Slack knows: say it with --groups`;
    return [`The groups are those that directory.yml lists${slack.length > 0 ? unknown : ''}.`];
  }
  if (requester === undefined) return [];
  const listed = listedGroups(requester, { directory });
  const more = given.filter((name) => 'members' in directory.groups[name]! && !listed.includes(name));
  const fewer = listed.filter((name) => !given.includes(name));
  const lists = `directory.yml lists ${requester}`;
  return [
    ...(more.length > 0 ? [`${lists} not in ${more.join(', ')}: this is the answer if it did.`] : []),
    ...(fewer.length > 0 ? [`${lists} in ${fewer.join(', ')} too: this is the answer if it did not.`] : []),
  ];
}

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
