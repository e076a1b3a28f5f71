import * as z from 'zod';
import type { DirectoryConfig } from '../../domain/directory.js';
import { email, list } from '../read/shapes.js';

/** Who is in a Slack user group: its id → e-mails in lower case. */
export type Members = ReadonlyMap<string, readonly string[]>;

const shape = z.record(z.string(), list(email, 'a list of e-mail addresses'));

/**
 * Reads a file of members: `{"S0ENG": ["ana@corp.example"]}`.
 * @throws with a sentence when it is not one, or names a user group that the directory does not
 */
export function readMembers(text: string, { groups }: DirectoryConfig): Members {
  const example = 'write {"<user group id>": ["<e-mail>", …]}';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error(`the file of members is not JSON; ${example}`);
  }
  const read = shape.safeParse(data);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(
      `the file of members, at ${issue?.path.join('.') || 'its top'}: ${issue?.message}; ${example}`,
    );
  }
  const known = Object.values(groups).flatMap((group) => ('source' in group ? [group.id] : []));
  const odd = Object.keys(read.data).find((id) => !known.includes(id));
  if (odd !== undefined) {
    throw new Error(`the file of members names "${odd}", and directory.yml no such user group; take it out`);
  }
  return new Map(Object.entries(read.data));
}
