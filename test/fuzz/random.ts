export interface Random {
  /** A whole number from 0 to below `below`. */
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** True about `p` of the time, 0 to 1. */
  chance(p: number): boolean;
}

/** The same numbers for the same seed, everywhere (mulberry32). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return { int, pick: (from) => from[int(from.length)]!, chance: (p) => next() < p };
}
