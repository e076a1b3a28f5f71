import { requestCall } from '../../../../../src/policy/cedar/authorization-calls.js';
import type { AskedQuestion } from '../../../../../src/policy/questions/locate.js';
import type { RandomFolder } from '../made/folders.js';
import type { Leaf, Part } from '../made/leaves.js';
import { leafTruths } from './cedar.js';
import type { Side } from './question.js';
import { DURATIONS, USUAL } from './values.js';

/** Those that are alike, together. */
export function classes<T>(all: readonly T[], like: (one: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const key = like(one);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

/** @returns the same for values of a part of a question that no leaf tells apart, as Cedar sees it */
export function likenessOf(sides: readonly Side[], leaves: readonly Leaf[]) {
  const probes = sides.map(({ loaded: { parts } }, n) => {
    const [entitlement = ''] = parts.entitlements.keys();
    const usual = {
      who: { email: 'bo@corp.example', groups: [] },
      entitlement,
      duration: DURATIONS[1]!,
      at: Date.parse('2026-12-08T10:00:00Z'),
      given: USUAL,
      failed: {},
    };
    const by = new Map<Part, ReturnType<typeof leafTruths>>();
    return (part: Part, change: Partial<AskedQuestion>): string => {
      if (change.ticket !== undefined && !isTaken(sides[n]!.made, change.ticket)) return 'not taken';
      const texts = leaves.filter(({ reads }) => reads.includes(part)).map(({ text }) => text);
      if (texts.length === 0) return '';
      const truths = by.get(part) ?? leafTruths(parts, texts, `claims-${part}-${n}`);
      by.set(part, truths);
      return truths(requestCall({ ...usual, ...change }, parts)).join('');
    };
  });
  const known = new Map<string, string>();
  return (part: Part, change: Partial<AskedQuestion>): string => {
    const key = JSON.stringify([part, change]);
    const found = known.get(key) ?? probes.map((probe) => probe(part, change)).join(' ');
    known.set(key, found);
    return found;
  };
}

export const isTaken = ({ ticket }: RandomFolder, written: string): boolean =>
  new RegExp(`^(?:${ticket?.pattern ?? String.raw`[\w.:#/-]+`})$`).test(written);
