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

const PAIRS = tries(20, 100);
/** Guesses of what may have been found, of each request. */
const GUESSES = 30;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128);

async function sideOf(text: string, directory: string) {
  const dir = await folder({ 'policies.cedar': text, 'catalog.yml': CATALOG, 'directory.yml': directory });
  const found = await loadFolder(dir, { kinds });
  return 'problems' in found ? undefined : { parts: found.parts, pdp: found.bundle.pdp };
}

type Side = NonNullable<Awaited<ReturnType<typeof sideOf>>>;

/** The second folder has the policies changed, and at times another group `b`, or other tickets. */
async function pair(r: Random): Promise<[Side, Side] | undefined> {
  const text = policies(r);
  const parts = text.split(/(?=@id)/);
  const other =
    r.int(2) === 0
      ? parts.toSpliced(r.int(parts.length), 1).join('')
      : text + policies(r, 2).replaceAll('@id("p', '@id("q');
  const moved = r.int(3) === 0 ? DIRECTORY.replace('S0B', 'S0BB') : DIRECTORY;
  const asked = r.int(3) === 0 ? moved.replace('[A-Z]+-[0-9]+', 'INC-[0-9]+') : moved;
  const sides = [await sideOf(text, DIRECTORY), await sideOf(other, asked)];
  return sides.every((side) => side !== undefined) ? (sides as [Side, Side]) : undefined;
}

const textsOf = ({ parts }: Side) => parts.policies.map(({ text }) => text);

const INPUTS = { grants: ['liveGrants', 'hasThis'], denials: ['recentDenials'], onCall: ['onCall'] };
const LISTED: Record<string, string[]> = { 'di@corp.example': ['c', 'd'], 'cy@corp.example': ['c'] };

/** A request of which some is on record, or in a file of groups, and guesses at all that is not: a question for each folder. */
function recorded(r: Random, [before]: [Side, Side], moved: boolean) {
  const asked = question(r, FRIDAY, (id) => before.parts.entitlements.get(id)!.durations);
  const { who, entitlement, duration, at, ticket } = asked;
  const older = r.int(3) === 0;
  const written = older && r.int(2) === 0;
  const inputs = Object.entries(INPUTS).map(([name, names]) => {
    const is = older ? 'nowhere' : r.pick(['kept', 'lost', 'nowhere']);
    return { name, names, is };
  });
  const of = (is: string) => inputs.filter((input) => input.is === is);
  const given = Object.fromEntries(
    of('kept').flatMap(({ names }) =>
      names.map((name) => [name, asked.given[name as keyof typeof asked.given]]),
    ),
  );
  const unknownInputs = of('lost').map(({ name }) => name);
  const what = { entitlement, duration, ...(ticket !== undefined && { ticket }) };
  const basis = { groups: who.groups, unknownGroups: [], given, unknownInputs };
  const decision = { when: 'asking' as const, at, decided: 'auto', policies: [], bundle: 'another' };
  const request: RecordedRequest = {
    id: 'R',
    requester: who.email,
    question: what,
    decisions: [older ? decision : { ...decision, basis }],
  };

  function guess(): [DiffQuestion, DiffQuestion] {
    const live = r.int(5);
    const counts = { liveGrants: live, hasThis: live > 0 && r.int(2) === 0 };
    const found = { ...counts, recentDenials: r.int(5), onCall: r.int(2) === 0, ...given };
    const lost = [...unknownInputs, ...of('nowhere').flatMap(({ name }) => (r.int(4) === 0 ? [name] : []))];
    const failed = Object.fromEntries(lost.map((name) => [name, 'lost']));
    const chance = () => r.int(2) === 0;
    const slack = ['a', 'b'].filter((name) => (older ? chance() : who.groups.includes(name)));
    const second = moved
      ? ['a', 'b'].filter((name) => (name === 'b' ? chance() : slack.includes(name)))
      : slack;
    const listed = LISTED[who.email] ?? [];
    const asIn = (groups: string[]): DiffQuestion => ({
      ...what,
      at,
      given: found,
      failed,
      who: { email: who.email, groups: written ? who.groups : [...groups, ...listed] },
    });
    return [asIn(slack), asIn(second)];
  }
  return { request, guess, written: new Map(written ? [[who.email, who.groups]] : []) };
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
      const { request, guess, written } = recorded(r, sides, moved);
      const { differ, unjudged } = diffHistory(...sides, [request], written);
      const said = differ.map(({ before, after }) => `${before} → ${after}`)[0] ?? 'the same';
      const answers = new Set(
        Array.from({ length: GUESSES }, () => {
          const [one, two] = guess().map((asked, side) => decisionOf(sides[side]!, asked));
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
  expect(seen.needless).toBeLessThan(seen.open * 0.75);
});
