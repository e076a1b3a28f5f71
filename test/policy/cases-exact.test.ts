/** @project long */
import { formatChain, type Chain } from '../../src/domain/chain.js';
import { ask } from '../../src/policy/cases/case.js';
import { decidable, type Decidable } from '../../src/policy/cases/coverage/index.js';
import type { LawProof } from '../../src/policy/cases/laws/prove.js';
import { readWritten } from '../../src/policy/cases/read.js';
import { runCaseFiles } from '../../src/policy/cases/run.js';
import { loadFolder, type Loaded } from '../../src/policy/load.js';
import type { Parts } from '../../src/policy/policy.js';
import type { AskedQuestion } from '../../src/policy/questions/locate.js';
import type { Who } from '../../src/ports/policy.js';
import { random, type Random } from '../fuzz/random.js';
import { folder, FROM, kinds, loadedAt, removeFolders } from '../support/policy.js';
import { tries } from '../support/tries.js';
import { actPolicies, CATALOG, DIRECTORY, policies, question } from './questions/random-policies.js';

afterAll(removeFolders);

const FOLDERS = tries(60, 150);
const LAWS = 4;
const QUESTIONS = 120;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128);

/** A folder with these policies; undefined where Cedar does not take them. */
async function loaded(text: string): Promise<Loaded | undefined> {
  const dir = await folder({ 'policies.cedar': text, 'catalog.yml': CATALOG, 'directory.yml': DIRECTORY });
  const found = await loadFolder(dir, { kinds });
  return 'problems' in found ? undefined : found;
}

const some = (r: Random, { parts }: Loaded) =>
  question(r, FROM, (id) => parts.entitlements.get(id)!.durations);

/** A law as it is written, of what it says by itself. */
interface Never {
  entitlement?: string[];
  environment?: string;
  risk?: string[];
  tags?: { team: string };
  requester?: { groups?: string[]; notIn?: string[] };
  duration?: { over: string };
  ticket?: boolean;
  businessHours?: boolean;
  onCall?: boolean;
  outcome?: 'auto' | 'needs-approval';
  chain?: { fewerThan?: string; without?: string };
}

function someLaw(r: Random): Never {
  const perhaps = <K extends keyof Never>(key: K, value: () => Never[K], p: number) =>
    r.chance(p) ? { [key]: value() } : {};
  return {
    ...perhaps('entitlement', () => r.pick([['one'], ['two'], ['one', 'two']]), 0.3),
    ...perhaps('environment', () => r.pick(['production', 'staging']), 0.2),
    ...perhaps('risk', () => r.pick([['low'], ['high'], ['low', 'high']]), 0.15),
    ...perhaps('tags', () => ({ team: 'x' }), 0.1),
    ...perhaps(
      'requester',
      () =>
        r.pick([
          { groups: [r.pick(['a', 'b', 'c', 'd'])] },
          { notIn: [r.pick(['a', 'b', 'c', 'd'])] },
          { notIn: ['c', 'a'] },
          { groups: ['a', 'd'], notIn: ['b'] },
        ]),
      0.5,
    ),
    ...perhaps('duration', () => ({ over: r.pick(['30m', '1h', '2h']) }), 0.2),
    ...perhaps('ticket', () => r.chance(0.5), 0.25),
    ...perhaps('businessHours', () => r.chance(0.5), 0.25),
    ...perhaps('onCall', () => r.chance(0.5), 0.2),
    ...perhaps('outcome', () => r.pick(['auto', 'needs-approval'] as const), 0.3),
    ...perhaps(
      'chain',
      () =>
        r.pick([
          { fewerThan: '2 people' },
          { fewerThan: '3 people' },
          { without: r.pick(['security', '2 of security', 'manager', 'owners']) },
          { fewerThan: '3 people', without: 'manager' },
        ]),
      0.5,
    ),
  };
}

const CATALOG_SAYS: Record<string, { environment: string; risk: string; team?: string }> = {
  one: { environment: 'production', risk: 'high', team: 'x' },
  two: { environment: 'staging', risk: 'low' },
};
const HOURS: Record<string, number> = { '30m': 0.5, '1h': 1, '2h': 2 };

/** Said once more, by nothing of the program: whether a law speaks of a question. */
function speaksOf(
  never: Never,
  { who, entitlement, duration, at, ticket, ...asked }: AskedQuestion,
): boolean {
  const it = CATALOG_SAYS[entitlement]!;
  const { groups = [], notIn = [] } = never.requester ?? {};
  const isOnCall = asked.failed?.['onCall'] === undefined ? asked.given?.['onCall'] : undefined;
  return (
    (never.entitlement?.includes(entitlement) ?? true) &&
    (never.environment ?? it.environment) === it.environment &&
    (never.risk?.includes(it.risk) ?? true) &&
    (never.tags === undefined || it.team === never.tags.team) &&
    groups.every((name) => who.groups.includes(name)) &&
    !notIn.some((name) => who.groups.includes(name)) &&
    (never.duration === undefined || duration > HOURS[never.duration.over]! * 3_600_000) &&
    (never.ticket ?? ticket !== undefined) === (ticket !== undefined) &&
    (never.businessHours === undefined || never.businessHours === isWork(at)) &&
    (never.onCall === undefined || never.onCall === isOnCall)
  );
}

const WALL = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  weekday: 'short',
  hour: '2-digit',
  hourCycle: 'h23',
  day: '2-digit',
  month: '2-digit',
});
function isWork(at: number): boolean {
  const parts = Object.fromEntries(WALL.formatToParts(at).map(({ type, value }) => [type, value]));
  const hour = Number(parts['hour']);
  const isFree =
    ['Sat', 'Sun'].includes(parts['weekday']!) || `${parts['day']} ${parts['month']}` === '25 12';
  return !isFree && hour >= 8 && hour < 18;
}

function isBreach({ outcome, chain = {} }: Never, found: Chain): boolean {
  const [name = '', least = 1] = chain.without?.startsWith('2 of ') ? ['security', 2] : [chain.without];
  const people = found.map(({ quorum }) => quorum).reduce((sum, one) => sum + one, 0);
  const asked = found.find((stage) => stage.name === name)?.quorum ?? 0;
  return (
    (outcome === undefined || (outcome === 'auto') === (found.length === 0)) &&
    (chain.fewerThan === undefined || people < Number(chain.fewerThan[0])) &&
    (chain.without === undefined || asked < least)
  );
}

test(`a law is broken if a question breaks it, and proven if none does, seed ${SEED}`, async () => {
  const r = random(SEED);
  const counts = { broken: 0, proven: 0 };
  for (let n = 0; n < FOLDERS; n++) {
    const text = policies(r);
    const found = await loaded(text);
    if (!found) continue;
    const { pdp } = found.bundle;
    const asked = Array.from({ length: QUESTIONS }, () => some(r, found)).map((one) => {
      const decision = pdp.request({ ...one, probe: true });
      return { one, chain: decision.outcome === 'denied' ? undefined : decision.chain };
    });
    const laws = Array.from({ length: LAWS }, () => someLaw(r)).filter((never) => {
      const texts = new Map([['cases/a.yml', JSON.stringify([{ name: 'a law', never }])]]);
      return readWritten({ texts, problems: [] }, found)[0]?.is === 'law';
    });
    const file = JSON.stringify(laws.map((never, i) => ({ name: String(i), never })));
    const results = await runCaseFiles({ texts: new Map([['cases/a.yml', file]]), problems: [] }, found, {
      from: FROM,
    });
    for (const [i, { law }] of results.entries()) {
      const never = laws[i]!;
      const breaking = asked.filter(
        ({ one, chain }) => chain && speaksOf(never, one) && isBreach(never, chain),
      );
      const fault = faultIn(law, never, { found, breaking: breaking.length });
      const context = [text, never, breaking[0]?.one, law];
      expect([...context, fault]).toEqual([...context, undefined]);
      counts[law?.is === 'broken' ? 'broken' : 'proven']++;
    }
  }
  expect(Math.min(counts.broken, counts.proven)).toBeGreaterThan(FOLDERS / 2);
});

test(`a policy that decides no case has a case that it decides, or decides no question, seed ${SEED}`, async () => {
  const r = random(SEED + 1);
  const counts = { something: 0, never: 0, 'not proven': 0 };
  for (let n = 0; n < FOLDERS; n++) {
    const text = `${policies(r)}\n${actPolicies(r)}`;
    const found = await loaded(text);
    if (!found) continue;
    const { parts } = found;
    const decidedBy = new Set(
      Array.from({ length: QUESTIONS }, () => decidedIn(r, found)).flatMap((ids) => ids),
    );
    const all = decidable(
      parts.policies.map(({ id }) => id),
      found,
      FROM,
    );
    for (const [id, one] of all) {
      counts[one.decides]++;
      const context = [text, id, one];
      const fault = await faultInCoverage(id, one, found, decidedBy);
      expect([...context, fault]).toEqual([...context, undefined]);
    }
  }
  expect(counts.something).toBeGreaterThan(FOLDERS * 2);
  expect(counts.never).toBeGreaterThan(FOLDERS / 4);
  expect(counts['not proven']).toBeLessThan(counts.something / 4);
});

/** What is wrong with what is said of a law; undefined: nothing. */
function faultIn(
  law: LawProof | undefined,
  never: Never,
  { found, breaking }: { found: Loaded; breaking: number },
): string | undefined {
  if (law?.is === 'proven') return breaking > 0 ? 'a question breaks it' : undefined;
  if (law?.is !== 'broken') return 'nothing is proven of it';
  const { inputs = {}, failedInputs = [], ticket, emergency, expect: expected, ...test } = law.witness;
  const usual = { liveGrants: 0, hasThis: false, recentDenials: 0, onCall: false };
  const witness = {
    ...test,
    given: { ...usual, ...inputs },
    failed: Object.fromEntries(failedInputs.map((name) => [name, 'it is said'])),
    ...(ticket !== undefined && { ticket }),
    ...(emergency && { emergency }),
  };
  const decision = found.bundle.pdp.request({ ...witness, probe: true });
  if (decision.outcome === 'denied') return 'the witness is denied';
  if (formatChain(expected.chain!) !== formatChain(decision.chain))
    return 'the witness is answered otherwise';
  if (!speaksOf(never, witness)) return 'the law does not speak of the witness';
  return isBreach(never, decision.chain) ? undefined : 'the witness does not break the law';
}

/** What is wrong with what is said of a policy that decides no case. */
async function faultInCoverage(
  id: string,
  one: Decidable,
  { parts, bundle }: Loaded,
  decidedBy: ReadonlySet<string>,
): Promise<string | undefined> {
  if (one.decides === 'never') return decidedBy.has(id) ? 'it decides a question' : undefined;
  if (one.decides === 'not proven') {
    const why = one.why.filter((text) => !/does not ask about|on whose request|was tried/.test(text));
    return why.length > 0 ? why.join('; ') : undefined;
  }
  const texts = new Map([['cases/a.yml', one.example]]);
  const [result] = await runCaseFiles({ texts, problems: [] }, { parts, bundle }, { from: FROM });
  if (!result?.passed) return 'the case does not pass';
  return result.policies.includes(id) ? undefined : 'it does not decide the case';
}

/** The policies that decide some question about a request, or on one, as a case asks it. */
function decidedIn(r: Random, found: Loaded): readonly string[] {
  const { parts, bundle } = found;
  const { who, entitlement, duration, at, given, failed, ...rest } = some(r, found);
  const about = { name: '', at, who, expect: { outcome: '' } };
  const action = r.pick(['request', 'approve', 'revoke', 'audit'] as const);
  if (action === 'request') {
    const asked = { ...about, ...rest, action, entitlement, duration, inputs: given };
    return ask({ ...asked, failedInputs: Object.keys(failed) }, bundle).policies ?? [];
  }
  const requester = some(r, found).who;
  const stage = r.pick(parts.directory.stages);
  // Of these jit does not ask policy.
  const isOwn = requester.email === who.email;
  if (isOwn || (action === 'approve' && !isEntitled(who, stage, { requester, entitlement }, parts)))
    return [];
  const request = { id: 'case', requester, entitlement, duration, approvedBy: [] };
  const test =
    action === 'approve' ? { action, ...about, request, stage: stage.name } : { action, ...about, request };
  return ask(test, bundle).policies ?? [];
}

function isEntitled(
  { email, groups }: Who,
  { kind, group = '' }: Parts['directory']['stages'][number],
  { requester, entitlement }: { requester: Who; entitlement: string },
  { directory, entitlements }: Parts,
): boolean {
  if (kind === 'manager') return directory.people[requester.email]?.manager === email;
  const names = kind === 'owners' ? entitlements.get(entitlement)!.owners : [group];
  return names.some((name) => groups.includes(name));
}

test('a law of which there are too many cases is not proven, and those after it are heard all the same', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `g${n}`);
  const directory = DIRECTORY.replace(
    'groups:\n',
    `groups:\n${names.map((name) => `  ${name}: { usergroup: S${name} }\n`).join('')}`,
  );
  const asks = names.map((name) => `principal in Jit::Group::"${name}"`);
  const pairs = asks.slice(0, 20).map((one, n) => `(${one} && ${asks[n + 20]})`);
  const permit = (id: string, chain: string, environment: string, when: string) =>
    `@id("${id}") @chain("${chain}") permit (principal, action == Jit::Action::"request", resource in Jit::Environment::"${environment}") when { ${when} };\n`;
  const dir = await folder({
    'directory.yml': directory,
    'catalog.yml': CATALOG,
    'policies.cedar': [
      permit('some', 'manager', 'production', asks.slice(0, 20).join(' || ')),
      permit('pairs', 'security', 'production', pairs.join(' || ')),
      permit('plain', 'manager', 'staging', asks[0]!),
    ].join(''),
  });
  const laws = `
- name: too much
  never: { environment: production, chain: { fewerThan: 2 people, without: manager } }
- name: plain
  never: { environment: staging, outcome: auto }
- name: broken
  never: { environment: staging, chain: { fewerThan: 2 people } }
`;
  const texts = new Map([['cases/a.yml', laws]]);
  const results = await runCaseFiles({ texts, problems: [] }, await loadedAt(dir), { from: FROM });
  expect(results.map(({ law }) => law)).toMatchObject([
    {
      is: 'not proven',
      why: [
        expect.stringMatching(
          /^not understood: what the policies tell apart together.*; most is asked by pairs \(policies\.cedar:2\) and some \(policies\.cedar:1\)$/,
        ),
      ],
    },
    { is: 'proven' },
    { is: 'broken' },
  ]);
});
