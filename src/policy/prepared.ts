import { deserialize, serialize } from 'node:v8';
import type { Problem } from '../ports/policy.js';
import type { Parts } from './policy.js';

/** What a policy folder says, as it was read and checked when it was packed. */
export interface Prepared {
  parts: Parts;
  warnings: Problem[];
  /** The partition of AWS for which it was read, as ARNs name it. */
  ownPartition?: string | undefined;
}

/** For a file beside the program that wrote it: no other version of the program may read it. */
export const freeze = (prepared: Prepared): Buffer => serialize(prepared);

/** @param bytes what `freeze` gave */
export const thaw = (bytes: Uint8Array): Prepared => deserialize(bytes) as Prepared;

/**
 * Whether what was prepared is what reading would find now.
 * @param texts.hash of all the files that there are
 * @param texts.ownPartition for which it would be read now
 * @param texts.ownAccount jit's own; a folder that says another is to be refused, which only reading does
 */
export function stillHolds(
  { parts, ownPartition }: Prepared,
  texts: { hash: string; ownAccount?: string | undefined; ownPartition?: string | undefined },
): boolean {
  const { directory, hash } = parts;
  const { account } = directory;
  const isElsewhere = account !== undefined && texts.ownAccount !== undefined && account !== texts.ownAccount;
  return hash === texts.hash && ownPartition === texts.ownPartition && !isElsewhere;
}
