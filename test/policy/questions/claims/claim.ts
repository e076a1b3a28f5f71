import type { Question } from './asked/question.js';

export type Command = 'who-can' | 'what-can' | 'diff' | 'acts' | 'lint' | 'explain' | 'mutants';

/** A command has said what is not so. */
export class FalseClaim extends Error {
  constructor(
    readonly command: Command,
    readonly claim: string,
    readonly question: object | undefined,
  ) {
    super(`${command} is wrong: ${claim}`);
  }
}

export interface Counts {
  /** What was said and judged. */
  claims: number;
  /** Of these: that something is so, and not that nothing is. */
  positive: number;
  /** Said of what the text does not tell: of some weeks, of an unknown person. */
  untried: number;
  /** Of which the command said that it does not understand it. */
  open: number;
}

export type Tally = Record<Command, Counts> & { folders: number; understood: number };

const none = (): Counts => ({ claims: 0, positive: 0, untried: 0, open: 0 });

export const emptyTally = (): Tally => ({
  'who-can': none(),
  'what-can': none(),
  diff: none(),
  acts: none(),
  lint: none(),
  explain: none(),
  mutants: none(),
  folders: 0,
  understood: 0,
});

/** Counts the claims of one command, and refuses the false ones. */
export interface Judge {
  /** @param wrong a question that shows that the claim is false, or a sentence that says why it is; undefined: it is true */
  claim(said: string, positive: boolean, wrong: Question | object | string | undefined): void;
  /** That something is so of each of these; of none: the text does not say of which, and nothing is counted. */
  tried<T extends object>(said: string, of: readonly T[], isSo: (one: T) => boolean): void;
  open(): void;
}

export function judgeOf(command: Command, tally: Tally): Judge {
  const counts = tally[command];
  const judge: Judge = {
    claim(said, positive, wrong) {
      counts.claims++;
      if (positive) counts.positive++;
      if (typeof wrong === 'string') throw new FalseClaim(command, `${said}: ${wrong}`, undefined);
      if (wrong) throw new FalseClaim(command, said, wrong);
    },
    tried(said, of, isSo) {
      if (of.length === 0) counts.untried++;
      else
        judge.claim(
          said,
          true,
          of.find((one) => !isSo(one)),
        );
    },
    open: () => void counts.open++,
  };
  return judge;
}
