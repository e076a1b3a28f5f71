import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import type { Problem } from '../../../ports/policy.js';
import { sentence } from '../../cedar/cedar.js';
import { annotationsIn, codeAt, fromBytes, placeAt, type Piece } from './scan.js';

/** A piece of a file, and where what is said of it goes. */
export interface PolicyPlace {
  file: string;
  whole: string;
  piece: Piece;
  problems: Problem[];
  warnings: Problem[];
}

/** @param offset in the piece, in UTF-16 units; absent: where it begins */
export function at({ file, whole, piece }: PolicyPlace, offset?: number): Omit<Problem, 'message'> {
  const { line, column } = offset === undefined ? piece : placeAt(whole, piece.start + offset);
  return { file, line, column };
}

/** Where an annotation stands; where there is none, the policy. */
export const atAnnotation = (place: PolicyPlace, name: string): Omit<Problem, 'message'> =>
  at(place, annotationsIn(place.piece.text).get(name));

export function say(place: PolicyPlace, message: string, offset?: number): void {
  place.problems.push({ ...at(place, offset), message });
}

export function sayOf(annotation: string, place: PolicyPlace, message: string): void {
  place.problems.push({ ...atAnnotation(place, annotation), message });
}

/** Where an attribute of the context is read first, in UTF-16 units of the piece. */
export function readAt({ piece: { text } }: PolicyPlace, attribute: string): number | undefined {
  const found = [`context.${attribute}`, `context has ${attribute}`].flatMap(
    (code) => codeAt(text, code) ?? [],
  );
  return found.length > 0 ? Math.min(...found) : undefined;
}

/** What Cedar says is wrong, at the byte of which it says so. */
export function problemOf(place: PolicyPlace, error: DetailedError, title: string): Problem {
  const start = error.sourceLocations?.[0]?.start;
  const offset = start === undefined ? undefined : fromBytes(place.piece.text, start);
  return { ...at(place, offset), message: `${title}: ${sentence(error)}` };
}
