import { type Loaded, loadTexts } from '../../../../src/policy/load.js';
import { random, type Random } from '../../../fuzz/random.js';
import { kinds, schemaText } from '../../../support/policy.js';
import type { Side } from './asked/question.js';
import { type Space, spaceOf } from './asked/space.js';
import { type Command, emptyTally, FalseClaim, type Judge, judgeOf, type Tally } from './claim.js';
import { COMMANDS, type Commands } from './commands.js';
import { judgeWhatCan, judgeWhoCan } from './judges/access.js';
import { judgeActs } from './judges/acts.js';
import { judgeDiff } from './judges/diff.js';
import { judgeExplain } from './judges/explain.js';
import { judgeLint } from './judges/lint.js';
import { judgeMutants } from './judges/mutants.js';
import { withOtherFacts, withOtherPolicies } from './made/changes.js';
import { type RandomFolder, randomFolder } from './made/folders.js';
import { shrunk } from './made/shrink.js';
import { filesOf } from './made/written.js';

type JudgeOf = (space: Space, judge: Judge, commands: Commands, r: Random) => void | Promise<void>;

/** Of one folder, or of two that are compared. */
const JUDGES: Readonly<Record<Command, JudgeOf>> = {
  'who-can': judgeWhoCan,
  'what-can': judgeWhatCan,
  lint: judgeLint,
  explain: judgeExplain,
  diff: judgeDiff,
  acts: judgeActs,
  mutants: judgeMutants,
};
export const COMMAND_NAMES = Object.keys(JUDGES) as Command[];
const ALONE: readonly Command[] = ['who-can', 'what-can', 'lint', 'explain'];
const OF_TWO: readonly Command[] = ['diff', 'acts', 'mutants'];

const known = new WeakMap<RandomFolder, Loaded | undefined>();

function loaded(made: RandomFolder): Loaded | undefined {
  if (!known.has(made)) known.set(made, load(made));
  return known.get(made);
}

function load(made: RandomFolder): Loaded | undefined {
  const files = Object.entries({ ...filesOf(made), 'schema.cedarschema': schemaText() });
  // In the order in which a folder is read: lint reads it once more, and compares.
  const texts = new Map(files.sort(([one], [other]) => (one < other ? -1 : 1)));
  const found = loadTexts('random', { texts, problems: [] }, { kinds });
  return 'problems' in found ? undefined : found;
}

/** The last one: the commands about one folder are asked the same questions. */
let last: { folders: readonly RandomFolder[]; space: Space | undefined } | undefined;

/** @returns undefined where one of them does not load */
function spaceFor(folders: readonly RandomFolder[], seed: number): Space | undefined {
  if (last?.folders !== folders) {
    const sides = folders.map((made) => ({ made, loaded: loaded(made) }));
    const isLoaded = sides.every((side): side is Side => side.loaded !== undefined);
    last = { folders, space: isLoaded ? spaceOf(sides, seed) : undefined };
  }
  return last.space;
}

export interface Run {
  tally: Tally;
  /** The first false claim, with the smallest folders of which it is still false, as text. */
  wrong?: string;
}

/**
 * Judges the claims of the commands about random folders.
 * @param how.only these commands; absent: all
 */
export async function judged(how: {
  seed: number;
  folders: number;
  commands?: Partial<Commands>;
  only?: readonly Command[];
}): Promise<Run> {
  const commands = { ...COMMANDS, ...how.commands };
  const only = how.only ?? COMMAND_NAMES;
  const tally = emptyTally();
  for (let n = 0; n < how.folders; n++) {
    const seed = how.seed * 100_000 + n;
    const r = random(seed);
    const before = opens(tally);
    const made = randomFolder(r);
    for (const [names, folders] of setsOf(r, made))
      for (const command of names.filter((name) => only.includes(name))) {
        const wrong = await falseClaim(command, folders, { seed, commands, tally });
        if (wrong) return { tally, wrong: await report(wrong, folders, { seed, commands }) };
      }
    tally.folders++;
    if (opens(tally) === before) tally.understood++;
  }
  return { tally };
}

/** Which commands are judged by which folders. */
function setsOf(r: Random, made: RandomFolder): [readonly Command[], readonly RandomFolder[]][] {
  const others = withOtherPolicies(r, made);
  if (r.chance(0.75))
    return [
      [ALONE, [made]],
      [OF_TWO, [made, others]],
    ];
  // Mistakes in policies are looked for where nothing else is changed.
  return [
    [ALONE, [made]],
    [
      ['diff', 'acts'],
      [made, withOtherFacts(r, made)],
    ],
    [['mutants'], [made, others]],
  ];
}

const opens = (tally: Tally) => COMMAND_NAMES.reduce((sum, name) => sum + tally[name].open, 0);

async function falseClaim(
  command: Command,
  folders: readonly RandomFolder[],
  { seed, commands, tally }: { seed: number; commands: Commands; tally: Tally },
): Promise<FalseClaim | undefined> {
  const space = spaceFor(folders, seed);
  if (!space) return undefined;
  try {
    await JUDGES[command](space, judgeOf(command, tally), commands, random(seed));
    return undefined;
  } catch (error) {
    if (error instanceof FalseClaim) return error;
    return new FalseClaim(
      command,
      `it throws ${error instanceof Error ? error.stack : String(error)}`,
      undefined,
    );
  }
}

async function report(
  { command }: FalseClaim,
  folders: readonly RandomFolder[],
  { seed, commands }: { seed: number; commands: Commands },
): Promise<string> {
  const wrongOf = (some: readonly RandomFolder[]) =>
    falseClaim(command, some, { seed, commands, tally: emptyTally() });
  const small = await shrunk(folders, async (some) => (await wrongOf(some)) !== undefined);
  const wrong = (await wrongOf(small))!;
  return `${wrong.message}\nshown by ${JSON.stringify(wrong.question)}\nfrom ${small[0]!.from}, seed ${seed}\n${written(small)}`;
}

const written = (folders: readonly RandomFolder[]) =>
  folders
    .map((made) =>
      Object.entries(filesOf(made))
        .map(([name, text]) => `--- ${name}\n${text}`)
        .join(''),
    )
    .join('=== and after the change\n');
