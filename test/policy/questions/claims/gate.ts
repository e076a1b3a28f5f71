import { tries } from '../../../support/tries.js';
import type { Command } from './claim.js';
import { COMMAND_NAMES, judged } from './judge.js';

/** Of so many folders in CI, each of two test files judges half: two workers take half the time. */
const FOLDERS = tries(20, 300);
/** Of 300 folders, by all commands. */
const CLAIMS = 10_000;
/** Of 300 folders: that something is so or is not, and of these, that something is. Well below what is usual. */
const LEAST: Readonly<Record<Command, [claims: number, positive: number]>> = {
  'who-can': [1_200, 1_000],
  'what-can': [1_300, 600],
  diff: [500, 250],
  acts: [1_600, 240],
  lint: [1_400, 180],
  explain: [1_000, 100],
  mutants: [60, 0],
};

/**
 * Judges every command by half of the folders.
 * @returns `wrong`: a claim that is false; `few`: commands that make too few claims, or too vague ones, to say much
 */
export async function gate(seed: number): Promise<{ wrong: string | undefined; few: string[] }> {
  const { wrong, tally } = await judged({ seed, folders: FOLDERS / 2 });
  // oxlint-disable-next-line no-console -- how much was judged belongs to the result
  console.info(JSON.stringify(tally));
  // A few folders may all be poor ones.
  const share = 0.5 * tries((20 / 300) * 0.15, 1);
  const few = COMMAND_NAMES.filter((name) => {
    const { claims, positive, untried } = tally[name];
    const [least, some] = LEAST[name];
    const isMuch = claims >= least * share && positive >= some * share * tries(0, 1);
    return !isMuch || untried > positive * tries(1, 0.2);
  });
  const all = COMMAND_NAMES.reduce((sum, name) => sum + tally[name].claims, 0);
  return {
    wrong,
    few: [
      ...few,
      ...(all < CLAIMS * share ? ['all together'] : []),
      ...(tally.understood < tally.folders * tries(0.5, 0.85) ? ['understood'] : []),
    ],
  };
}
