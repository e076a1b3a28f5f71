import { decidesDifferently, diffPolicies } from '../../../src/policy/diff/index.js';
import type { RecordedDecision, RecordedRequest } from '../../../src/policy/diff/past/recorded.js';
import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { FILES, folder, kinds, removeFolders } from '../../support/policy.js';
import { DAY, FRIDAY, HOUR } from '../../support/units.js';

afterAll(removeFolders);

type Files = Parameters<typeof folder>[0];
type Basis = NonNullable<RecordedDecision['basis']>;
const ANA = 'ana@corp.example';

async function loaded(files: Files = {}): Promise<Loaded> {
  const found = await loadFolder(await folder(files), { kinds });
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found;
}

const told = (groups: string[], more: Partial<Basis> = {}): { basis: Basis } => ({
  basis: { groups, unknownGroups: [], given: {}, unknownInputs: [], ...more },
});
const decision = (more: Partial<RecordedDecision> = {}): RecordedDecision => ({
  when: 'asking',
  at: FRIDAY,
  decided: 'auto',
  policies: ['low-at-once'],
  bundle: 'another',
  ...more,
});
const request = (
  id: string,
  more: Partial<RecordedDecision> = {},
  over: Partial<RecordedRequest> = {},
): RecordedRequest => ({
  id,
  requester: ANA,
  question: { entitlement: 'logs', duration: HOUR },
  decisions: [decision(more)],
  ...over,
});

async function history(
  before: Files,
  after: Files,
  requests: RecordedRequest[],
  groups: Record<string, string[]> = {},
) {
  const past = { requests, groups: new Map(Object.entries(groups)) };
  const diff = diffPolicies(await loaded(before), await loaded(after), FRIDAY, past);
  return diff.history!;
}

const chained = (chain: string): Files => ({
  'policies.cedar': FILES['policies.cedar'].replace('"auto"', `"${chain}"`),
});
const more = (condition: string, head = '@id("more") forbid (principal'): Files => ({
  'more.cedar': `${head}, action == Jit::Action::"request", resource) ${condition};`,
});
/** The documentation's own example, for as many as that. */
const fewAtOnce = (most: number) =>
  more(
    `when { context has liveGrants && context.liveGrants >= ${most} }`,
    '@id("few-at-once") forbid (principal',
  );
const withGroups = (...names: string[]): Files => ({
  'directory.yml': FILES['directory.yml'].replace(
    'groups:\n',
    `groups:\n${names.map((name) => `  ${name}: { usergroup: S0${name.toUpperCase()} }\n`).join('')}`,
  ),
});

describe('on what the record says was known', () => {
  test('requests are decided again, and counted by what becomes of them', async () => {
    const found = await history(chained('manager, security'), chained('manager'), [
      request('1', told(['engineers'])),
      request('2', { ...told(['contractors']), decided: 'refused', policies: [] }),
    ]);
    expect(found).toEqual({
      requests: 2,
      counts: { 'become automatic': 0, 'lose approval by security': 1 },
      differ: [
        {
          id: '1',
          requester: ANA,
          entitlement: 'logs',
          when: 'asking',
          before: 'manager, security',
          after: 'manager',
        },
      ],
      otherwise: [],
      unjudged: [],
    });
  });

  test('few-at-once: no false finding, and who had that many is told', async () => {
    const requests = [0, 2, 3].map((liveGrants) =>
      request(`${liveGrants}`, told(['engineers'], { given: { liveGrants, hasThis: false } })),
    );
    expect(await history(fewAtOnce(3), { ...fewAtOnce(3), ...chained('auto') }, requests)).toMatchObject({
      differ: [],
      unjudged: [],
    });
    const { differ, unjudged } = await history(fewAtOnce(3), fewAtOnce(2), requests);
    expect(unjudged).toEqual([]);
    expect(differ).toMatchObject([{ id: '2', before: 'at once', after: 'refused' }]);
    const weaker = { ...fewAtOnce(3), ...chained('manager') };
    expect((await history(weaker, fewAtOnce(3), requests)).counts).toEqual({
      'become automatic': 2,
      'lose approval by manager': 2,
    });
  });

  test('what could not be looked up then counts as no, as it did then', async () => {
    const lost = request('1', told(['engineers'], { unknownInputs: ['grants'] }));
    const group = request('2', told(['engineers'], { unknownGroups: ['trained'] }));
    const trained = withGroups('trained');
    const unless = more('unless { principal in Jit::Group::"trained" }');
    expect(await history({}, fewAtOnce(3), [lost])).toMatchObject({
      differ: [{ id: '1', after: 'refused' }],
      unjudged: [],
    });
    expect(await history(trained, { ...trained, ...unless }, [group])).toMatchObject({
      differ: [{ id: '2', after: 'refused' }],
      unjudged: [],
    });
  });

  test('the hour and the day are those of then', async () => {
    const weekdays = more('when { context.weekday > 5 || context.hour >= 18 }');
    const at = (id: string, hours: number) =>
      request(id, { ...told(['engineers']), at: FRIDAY + hours * HOUR });
    const { differ } = await history({}, weekdays, [at('day', 0), at('evening', 8), at('saturday', 24)]);
    expect(differ.map(({ id }) => id)).toEqual(['evening', 'saturday']);
  });

  test('who is listed in a group is what each folder says', async () => {
    const forbid = more('when { principal in Jit::Group::"security" }');
    const without = FILES['directory.yml'].replace(', kim@corp.example', '');
    const kim = request('1', told(['engineers', 'security']), { requester: 'kim@corp.example' });
    const { differ } = await history(forbid, { ...forbid, 'directory.yml': without }, [kim]);
    expect(differ).toMatchObject([{ before: 'refused', after: 'at once' }]);
  });

  test('an approval for less is decided again for less', async () => {
    const known = told(['engineers'], { given: { liveGrants: 0, hasThis: false } });
    const less = decision({ ...known, when: 'approval', decided: 'permitted', duration: HOUR });
    const asked = { entitlement: 'logs', duration: 4 * HOUR };
    const long = more('when { context.duration > duration("1h") }');
    expect(await history({}, long, [request('1', {}, { question: asked, decisions: [less] })])).toMatchObject(
      {
        differ: [],
        unjudged: [],
      },
    );
    const { duration: _, ...all } = less;
    expect(await history({}, long, [request('1', {}, { question: asked, decisions: [all] })])).toMatchObject({
      differ: [{ id: '1', after: 'refused' }],
    });
  });

  test('what was decided when it was approved counts too, with what was known then', async () => {
    const asked = decision(told(['engineers'], { given: { liveGrants: 0, hasThis: false } }));
    const approved = decision({
      ...told(['engineers'], { given: { liveGrants: 2, hasThis: false } }),
      when: 'approval',
      decided: 'permitted',
      at: FRIDAY + HOUR,
    });
    const both = request('1', {}, { decisions: [asked, approved] });
    expect(await history({}, fewAtOnce(2), [both])).toMatchObject({
      differ: [{ id: '1', when: 'approval', before: 'at once', after: 'refused' }],
      unjudged: [],
    });
  });

  test.each([
    ['owners of what nobody asks by', { 'more.cedar': '' }],
    ['owners of other entitlements', more('when { principal in resource.owners }')],
  ])('nine groups that no policy reads for it do not make a history unjudgeable: %s', async (_, files) => {
    const names = Array.from({ length: 9 }, (_one, n) => `team${n}`);
    const catalog = `${FILES['catalog.yml'].replace('[dba]', '[dba]')}${names
      .map((name) =>
        FILES['catalog.yml'].replace('entitlements:\n', '').replace('logs', name).replace('dba', name),
      )
      .join('')}`;
    const before = { ...withGroups(...names), ...files, 'catalog.yml': catalog };
    const list = [request('1', told(['engineers'])), request('2', {}, { requester: 'eve@corp.example' })];
    const found = await history(before, { ...before, ...chained('manager') }, list, {
      'eve@corp.example': ['engineers'],
    });
    expect(found).toMatchObject({ unjudged: [], differ: [{ id: '1' }, { id: '2' }] });
  });

  test('of 251 groups, one permit for the last', async () => {
    const names = Array.from({ length: 251 }, (_one, n) => `g${n}`);
    const groups = withGroups(...names);
    const permit = more('', '@id("last") @chain("manager") permit (principal in Jit::Group::"g250"');
    const list = ['g249', 'g250'].map((name) =>
      request(name, { ...told([name]), decided: 'refused', policies: [] }),
    );
    expect(await history(groups, { ...groups, ...permit }, list)).toMatchObject({
      unjudged: [],
      differ: [{ id: 'g250', before: 'refused', after: 'manager' }],
    });
  });
});

describe('what the record does not say', () => {
  const older = request('1', { decided: 'auto' });

  test('older records are not judged, and are counted apart', async () => {
    const { differ, unjudged } = await history({}, chained('manager'), [
      older,
      request('2', told(['engineers'])),
    ]);
    expect(differ).toMatchObject([{ id: '2' }]);
    expect(unjudged).toEqual([
      { why: expect.stringMatching(/older ones do not: say it with --groups$/), requests: ['1'] },
    ]);
  });

  test('unless groups are written down, and no policy reads what was not', async () => {
    const groups = { [ANA]: ['engineers'] };
    expect(await history({}, chained('manager'), [older], groups)).toMatchObject({
      differ: [{ id: '1' }],
      unjudged: [],
    });
    expect(await history({}, fewAtOnce(1), [older], groups)).toMatchObject({
      differ: [],
      unjudged: [
        {
          why: 'the record does not say what was found of liveGrants, as older ones do not',
          requests: ['1'],
        },
      ],
    });
  });

  test('and unless it is the same whatever was known', async () => {
    expect(
      await history({}, { 'policies.cedar': `// moved\n${FILES['policies.cedar']}` }, [older]),
    ).toMatchObject({ differ: [], unjudged: [] });
    const all = (chain: string) => more('', `@id("all") @chain("${chain}") permit (principal`);
    const { differ } = await history(all('security'), { ...all('manager'), 'policies.cedar': '' }, [older]);
    expect(differ).toMatchObject([{ before: 'security', after: 'manager' }]);
  });

  test('a group that only the new policies read counts as well as one that the old ones read', async () => {
    const reads = more('when { principal in Jit::Group::"other" }');
    const all = {
      ...withGroups('other'),
      'policies.cedar': FILES['policies.cedar'].replace('principal in Jit::Group::"engineers"', 'principal'),
    };
    expect(await history(all, { ...all, ...reads }, [older])).toMatchObject({
      differ: [],
      unjudged: [{ why: expect.stringContaining('older'), requests: ['1'] }],
    });
  });

  test('an input that no policy read then is not known: it is said which, and only where it matters', async () => {
    const list = [
      request('1', told(['engineers'])),
      request('2', { ...told([]), decided: 'refused', policies: [] }),
    ];
    expect(await history({}, fewAtOnce(3), list)).toMatchObject({
      differ: [],
      unjudged: [{ why: 'liveGrants was not looked up then, since no policy read it', requests: ['1'] }],
    });
  });

  test('who was in a group that only the new folder has, or has under another id, is not known', async () => {
    const after = { ...withGroups('trained'), ...more('unless { principal in Jit::Group::"trained" }') };
    const why = 'the record does not say whether the requester was in trained';
    expect(await history({}, after, [request('1', told(['engineers', 'x']))])).toMatchObject({
      differ: [],
      unjudged: [{ why, requests: ['1'] }],
    });
    const moved = { 'directory.yml': FILES['directory.yml'].replace('S0ENG', 'S0OTHER') };
    expect(await history({}, moved, [request('1', told(['engineers']))])).toMatchObject({
      differ: [],
      unjudged: [{ why: 'the record does not say whether the requester was in engineers' }],
    });
  });

  test('what neither folder offers is not judged', async () => {
    const gone = request('1', told(['engineers']), { question: { entitlement: 'gone', duration: HOUR } });
    const long = request('2', told(['engineers']), { question: { entitlement: 'logs', duration: DAY } });
    expect(await history({}, chained('manager'), [gone, long])).toMatchObject({
      differ: [],
      unjudged: [{ why: 'neither folder offers it', requests: ['1', '2'] }],
    });
  });

  test('a ticket of which the folders think differently is decided as each does', async () => {
    const form = (pattern: string) => ({
      'directory.yml': `${FILES['directory.yml']}justification: { ticket: { pattern: "${pattern}" } }\n`,
    });
    const ticket = request('1', {}, { question: { entitlement: 'logs', duration: HOUR, ticket: 'OPS-1' } });
    const found = await history(form('[A-Z]+-[0-9]+'), form('[0-9]+'), [ticket], { [ANA]: ['engineers'] });
    expect(found).toMatchObject({ differ: [{ before: 'at once', after: 'refused' }], unjudged: [] });
    const both = await history(
      { ...form('[A-Z]+-[0-9]+'), ...fewAtOnce(9) },
      { ...form('[0-9]+'), ...fewAtOnce(9) },
      [request('2', told(['engineers']), ticket)],
    );
    expect(both.differ).toEqual([]);
  });
});

describe('the policies that decided it', () => {
  const same = async (
    more_: Partial<RecordedDecision>,
    files: Files = {},
    over: Partial<RecordedRequest> = {},
  ) => {
    const one = await loaded(files);
    const list = [request('1', { ...told(['engineers']), bundle: one.parts.hash, ...more_ }, over)];
    const diff = diffPolicies(
      one,
      await loaded({ ...files, 'directory.yml': `${FILES['directory.yml']}warnBefore: 5m\n` }),
      FRIDAY,
      {
        requests: list,
        groups: new Map(),
      },
    );
    return { otherwise: diff.history!.otherwise, differs: decidesDifferently(diff) };
  };

  test('say the same as then: nothing to tell', async () => {
    expect(await same({})).toEqual({ otherwise: [], differs: false });
    const refused = { ...told([]), decided: 'refused', policies: [] };
    expect(await same(refused)).toEqual({ otherwise: [], differs: false });
  });

  test.each<[string, Partial<RecordedDecision>, string, string]>([
    ['another chain', { decided: 'manager' }, 'manager (low-at-once)', 'auto (low-at-once)'],
    ['other policies', { policies: ['x'] }, 'auto (x)', 'auto (low-at-once)'],
    ['nothing', { ...told([]) }, 'auto (low-at-once)', 'refused (by no policy)'],
    ['more than then', { decided: 'refused', policies: [] }, 'refused (by no policy)', 'auto (low-at-once)'],
    [
      'no to what they let take effect',
      { ...told([]), when: 'approval', decided: 'permitted' },
      'permitted (low-at-once)',
      'refused (by no policy)',
    ],
  ])('say %s: a finding of its own, which counts for --exit-code', async (_, what, recorded, now) => {
    const { otherwise, differs } = await same(what);
    expect(otherwise).toMatchObject([{ id: '1', requester: ANA, recorded, now }]);
    expect(differs).toBe(true);
  });

  test('an approval’s own chain is not on record: that it was permitted, by those policies, is enough', async () => {
    const approval = { when: 'approval', decided: 'permitted' } as const;
    expect(await same(approval, chained('manager'))).toEqual({ otherwise: [], differs: false });
  });

  test('accuse nobody for what the record does not say, nor where other policies decided', async () => {
    const one = await loaded();
    const list = [request('1', { decided: 'manager', bundle: one.parts.hash })];
    expect(diffPolicies(one, one, FRIDAY, { requests: list, groups: new Map() }).history).toMatchObject({
      otherwise: [],
      differ: [],
      unjudged: [],
    });
    expect(await same({ decided: 'manager', bundle: 'another' })).toEqual({ otherwise: [], differs: false });
    expect(await same({ ...told(['engineers']) }, fewAtOnce(3))).toEqual({ otherwise: [], differs: false });
  });
});
