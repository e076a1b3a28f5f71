/** Rounds, of which the best counts: whatever else the machine does only adds. */
const ROUNDS = 12;
/** Nobody need look further for what is as good as in proportion. */
const ENOUGH = 2;
/** Microseconds beside which nothing is measured: of what takes no time, how it grows does not matter. */
const NOTHING = 2_000;

/**
 * How many times as much of the processor's time something takes in one piece as in many: about 1 where each part costs the
 * same, as many as there are pieces where each part is compared with each. As much is made of both, so that they fill the
 * memory and the clock alike.
 * @param whole the size of the one piece
 * @param make what is measured, for a size
 */
export async function growth(
  whole: number,
  make: (size: number) => () => unknown,
  pieces = 16,
): Promise<number> {
  const [one, piece] = [make(whole), make(Math.ceil(whole / pieces))];
  const inPieces = async () => {
    for (let n = 0; n < pieces; n++) await piece();
  };
  await inPieces();
  let least = Infinity;
  const costs = { one: Infinity, pieces: Infinity };
  for (let n = 0; n < ROUNDS && least > ENOUGH; n++) {
    costs.pieces = Math.min(costs.pieces, await cost(inPieces));
    costs.one = Math.min(costs.one, await cost(one));
    least = (costs.one + NOTHING) / (costs.pieces + NOTHING);
  }
  return least;
}

/** The processor's time, of this process, in microseconds. */
export async function cost(work: () => unknown): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return Math.max(1, user + system);
}

/** The least of a few: whatever else the process does at the time, such as tidying its memory, only adds. */
export async function leastCost(work: () => unknown, rounds = 4): Promise<number> {
  let least = Infinity;
  for (let n = 0; n < rounds; n++) least = Math.min(least, await cost(work));
  return least;
}
