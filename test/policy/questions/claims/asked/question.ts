import type { DirectoryConfig } from '../../../../../src/domain/directory.js';
import type { Loaded } from '../../../../../src/policy/load.js';
import type { AskedQuestion } from '../../../../../src/policy/questions/locate.js';
import type { RandomFolder } from '../made/folders.js';
import type { Found } from './values.js';

/** A folder as it was made up, and as it was loaded. */
export interface Side {
  made: RandomFolder;
  loaded: Loaded;
}

/** Somebody, and the Slack user groups that they are in. */
export interface Person {
  email: string;
  slack: readonly string[];
}

/** A question that somebody could put to one or two folders. */
export interface Question {
  person: Person;
  entitlement: string;
  duration: number;
  ticket: string | undefined;
  inputs: Found;
  at: number;
}

/** Every combination of the Slack user groups. */
export function slackSets(sides: readonly Side[]): string[][] {
  const groups = sides.flatMap(({ loaded }) => Object.values(loaded.parts.directory.groups));
  const ids = [...new Set(groups.flatMap((group) => ('source' in group ? [group.id] : [])))];
  return ids.reduce<string[][]>((found, id) => found.flatMap((one) => [one, [...one, id]]), [[]]);
}

/** By the names that a folder has for them. */
export const groupsIn = ({ groups }: DirectoryConfig, { email, slack }: Person): string[] =>
  Object.entries(groups)
    .filter(([, group]) => ('source' in group ? slack.includes(group.id) : group.members.includes(email)))
    .map(([name]) => name);

export const offered = (sides: readonly Side[], entitlement: string): number[] =>
  [
    ...new Set(sides.flatMap(({ loaded }) => loaded.parts.entitlements.get(entitlement)?.durations ?? [])),
  ].sort((a, b) => a - b);

/** As a question has them: an emergency is none of the inputs. */
export function putOf({ given, failed }: Found): Pick<AskedQuestion, 'given' | 'failed' | 'emergency'> {
  const { emergency, ...found } = given;
  return { given: found, failed, ...(emergency === true && { emergency }) };
}

/** A question as one of the folders is asked it. */
export function askedOf(
  { loaded }: Side,
  { person, entitlement, duration, ticket, at, inputs }: Question,
): AskedQuestion {
  const who = { email: person.email, groups: groupsIn(loaded.parts.directory, person) };
  return { who, entitlement, duration, at, ...putOf(inputs), ...(ticket !== undefined && { ticket }) };
}
