import { TZDate } from '@date-fns/tz';
import { DAY, HOUR, MINUTE } from '../../support/units.js';
import { createPdp } from '../../../src/policy/pdp.js';
import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { diffHistory, readRecorded, type RecordedRequest } from '../../../src/policy/diff/history.js';
import { decidesDifferently, diffPolicies } from '../../../src/policy/diff/index.js';
import { hintsIn } from '../../../src/policy/diff/hints.js';
import { mentionsOf } from '../../../src/policy/questions/mentions.js';
import { describeHours, timeClasses } from '../../../src/policy/questions/week.js';
import { FILES, folder, kinds, POLICIES, removeFolders } from '../../support/policy.js';
import { slackAccount } from '../../support/accounts.js';

afterAll(removeFolders);

type Files = Parameters<typeof folder>[0];

async function parts(files: Files = {}): Promise<Loaded> {
  const loaded = await loadFolder(await folder(files), { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded;
}
const request = (rest: string, head = '@id("more") @chain("auto") permit') => ({
  'more.cedar': `${head} (principal, action == Jit::Action::"request", resource) ${rest};`,
});
async function rows(before: Files, after: Files) {
  const diff = diffPolicies(await parts(before), await parts(after));
  return diff.rows.map(({ kind, who, entitlements, durations, times, ticket, ...chain }) => {
    const what = `${entitlements.join()} ${durations}, ${times}, ${ticket}`;
    return `${kind}: ${who.join()}: ${what}: ${chain.before} → ${chain.after}`;
  });
}

test('two folders that say the same do not differ, comments and order apart', async () => {
  const text = FILES['policies.cedar'];
  const [one, other] = [await parts(), await parts({ 'a.cedar': `// moved\n${text}`, 'policies.cedar': '' })];
  const diff = diffPolicies(one, other);
  expect(diff.rows).toEqual([]);
  expect(decidesDifferently(diff)).toBe(false);
});

test.each<[string, Files, string[]]>([
  [
    'a permit for everybody',
    request('when { context has ticket }'),
    ['newly permitted: everybody: logs any duration, any time, with a ticket: refused → at once'],
  ],
  [
    'a forbid for the long',
    request('when { context.duration > duration("2h") }', '@id("more") forbid'),
    ['no longer permitted: engineers: logs 4h, any time, with or without a ticket: at once → refused'],
  ],
  [
    'another permit that asks for more',
    request(
      'when { context.hour < 8 || context.hour >= 18 || context.weekday > 5 }',
      '@id("more") @chain("manager, 2 of security") permit',
    ),
    [
      'newly permitted: everybody: logs any duration, outside Mon–Fri 8–18, with or without a ticket: refused → manager, 2 of security',
      'gained approval: engineers: logs any duration, outside Mon–Fri 8–18, with or without a ticket: at once → manager, 2 of security',
    ],
  ],
  [
    'a forbid for a combination',
    request(
      'when { principal in Jit::Group::"security" && principal in Jit::Group::"engineers" }',
      '@id("more") forbid',
    ),
    [
      'no longer permitted: engineers + security: logs any duration, any time, with or without a ticket: at once → refused',
    ],
  ],
  [
    'a permit for one person',
    request('when { principal == Jit::User::"ana@corp.example" }'),
    [
      'newly permitted: ana@corp.example: logs any duration, any time, with or without a ticket: refused → at once',
    ],
  ],
  [
    'a permit for owners',
    request('when { principal in resource.owners }'),
    ['newly permitted: dba: logs any duration, any time, with or without a ticket: refused → at once'],
  ],
])('%s is told as what it does', async (_, after, expected) => {
  expect(await rows({}, after)).toEqual(expected);
});

const chained = (chain: string) => ({
  'policies.cedar': FILES['policies.cedar'].replace('"auto"', `"${chain}"`),
});
test.each([
  ['security', 'auto', 'became automatic'],
  ['manager, security', 'manager', 'lost approval'],
  ['2 of security', 'security', 'lost approval'],
  ['auto', 'manager', 'gained approval'],
  ['security', '2 of security', 'gained approval'],
  ['manager', 'security', 'changed approval'],
])('invariant 3: a chain of %s that becomes %s: %s', async (before, after, kind) => {
  const found = await rows(chained(before), chained(after));
  const shown = (chain: string) => (chain === 'auto' ? 'at once' : chain);
  expect(found).toEqual([
    `${kind}: engineers: logs any duration, any time, with or without a ticket: ${shown(before)} → ${shown(after)}`,
  ]);
});

test('the order in which stages are asked is a difference too', async () => {
  const before = chained('manager, security');
  const directory = FILES['directory.yml'].replace('  manager: { manager: true }\n', '');
  const after = { ...before, 'directory.yml': `${directory}  manager: { manager: true }\n` };
  const diff = diffPolicies(await parts(before), await parts(after));
  expect(diff.rows).toMatchObject([{ kind: 'changed approval', after: 'security, manager' }]);
  expect(diff.files.directory).toEqual(['stages are asked in the order owners, security, manager']);
});

test('durations that are offered no more, or only now, are told', async () => {
  const after = { 'catalog.yml': FILES['catalog.yml'].replace('[1h, 4h]', '[30m, 1h]') };
  expect(await rows({}, after)).toEqual([
    'newly permitted: engineers: logs 30m, any time, with or without a ticket: not offered → at once',
    'no longer permitted: engineers: logs 4h, any time, with or without a ticket: at once → not offered',
  ]);
});

test('entitlements that policies cannot tell apart stand in one row', async () => {
  const more = ['b', 'c'].map((id) =>
    FILES['catalog.yml'].replace('entitlements:\n', '').replace('logs', id),
  );
  const catalog = { 'catalog.yml': FILES['catalog.yml'] + more.join('') };
  expect(await rows(catalog, { ...catalog, ...request('', '@id("more") forbid') })).toEqual([
    'no longer permitted: engineers: b,c,logs any duration, any time, with or without a ticket: at once → refused',
  ]);
});

test('what the files say differently is told in sentences', async () => {
  const after = {
    'policies.cedar': FILES['policies.cedar'].replace('"low"', '"medium"'),
    ...request('', '@id("new") forbid'),
    'catalog.yml': FILES['catalog.yml']
      .replace('role/jit/Logs', 'role/jit/Other')
      .replace('risk: low', 'risk: high'),
    'directory.yml': `${FILES['directory.yml'].replace('[sam@corp.example, kim@corp.example]', '[sam@corp.example, eve@corp.example]').replace('usergroup: S0ENG', 'usergroup: S0X').replace('group: security', 'group: dba')}warnBefore: 5m\npeople: { ana@corp.example: { manager: bob@corp.example } }\n`,
  };
  const { files, notes } = diffPolicies(await parts(), await parts(after));
  expect(files).toEqual({
    policies: ['low-at-once: changed', 'new: added'],
    catalog: [
      'logs: risk low → high',
      'logs: what is granted changed (roleArn): requests under way close, and have to be made again',
    ],
    directory: [
      'group engineers: its members come from elsewhere',
      'group security: +eve@corp.example, −kim@corp.example; 2 in all',
      'stage security: security → dba',
      'ana@corp.example: manager unknown → bob@corp.example',
      'warnBefore changed',
    ],
  });
  expect(notes.join()).toContain('Only requests were compared');
});

test('a ticket that no case shows is said to be missing', async () => {
  const directory = {
    'directory.yml': `${FILES['directory.yml']}justification: { ticket: { pattern: 'TICKET/[0-9]+/[a-z]{3}' } }\n`,
  };
  const after = { ...directory, ...request('when { context has ticket }') };
  const { notes, rows: none } = diffPolicies(await parts(directory), await parts(after));
  expect(none).toEqual([]);
  expect(notes.join()).toContain('without a ticket');
  const hints = { groups: [], tickets: ['TICKET/1/abc'] };
  expect(diffPolicies(await parts(directory), await parts(after), hints).rows).toHaveLength(1);
});

test('what has more values than can be tried is said to be looked into', async () => {
  const condition =
    'when { principal.email like "*@corp.example" && context has ticket && context.ticket like "A*" }';
  const { notes } = diffPolicies(await parts(), await parts(request(condition)));
  expect(notes.join()).toContain('The only ticket that was tried is OPS-12');
  expect(notes.join()).toContain('Policies look into e-mail addresses');
});

test('the cases of a folder give groups and a ticket', async () => {
  const hints = await hintsIn(POLICIES);
  expect(hints.groups).toContainEqual(['contractors', 'engineers', 'on-call']);
  expect(hints.tickets).toContain('OPS-12');
  expect(await hintsIn('/nowhere')).toEqual({ groups: [], tickets: [] });
});

test.each([
  'context.hour >= 8 && 17 >= context.hour && context.weekday != 6',
  '[1, 3, 5].contains(context.weekday) || context.hour == 12',
  'context.hour + context.weekday > 12',
  'if context.weekday < 3 then context.hour < 5 else 20 < context.hour',
  'context.now < datetime("2026-01-07T12:00:00Z")',
  'context.now.toTime() > duration("13h")',
  '-1 < context.hour && !(context.hour <= 9)',
  'context has hour && context["hour"] == context.weekday',
])('every hour of a week is decided as its class is: %s', async (condition) => {
  const files = {
    ...request(`when { ${condition} }`),
    'directory.yml': `${FILES['directory.yml']}timezone: Asia/Kathmandu\n`,
  };
  const { parts: loaded } = await parts(files);
  const pdp = createPdp(loaded);
  const who = { email: 'x@y.example', groups: [] };
  const decide = (at: number) => pdp.request({ who, entitlement: 'logs', duration: HOUR, at }).outcome;
  const { weekday, hour } = mentionsOf(loaded.policies);
  const classes = timeClasses(weekday, hour, 'Asia/Kathmandu');
  const seen = classes.flatMap(({ hours, at }) => {
    const expected = decide(at);
    return hours.map((index) => {
      const local = new TZDate(2026, 0, 5 + Math.floor(index / 24), index % 24, 'Asia/Kathmandu');
      expect([index, decide(local.getTime())]).toEqual([index, expected]);
      return index;
    });
  });
  expect(new Set(seen).size).toBe(168);
  expect(seen).toHaveLength(168);
});

test('hours are described as people say them', () => {
  const all = Array.from({ length: 168 }, (_, hour) => hour);
  const working = all.filter((hour) => hour < 120 && hour % 24 >= 8 && hour % 24 < 18);
  expect(describeHours(all)).toBe('any time');
  expect(describeHours(working)).toBe('Mon–Fri 8–18');
  expect(describeHours(all.filter((hour) => !working.includes(hour)))).toBe('outside Mon–Fri 8–18');
  expect(describeHours([0, 1, 5, 30])).toBe('Mon 0–2 and 5–6, Tue 6–7');
  expect(describeHours(all.slice(120))).toBe('Sat–Sun');
});

describe('recorded requests', () => {
  const AT = Date.UTC(2026, 10, 20, 10);
  const recorded = (id: string, requester: string, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
    id,
    requester,
    question: { entitlement: 'logs', duration: HOUR, at: AT },
    decided: 'auto',
    policies: ['low-at-once'],
    bundle: '',
    ...more,
  });
  async function history(
    before: Files,
    after: Files,
    list: RecordedRequest[],
    groups: Record<string, string[]> = {},
  ) {
    const [one, other] = [await parts(before), await parts(after)];
    const sides = [one, other].map(({ parts: loaded }) => ({ parts: loaded, pdp: createPdp(loaded) }));
    return diffHistory(sides[0]!, sides[1]!, list, new Map(Object.entries(groups)));
  }

  test('are decided again, and counted by what becomes of them', async () => {
    const found = await history(chained('manager, security'), chained('manager'), [
      recorded('1', 'ana@corp.example', { decided: 'manager, security' }),
      recorded('2', 'eva@corp.example', { decided: 'refused', policies: [] }),
    ]);
    expect(found).toEqual({
      requests: 2,
      counts: { 'become automatic': 0, 'lose approval by security': 1 },
      differ: [
        {
          id: '1',
          requester: 'ana@corp.example',
          entitlement: 'logs',
          before: 'manager, security',
          after: 'manager',
        },
      ],
      unjudged: [],
    });
  });

  test('whose requester’s groups decide, and are unknown, are not judged', async () => {
    const after = request('when { principal in Jit::Group::"other" }', '@id("more") forbid');
    const directory = {
      'directory.yml': FILES['directory.yml'].replace(
        'groups:\n',
        'groups:\n  other: { usergroup: S0OTHER }\n',
      ),
    };
    const list = [recorded('1', 'ana@corp.example')];
    expect(await history(directory, { ...directory, ...after }, list)).toMatchObject({
      unjudged: ['1'],
      differ: [],
    });
    const groups = { 'ana@corp.example': ['engineers', 'other'] };
    expect(await history(directory, { ...directory, ...after }, list, groups)).toMatchObject({
      unjudged: [],
      differ: [{ id: '1', before: 'at once', after: 'refused' }],
    });
  });

  test('that the old folder does not decide as they were decided are not judged', async () => {
    const list = [recorded('1', 'ana@corp.example', { decided: 'manager' })];
    expect(await history({}, chained('security'), list)).toMatchObject({ unjudged: ['1'], differ: [] });
  });

  test('are read from a line of the export, and other events are passed over', () => {
    const asked = {
      requester: { email: 'ana@corp.example', account: slackAccount('U0ANA', 'T0') },
      entitlement: { id: 'logs', name: 'Logs' },
      duration: 15 * MINUTE,
      ticket: 'OPS-1',
      requestedAt: DAY,
      justification: 'because',
      chain: [{ name: 'security', quorum: 2 }],
      ruling: { policies: ['b', 'a'], advice: [], bundle: 'x' },
    };
    const line = (event: object) =>
      JSON.stringify({ at: '', record: { requestId: 'R', n: 1, hash: '', event } });
    expect(readRecorded(line({ type: 'RequestSubmitted', asked }))).toEqual({
      id: 'R',
      requester: 'ana@corp.example',
      question: { entitlement: 'logs', duration: 15 * MINUTE, at: DAY, ticket: 'OPS-1' },
      decided: '2 of security',
      policies: ['a', 'b'],
      bundle: 'x',
    });
    const refused = { type: 'RequestRefused', asked: { ...asked, chain: [] }, reason: { code: 'policy' } };
    expect(readRecorded(line(refused))?.decided).toBe('refused');
    expect(readRecorded(line({ type: 'Voted' }))).toBeUndefined();
    expect(() => readRecorded('{"a":1}')).toThrow('record');
    expect(() => readRecorded(line({ type: 'RequestSubmitted' }))).toThrow('asked');
  });
});
