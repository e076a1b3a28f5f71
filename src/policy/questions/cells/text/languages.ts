import { DFA, JS, NFA, TooManyNodesError } from 'refa';
import { ANY, type Glob, type Term } from '../../../expressions/term.js';
import { bounded, TooLarge } from '../../model/diagram.js';
import { textsOf } from './words.js';

/** A set of texts. */
export type Language = DFA;

/** Texts that no policy tells apart. */
export interface TextCell {
  /** One of them, as plain as there is. */
  text: string;
}

/** Of regular expressions and what is made of them: states, beyond which nothing is proven. */
const LARGEST = 20_000;
/** Cells, beyond which nothing is proven. */
const MOST_CELLS = 250;
/** Of words of which none will do, this many are looked at. */
const WORDS = 200;

/** What an expression says of a text by itself: that it is one of a language. undefined: that is not known. */
export function languageOf(term: Term, path: string): Language | undefined {
  return bounded(
    () => language(term, path),
    () => undefined,
  );
}

function language(term: Term, path: string): Language | undefined {
  if (term.op === 'like') return isAt(term.of, path) ? ofGlob(term.glob) : undefined;
  if (term.op !== 'call') return undefined;
  const [one, other] = term.args;
  if (!one || !other) return undefined;
  if (term.name === '==' || term.name === '!=') {
    const [text, value] = isAt(one, path) ? [one, other] : [other, one];
    if (!isAt(text, path) || value.op !== 'value' || typeof value.value !== 'string') return undefined;
    const equal = ofGlob([value.value]);
    return term.name === '==' || !equal ? equal : without(ANYTHING, equal);
  }
  if (term.name !== 'contains' || one.op !== 'value' || !isAt(other, path)) return undefined;
  if (typeof one.value !== 'object' || !('set' in one.value)) return undefined;
  return ofWords(one.value.set.filter((value) => typeof value === 'string'));
}

/** These texts and no others. */
export function ofWords(words: readonly string[]): Language {
  const characters = words.map((word) => Array.from(word, (character) => character.codePointAt(0)!));
  return small(() => DFA.fromWords(characters, { maxCharacter: 0x10ffff }, states()));
}

const isAt = (term: Term, path: string): boolean =>
  path.split('.').length === 2 &&
  term.op === 'get' &&
  term.of.op === 'var' &&
  `${term.of.name}.${term.attr}` === path;

/** The language of a regular expression that a text has to match as a whole; undefined where it cannot be said. */
export function ofPattern(source: string): Language | undefined {
  // At both ends it is what is meant anyway; where there is an alternative, it belongs to that alone.
  const plain = source.includes('|') ? source : source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  try {
    const parser = JS.Parser.fromLiteral({ source: plain, flags: 'u' });
    const { expression, maxCharacter } = parser.parse({ assertions: 'throw', backreferences: 'throw' });
    const nfa = NFA.fromRegex(expression, { maxCharacter }, { assertions: 'throw' }, nodes());
    return minimal(DFA.fromFA(nfa, states()));
  } catch {
    return undefined;
  }
}

const ofGlob = (glob: Glob): Language | undefined =>
  ofPattern(glob.map((part) => (part === ANY ? '[^]*' : escaped(part))).join(''));

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const states = () => new DFA.LimitedNodeFactory(LARGEST);
const nodes = () => new NFA.LimitedNodeFactory(LARGEST);

/** @throws TooLarge */
function small<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TooManyNodesError)
      throw new TooLarge('which texts the patterns tell apart, for they are too many or too long');
    throw error;
  }
}

function minimal(dfa: DFA): DFA {
  dfa.minimize();
  return dfa;
}

export const both = (one: Language, other: Language): Language =>
  small(() => minimal(DFA.fromIntersection(one, other, states())));

export function without(one: Language, other: Language): Language {
  const rest = small(() => {
    const copy = other.copy(states());
    copy.complement();
    return copy;
  });
  return both(one, rest);
}

/**
 * The texts of a language, in cells in which each of some languages has all or none.
 * @param isReal what else a text has to be, so that it can stand for its cell
 * @returns those that have a text; `unsure` where one may have, and none was found
 * @throws TooLarge
 */
export function textCells(
  base: Language,
  languages: readonly Language[],
  isReal: (text: string) => boolean,
): { cells: TextCell[]; unsure: boolean } {
  let parts = [base];
  for (const language of languages) {
    parts = parts
      .flatMap((part) => [both(part, language), without(part, language)])
      .filter((part) => !part.isEmpty);
    if (parts.length > MOST_CELLS)
      throw new TooLarge(`which texts the patterns tell apart, in more than ${MOST_CELLS} ways`);
  }
  const texts = parts.map((part) => wordOf(part, isReal));
  const cells = texts.flatMap((text) => (text === undefined ? [] : [{ text }]));
  return { cells, unsure: texts.includes(undefined) };
}

function wordOf(language: Language, isReal: (text: string) => boolean): string | undefined {
  for (const plain of [...PLAIN, ANYTHING]) {
    let tried = 0;
    for (const text of textsOf(both(language, plain))) {
      if (isReal(text)) return text;
      if (++tried >= WORDS) break;
    }
  }
  return undefined;
}

export const ANYTHING: Language = ofPattern('[^]*')!;
/** Tried before anything else. */
const PLAIN = ['[A-Z0-9-]*', '[a-z0-9@.-]*', String.raw`[\x21-\x7e]*`].map((source) => ofPattern(source)!);
