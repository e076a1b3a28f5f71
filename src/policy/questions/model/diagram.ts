/** A function of variables with a few values each, to an answer. Every function is kept once: two are the same where these are. */
export type Diagram = number;

/** Thrown where functions have grown beyond what may be spent on them: nothing is proven then. */
export class TooLarge extends Error {}

/** @param otherwise of what was too large, with what that is: the rest of a sentence that begins with "not understood:" */
export function bounded<T>(work: () => T, otherwise: (why: string) => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TooLarge) return otherwise(error.message);
    // The stack, or what one map can hold.
    if (error instanceof RangeError) return otherwise('what stands in a row longer than can be worked on');
    throw error;
  }
}

/** What a diagram says: an answer, or a choice by the value of a variable. Variables are asked in the order of their numbers. */
type Node = { answer: string } | { variable: number; choices: readonly Diagram[] };

export type Diagrams = ReturnType<typeof diagrams>;

/** Above any variable, where there is nothing left to ask. */
const NONE = Infinity;
const SHIFT = 2 ** 26;
/** For each function that may be made, so many steps may be taken: each is remembered. */
const STEPS = 6;

/** @param budget how many different functions may be made @param fixed the value of a variable that has only one */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function diagrams(budget: number, fixed: (variable: number) => number | undefined = () => undefined) {
  const nodes: Node[] = [];
  const known = new Map<string, Diagram>();

  let steps = 0;

  function spend(): void {
    if (++steps > STEPS * budget || nodes.length >= Math.min(budget, SHIFT))
      throw new TooLarge(`what the policies tell apart together, in more than ${budget} cases`);
  }

  function kept(key: string, node: Node): Diagram {
    const found = known.get(key);
    if (found !== undefined) return found;
    spend();
    nodes.push(node);
    known.set(key, nodes.length - 1);
    return nodes.length - 1;
  }

  const variableOf = (diagram: Diagram): number => {
    const node = nodes[diagram]!;
    return 'variable' in node ? node.variable : NONE;
  };
  const answerOf = (diagram: Diagram): string => {
    const node = nodes[diagram]!;
    if ('variable' in node) throw new Error('this diagram still asks something');
    return node.answer;
  };
  const choicesOf = (diagram: Diagram): readonly Diagram[] => {
    const node = nodes[diagram]!;
    return 'variable' in node ? node.choices : [];
  };

  const answer = (text: string): Diagram => kept(`=${text}`, { answer: text });

  /** @param choices by the value of the variable; they ask later variables alone */
  function choice(variable: number, choices: readonly Diagram[]): Diagram {
    const value = fixed(variable);
    if (value !== undefined) return choices[value]!;
    const [first = answer('')] = choices;
    if (choices.every((one) => one === first)) return first;
    return kept(`${variable}?${choices.join()}`, { variable, choices });
  }

  /** @returns combines functions by their answers; what it once found out, it knows */
  function operation(how: (one: string, other: string) => string): (a: Diagram, b: Diagram) => Diagram {
    const done = new Map<number, Diagram>();
    return function combined(a, b): Diagram {
      const key = a * SHIFT + b;
      const found = done.get(key);
      if (found !== undefined) return found;
      spend();
      const variable = Math.min(variableOf(a), variableOf(b));
      const at = (of: Diagram, n: number) => (variableOf(of) === variable ? choicesOf(of)[n]! : of);
      const width = (variableOf(a) === variable ? choicesOf(a) : choicesOf(b)).length;
      const made =
        variable === NONE
          ? answer(how(answerOf(a), answerOf(b)))
          : choice(
              variable,
              Array.from({ length: width }, (_, n) => combined(at(a, n), at(b, n))),
            );
      done.set(key, made);
      return made;
    };
  }

  /** A function made over from below; what it once found out, it knows. */
  function rewritten(
    of: (answer: string) => Diagram,
    by: (variable: number, choices: readonly Diagram[], again: (diagram: Diagram) => Diagram) => Diagram,
  ): (diagram: Diagram) => Diagram {
    const done = new Map<Diagram, Diagram>();
    return function again(diagram): Diagram {
      const found = done.get(diagram);
      if (found !== undefined) return found;
      const variable = variableOf(diagram);
      const made = variable === NONE ? of(answerOf(diagram)) : by(variable, choicesOf(diagram), again);
      done.set(diagram, made);
      return made;
    };
  }

  return {
    answer,
    choice,
    operation,
    answerOf,
    variableOf,
    choicesOf,

    /** The same function with other answers. */
    mapped: (how: (answer: string) => string) =>
      rewritten(
        (text) => answer(how(text)),
        (variable, choices, again) => choice(variable, choices.map(again)),
      ),

    /** The function of the rest, where these variables have these values. @param values undefined: it stays open */
    restricted: (values: (variable: number) => number | undefined) =>
      rewritten(answer, (variable, choices, again) => {
        const value = values(variable);
        return value === undefined ? choice(variable, choices.map(again)) : again(choices[value]!);
      }),

    /** The function of the rest, where of all values of some variables the answers are joined. */
    joined: (over: (variable: number) => boolean, join: (a: Diagram, b: Diagram) => Diagram) =>
      rewritten(answer, (variable, choices, again) => {
        const found = choices.map(again);
        return over(variable) ? found.reduce(join) : choice(variable, found);
      }),

    /** Whether a function has an answer of which this is true; what it once found out, it knows. */
    leadsTo(isWanted: (answer: string) => boolean): (diagram: Diagram) => boolean {
      const done = new Map<Diagram, boolean>();
      return function leads(diagram): boolean {
        const found = done.get(diagram);
        if (found !== undefined) return found;
        const does =
          variableOf(diagram) === NONE ? isWanted(answerOf(diagram)) : choicesOf(diagram).some(leads);
        done.set(diagram, does);
        return does;
      };
    },

    /** What it answers where the variables have these values. */
    at(diagram: Diagram, values: (variable: number) => number): string {
      let here = diagram;
      while (variableOf(here) !== NONE) here = choicesOf(here)[values(variableOf(here))]!;
      return answerOf(here);
    },

    /** The variables that it depends on. */
    asks(diagram: Diagram): Set<number> {
      const found = new Set<number>();
      visit(diagram, (node) => 'variable' in node && found.add(node.variable));
      return found;
    },

    /** Everything that it may answer. */
    answers(diagram: Diagram): Set<string> {
      const found = new Set<string>();
      visit(diagram, (node) => 'answer' in node && found.add(node.answer));
      return found;
    },

    /**
     * Values of the variables that matter for an answer of which this is true, the least there are; undefined: there are none.
     * @param past whether an answer counts that depends on this variable; absent: on any
     */
    find(
      diagram: Diagram,
      isWanted: (answer: string) => boolean,
      past: (variable: number) => boolean = () => true,
    ): Map<number, number> | undefined {
      const dead = new Set<Diagram>();
      function look(at: Diagram): [variable: number, value: number][] | undefined {
        if (dead.has(at)) return undefined;
        if (variableOf(at) === NONE) {
          if (isWanted(answerOf(at))) return [];
        } else if (past(variableOf(at)))
          for (const [value, next] of choicesOf(at).entries()) {
            const rest = look(next);
            if (rest) return [[variableOf(at), value], ...rest];
          }
        dead.add(at);
        return undefined;
      }
      const found = look(diagram);
      return found && new Map(found);
    },

    /** How many different functions there are by now. */
    size: () => nodes.length,
    /** How many steps were taken. */
    spent: () => steps,
  };

  function visit(diagram: Diagram, look: (node: Node) => void): void {
    const seen = new Set<Diagram>([diagram]);
    for (const at of seen) {
      look(nodes[at]!);
      for (const next of choicesOf(at)) seen.add(next);
    }
  }
}
