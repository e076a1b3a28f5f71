import type { DFA } from 'refa';

type State = DFA.ReadonlyNode;

/** Tried before others: nobody wonders at these in an address or a ticket. */
const LIKED = Array.from('Aa01bB2cC3', (character) => character.codePointAt(0)!);
/** For each step from one state to another, so many characters are tried. */
const MOST_CHARACTERS = 3;
/** After so many steps nothing more is looked for. */
const MOST_STEPS = 100_000;

interface Begun {
  state: State;
  before: Begun | undefined;
  character: number;
  length: number;
}

/** Texts of a language, the shortest first: not all of them, but some for each way through it. */
export function* textsOf(language: DFA): Generator<string> {
  const left = distances(language);
  const start = left.get(language.initial);
  if (start === undefined) return;
  // By how long a text gets at least; of equals the one that was begun last, so that it comes to an end.
  const begun = new Map<number, Begun[]>([
    [start, [{ state: language.initial, before: undefined, character: 0, length: 0 }]],
  ]);
  let steps = 0;
  for (let length = start; begun.size > 0; length++) {
    const here = begun.get(length) ?? [];
    for (let one = here.pop(); one; one = here.pop()) {
      if (++steps > MOST_STEPS) return;
      if (one.length === length && language.finals.has(one.state as DFA.Node)) yield textOf(one);
      for (const [character, state] of nextOf(one.state).toReversed()) {
        const after = left.get(state);
        if (after === undefined) continue;
        const whole = one.length + 1 + after;
        const others = begun.get(whole) ?? [];
        others.push({ state, before: one, character, length: one.length + 1 });
        begun.set(whole, others);
      }
    }
    begun.delete(length);
  }
}

/** How many characters it takes from each state to an end; absent: there is none. */
function distances(language: DFA): Map<State, number> {
  const sources = new Map<State, Set<State>>();
  const states = new Set<State>([language.initial]);
  for (const state of states)
    for (const [, next] of state.out) {
      states.add(next);
      const from = sources.get(next) ?? new Set();
      sources.set(next, from.add(state));
    }
  const left = new Map<State, number>();
  for (const final of language.finals) if (states.has(final)) left.set(final, 0);
  for (const [state, distance] of left)
    for (const source of sources.get(state) ?? []) if (!left.has(source)) left.set(source, distance + 1);
  return left;
}

function nextOf(state: State): (readonly [character: number, state: State])[] {
  const all = [...state.out].flatMap(([{ min, max }, next]) => {
    const liked = LIKED.filter((character) => character >= min && character <= max);
    const those = liked.length > 0 ? liked.slice(0, MOST_CHARACTERS) : [min];
    return those.map((character) => [character, next] as const);
  });
  const rank = (character: number) => (LIKED.includes(character) ? LIKED.indexOf(character) : LIKED.length);
  return all.sort(([a], [b]) => rank(a) - rank(b) || a - b);
}

function textOf(end: Begun): string {
  const characters: number[] = [];
  for (let at = end; at.before; at = at.before) characters.unshift(at.character);
  return String.fromCodePoint(...characters);
}
