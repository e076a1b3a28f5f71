import * as z from 'zod';
import { list } from '../read/shapes.js';

/** One value or several, as it was written. */
export interface Several<T> {
  /** At least one. */
  each: T[];
  /** Whether it was written as a list of them. */
  many: boolean;
}

/** One of two shapes, by what stands there. Unlike a union it says what is wrong with that. */
const either = <T>(choose: (value: unknown) => z.ZodType<T>) =>
  z.unknown().transform((value, context): T => {
    const read = choose(value).safeParse(value, { reportInput: true });
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });

/**
 * One value, or a list of them that is not empty.
 * @param right what the list should be
 * @param isMany whether what stands there is such a list
 */
export const several = <T>(
  item: z.ZodType<T>,
  right: string,
  isMany: (value: unknown) => boolean = Array.isArray,
) =>
  either<Several<T>>((value) =>
    isMany(value)
      ? list(item, right)
          .min(1, { error: `is an empty list; write ${right}` })
          .transform((each) => ({ each, many: true }))
      : item.transform((one) => ({ each: [one], many: false })),
  );

/** The same, or nothing at all. */
export const perhapsSeveral = <T>(item: z.ZodType<T>, right: string) =>
  either<T[] | undefined>((value) =>
    value === undefined ? z.undefined() : several(item, right).transform(({ each }) => each),
  ).optional();

/** A list of lists: `[[a], [b]]`. */
export const isListOfLists = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => Array.isArray(one));
