import type { Bundle, Problem } from '../../ports/policy.js';
import type { PolicyFiles } from './source.js';

/** Of policies that count, what is missed when it is not there any more. */
export interface Held {
  /** Ids of the policies that forbid. */
  forbids: readonly string[];
  /** Files that have something in them. */
  files: readonly string[];
}

export function heldBy({ forbids }: Bundle, { rules }: PolicyFiles): Held {
  return {
    forbids: [...forbids].sort(),
    files: [...rules.texts].flatMap(([file, text]) => (isEmpty(text) ? [] : [file])),
  };
}

/** @returns the forbids that counted and are not in the bundle; of what is not known, none */
export function goneFrom(before: Held | undefined, { forbids }: Bundle): string[] {
  const there = new Set(forbids);
  return (before?.forbids ?? []).filter((id) => !there.has(id));
}

/**
 * Files that were begun and not finished: the disk is full, or the writer has died. No person means that:
 * an empty file of forbids, or of permits with a stricter chain, would give what was not given before.
 */
export function emptied(before: Held | undefined, { rules }: PolicyFiles): Problem[] {
  const full = new Set(before?.files);
  return [...rules.texts]
    .filter(([file, text]) => isEmpty(text) && full.has(file))
    .map(([file]) => ({
      file,
      message:
        'is empty, and was not before: half written, or the disk is full; delete it if nothing of it is to hold',
    }));
}

const isEmpty = (text: string): boolean => text.trim() === '';
