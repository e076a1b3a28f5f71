/** @project long */
import { removeFolders } from '../../support/policy.js';
import { tries } from '../../support/tries.js';
import type { Command } from './claims/claim.js';
import { COMMAND_NAMES, judged } from './claims/judge.js';

afterAll(removeFolders);

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_129);
const FOLDERS = tries(20, 300);
/** Of 300 folders, by all commands. */
const CLAIMS = 10_000;
/** Of 300 folders: that something is so or is not, and of these, that something is. A third less than is usual. */
const LEAST: Readonly<Record<Command, [claims: number, positive: number]>> = {
  'who-can': [1_300, 1_150],
  'what-can': [1_450, 800],
  diff: [650, 400],
  acts: [1_800, 450],
  lint: [1_600, 280],
  explain: [1_100, 150],
  mutants: [60, 0],
};

test(`of all claims about random folders, by each command, none is false, seed ${SEED}`, async () => {
  const { wrong, tally } = await judged({ seed: SEED, folders: FOLDERS });
  expect(wrong).toBeUndefined();
  // oxlint-disable-next-line no-console -- how much was judged belongs to the result
  console.info(JSON.stringify(tally));
  expect(tally.folders).toBe(FOLDERS);
  // A few folders may all be poor ones.
  const share = (FOLDERS / 300) * tries(0.4, 1);
  const counts = COMMAND_NAMES.map((name) => tally[name]);
  expect(counts.reduce((sum, { claims }) => sum + claims, 0)).toBeGreaterThanOrEqual(CLAIMS * share);
  for (const name of COMMAND_NAMES) {
    const { claims, positive, untried } = tally[name];
    const [most, some] = LEAST[name];
    expect({ name, isEnough: claims >= most * share }).toEqual({ name, isEnough: true });
    expect({ name, positive: positive >= some * share }).toEqual({ name, positive: true });
    expect({ name, untried: untried <= positive * tries(0.4, 0.2) }).toEqual({ name, untried: true });
  }
  expect(tally.understood / tally.folders).toBeGreaterThan(tries(0.6, 0.85));
});
