import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../../domain/duration.js';
import { emailOf } from '../../domain/email.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { Who } from '../../ports/policy.js';
import type { Parts } from '../../policy/policy.js';
import { CannotRead } from '../cannot-read.js';
import { instant, withFolder, type FolderOptions } from './policy-folder.js';

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

export function email(text: string): string {
  if (/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(text)) return emailOf(text);
  throw new InvalidArgumentError('Write an e-mail address.');
}

export function duration(text: string): Millis {
  const read = parseDuration(text);
  if (read === undefined) throw new InvalidArgumentError('Write a duration from 1m to 7d, such as 1h30m.');
  return read;
}

/** A person with the groups that were given, or those of the files. @throws CannotRead on a group that nobody knows */
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
