/** @project long */
import {
  changeBetween,
  decisionOf,
  shownDecision,
  type DiffQuestion,
} from '../../../src/policy/diff/change.js';
import { diffHistory } from '../../../src/policy/diff/history.js';
import type { RecordedRequest } from '../../../src/policy/diff/past/recorded.js';
import { loadFolder } from '../../../src/policy/load.js';
import { random, type Random } from '../../fuzz/random.js';
import { folder, kinds, removeFolders } from '../../support/policy.js';
import { tries } from '../../support/tries.js';
import { FRIDAY } from '../../support/units.js';
import { CATALOG, DIRECTORY, policies, question } from '../questions/random-policies.js';

afterAll(removeFolders);

const PAIRS = tries(40, 400);
/** Guesses of what may have been found, of each request. */
const GUESSES = 60;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128);

async function sideOf(text: string, directory: string) {
  const dir = await folder({ 'policies.cedar': text, 'catalog.yml': CATALOG, 'directory.yml': directory });
  const found = await loadFolder(dir, { kinds });
  return 'problems' in found ? undefined : { parts: found.parts, pdp: found.bundle.pdp };
}

type Side = NonNullable<Awaited<ReturnType<typeof sideOf>>>;

/** The second folder has the policies changed, and at times another group `b`. */
async function pair(r: Random): Promise<[Side, Side] | undefined> {
  const text = policies(r);
  const parts = text.split(/(?=@id)/);
  const other =
    r.int(2) === 0
      ? parts.toSpliced(r.int(parts.length), 1).join('')
      : text + policies(r, 2).replaceAll('@id("p', '@id("q');
  const moved = r.int(3) === 0 ? DIRECTORY.replace('S0B', 'S0BB') : DIRECTORY;
  const sides = [await sideOf(text, DIRECTORY), await sideOf(other, moved)];
  return sides.every((side) => side !== undefined) ? (sides as [Side, Side]) : undefined;
}

const textsOf = ({ parts }: Side) => parts.policies.map(({ text }) => text);

const INPUTS = { grants: ['liveGrants', 'hasThis'], denials: ['recentDenials'], onCall: ['onCall'] };
const LISTED: Record<string, string[]> = { 'di@corp.example': ['c', 'd'], 'cy@corp.example': ['c'] };

/** A request of which some is on record, and a guess at all that is not: one question for each folder. */
function recorded(r: Random, [before]: [Side, Side]) {
  const { who, entitlement, duration, at, ticket, given } = question(
    r,
    FRIDAY,
    (id) => before.parts.entitlements.get(id)!.durations,
  );
  const older = r.int(3) === 0;
  const kept = Object.entries(INPUTS).filter(() => !older && r.int(2) === 0);
  const keptGiven = Object.fromEntries(
    kept.flatMap(([, names]) => names.map((name) => [name, given[name as keyof typeof given]])),
  );
  const request: RecordedRequest = {
    id: 'R',
    requester: who.email,
    question: { entitlement, duration, ...(ticket !== undefined && { ticket }) },
    decisions: [
      {
        ...{ when: 'asking', at, decided: 'auto', policies: [], bundle: 'another' },
        ...(!older && {
          basis: { groups: who.groups, unknownGroups: [], given: keptGiven, unknownInputs: [] },
        }),
      },
    ],
  };
  const guess = (moved: boolean): [DiffQuestion, DiffQuestion] => {
    const live = r.int(5);
    const found = {
      ...{
        liveGrants: live,
        hasThis: live > 0 && r.int(2) === 0,
        recentDenials: r.int(5),
        onCall: r.int(2) === 0,
      },
      ...keptGiven,
    };
    const lost = Object.keys(INPUTS).filter((name) => !kept.some(([one]) => one === name) && r.int(4) === 0);
    const failed = Object.fromEntries(lost.map((name) => [name, 'lost']));
    const listed = LISTED[who.email] ?? [];
    const slack = ['a', 'b'].filter((name) => (older ? r.int(2) === 0 : who.groups.includes(name)));
    const second = moved
      ? [...slack.filter((name) => name !== 'b'), ...(r.int(2) === 0 ? ['b'] : [])]
      : slack;
    const [one, two] = [slack, second].map((groups): DiffQuestion => ({
      ...request.question,
      ...{ at, given: found, failed, who: { email: who.email, groups: [...groups, ...listed] } },
    }));
    return [one!, two!];
  };
  return { request, guess };
}

test(`what is said of requests on record is true whatever was found that nobody kept, seed ${SEED}`, async () => {
  const r = random(SEED);
  const seen = { differ: 0, same: 0, open: 0, needless: 0 };
  for (let n = 0; n < PAIRS; n++) {
    const sides = await pair(r);
    if (!sides) continue;
    const moved =
      JSON.stringify(sides[0].parts.directory.groups) !== JSON.stringify(sides[1].parts.directory.groups);
    for (let q = 0; q < 6; q++) {
      const { request, guess } = recorded(r, sides);
      const { differ, unjudged } = diffHistory(...sides, [request], new Map());
      const said = differ.map(({ before, after }) => `${before} → ${after}`)[0] ?? 'the same';
      const answers = new Set(
        Array.from({ length: GUESSES }, () => {
          const [one, two] = guess(moved).map((asked, side) => decisionOf(sides[side]!, asked));
          return changeBetween(one!, two!) ? `${shownDecision(one!)} → ${shownDecision(two!)}` : 'the same';
        }),
      );
      if (unjudged.length > 0) {
        seen.open++;
        if (answers.size === 1) seen.needless++;
        continue;
      }
      seen[said === 'the same' ? 'same' : 'differ']++;
      const about = { before: textsOf(sides[0]), after: textsOf(sides[1]), request };
      expect({ ...about, answers: [...answers] }).toEqual({ ...about, answers: [said] });
    }
  }
  expect(Math.min(seen.differ, seen.same, seen.open)).toBeGreaterThan(PAIRS / 8);
  // What is not judged mostly does depend on what is not known: guesses may miss it, and some is not understood.
  expect(seen.needless).toBeLessThan(seen.open / 2);
});
