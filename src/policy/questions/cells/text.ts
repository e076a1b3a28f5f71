import { DFA, JS, NFA } from 'refa';
import { ANY, type Glob, type Term } from '../../expressions/term.js';

/** A set of texts. */
type Language = DFA;

/** Texts that no policy tells apart. */
export interface TextCell {
  /** One of them, as plain as there is. */
  text: string;
}

/** Of regular expressions and what is made of them: states, beyond which nothing is proven. */
const LARGEST = 20_000;
/** Of words of which none will do, this many are looked at. */
const WORDS = 200;
const PLAIN = [/[A-Z0-9-]*/u, /[a-z0-9@.-]*/u, /[\x21-\x7e]*/u];

/** What an expression says of a text by itself: that it is one of a language. undefined: that is not known. */
export function languageOf(term: Term, path: string): Language | undefined {
  if (term.op === 'like') return isAt(term.of, path) ? ofGlob(term.glob) : undefined;
  if (term.op !== 'call') return undefined;
  const [one, other] = term.args;
  if (!one || !other) return undefined;
  if (term.name === '==' || term.name === '!=') {
    const [text, value] = isAt(one, path) ? [one, other] : [other, one];
    if (!isAt(text, path) || value.op !== 'value' || typeof value.value !== 'string') return undefined;
    const equal = ofGlob([value.value]);
    return term.name === '==' ? equal : without(ofGlob([ANY]), equal);
  }
  if (term.name !== 'contains' || one.op !== 'value' || !isAt(other, path)) return undefined;
  if (typeof one.value !== 'object' || !('set' in one.value)) return undefined;
  return ofWords(one.value.set.filter((value) => typeof value === 'string'));
}

/** These texts and no others. */
export function ofWords(words: readonly string[]): Language {
  const characters = words.map((word) => Array.from(word, (character) => character.codePointAt(0)!));
  return DFA.fromWords(characters, { maxCharacter: 0x10ffff });
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
    return minimal(DFA.fromFA(NFA.fromRegex(expression, { maxCharacter }, { assertions: 'throw' })));
  } catch {
    return undefined;
  }
}

const ofGlob = (glob: Glob): Language =>
  ofPattern(glob.map((part) => (part === ANY ? '[^]*' : escaped(part))).join(''))!;

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function minimal(dfa: DFA): DFA {
  dfa.minimize();
  return dfa;
}

export const both = (one: Language, other: Language): Language =>
  minimal(DFA.fromIntersection(one, other, new DFA.LimitedNodeFactory(LARGEST)));

export function without(one: Language, other: Language): Language {
  const rest = other.copy(new DFA.LimitedNodeFactory(LARGEST));
  rest.complement();
  return both(one, rest);
}

/**
 * The texts of a language, in cells in which each of some languages has all or none.
 * @param isReal what else a text has to be, so that it can stand for its cell
 * @returns those that have a text; `unsure` where one may have, and none was found
 */
export function textCells(
  base: Language,
  languages: readonly Language[],
  isReal: (text: string) => boolean,
): { cells: TextCell[]; unsure: boolean } {
  const parts = languages.reduce(
    (found, language) =>
      found
        .flatMap((part) => [both(part, language), without(part, language)])
        .filter((part) => !part.isEmpty),
    [base],
  );
  const texts = parts.map((part) => wordOf(part, isReal));
  const cells = texts.flatMap((text) => (text === undefined ? [] : [{ text }]));
  return { cells, unsure: texts.includes(undefined) };
}

function wordOf(language: Language, isReal: (text: string) => boolean): string | undefined {
  const plain = PLAIN.map((pattern) => both(language, ofPattern(pattern.source)!));
  for (const from of [...plain, language]) {
    let tried = 0;
    for (const word of from.words()) {
      const text = String.fromCodePoint(...word);
      if (isReal(text)) return text;
      if (++tried >= WORDS) break;
    }
  }
  return undefined;
}
