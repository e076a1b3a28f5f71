import { allOf } from './side-by-side.js';

/** Something that is wrong, or may be, and what to do about it. */
export interface Diagnosis {
  what: string;
  fix: string;
}

/** What a step found. `value` is what later steps go on with: without it, they are skipped. */
export type Examined<T> =
  { skipped: string } | { value?: T; about?: string; problems?: Diagnosis[]; warnings?: Diagnosis[] };

export const wrong = (what: string, fix: string): Diagnosis[] => [{ what, fix }];

/** One problem, and no value to go on with. */
export const failed = (what: string, fix: string): { problems: Diagnosis[] } => ({
  problems: wrong(what, fix),
});

/** `1 case`, `2 cases` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Fewer at a time than the running bot, whose quota this takes from. */
const AT_ONCE = 4;

/** Asks about many things, a few at a time. @returns the answers, in the order of the questions */
export function eachOf<A, B>(all: readonly A[], ask: (one: A) => Promise<B>): Promise<B[]> {
  return allOf(all, ask, AT_ONCE);
}
