import { loadFolder } from '../../../src/policy/load.js';
import { whatCan, whoCan } from '../../../src/policy/questions/access.js';
import { describeHours, nextWeek, wallTime } from '../../../src/policy/questions/hours.js';
import { profilesOf } from '../../../src/policy/questions/profiles.js';
import { mayRead, readsOf } from '../../../src/policy/questions/reads.js';
import { timeClasses } from '../../../src/policy/questions/time-classes.js';
import { folder, kinds, POLICIES, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

const FRIDAY = Date.UTC(2026, 10, 20, 10, 20);

async function open(dir: string) {
  const loaded = await loadFolder(dir, { kinds });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return { parts: loaded.parts, pdp: loaded.bundle.pdp };
}

const permit = (id: string, condition = '', principal = 'principal') =>
  `@id("${id}") @chain("auto") permit (${principal}, action == Jit::Action::"request", resource) ${condition};\n`;
const openWith = async (policies: string) => open(await folder({ 'policies.cedar': policies }));

describe('hours', () => {
  test('a week has each hour once, on the wall clock of its timezone', () => {
    for (const timezone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns']) {
      const hours = nextWeek(FRIDAY, timezone);
      expect(new Set(hours.map(({ weekday, hour }) => `${weekday} ${hour}`)).size).toBe(168);
      expect(hours[0]!.at).toBeGreaterThan(FRIDAY);
      expect(wallTime(hours[0]!.at, timezone)).toMatch(/:00$/);
    }
  });

  test('they are told as people tell them', () => {
    const week = nextWeek(FRIDAY, 'UTC');
    expect(describeHours([])).toBe('never');
    expect(describeHours(week)).toBe('always');
    expect(describeHours(week.filter(({ weekday }) => weekday > 5))).toBe('Sat–Sun 0–24');
    expect(describeHours(week.filter(({ weekday, hour }) => weekday !== 3 && hour !== 12))).toBe(
      'Mon–Tue 0–12 and 13–24, Thu–Sun 0–12 and 13–24',
    );
  });
});

describe('hours that no policy tells apart', () => {
  test('are answered alike, for everybody and everything in the default folder', async () => {
    const { parts, pdp } = await open(POLICIES);
    const week = nextWeek(FRIDAY, parts.directory.timezone);
    const classes = timeClasses(parts, week);
    expect(classes.flat()).toHaveLength(168);
    expect(classes.length).toBeLessThan(10);
    for (const groups of [['engineers'], ['on-call'], ['contractors', 'engineers']])
      for (const entitlement of ['orders-logs', 'sandbox-power-user'])
        for (const hours of classes) {
          const answers = hours.map(({ at }) => {
            const who = { email: 'ana@corp.example', groups };
            return JSON.stringify(
              pdp.request({ who, entitlement, duration: 3_600_000, at, ticket: 'OPS-1' }),
            );
          });
          expect(new Set(answers).size).toBe(1);
        }
  });

  test('are each their own where a clause reads more than the time', async () => {
    for (const condition of [
      '(context.hour < 18) == (resource.risk == "low")',
      'context.hour < 9007199254740993',
      'if context.emergency then true else context.hour < 18',
      '{"a": context} == {"a": context}',
    ]) {
      const { parts } = await openWith(permit('p', `when { ${condition} }`));
      expect(timeClasses(parts, nextWeek(FRIDAY, 'UTC'))).toHaveLength(168);
    }
  });

  test('are one where no policy reads the time', async () => {
    const { parts } = await openWith(permit('p', 'when { context has ticket }'));
    expect(timeClasses(parts, nextWeek(FRIDAY, 'UTC'))).toHaveLength(1);
  });
});

describe('what may be asked for', () => {
  test('a shorter time at more hours has a row of its own, a longer one at as many covers it', async () => {
    const { parts, pdp } = await openWith(
      permit('short', 'when { context.duration <= duration("1h") }') +
        permit('day', 'when { context.hour < 12 }'),
    );
    const who = { email: 'ana@corp.example', groups: [] };
    expect(whatCan(parts, pdp, who, FRIDAY).rows).toEqual([
      { entitlement: 'logs', longest: 3_600_000, chain: [], when: 'always', ticket: 'not needed' },
      { entitlement: 'logs', longest: 14_400_000, chain: [], when: 'Mon–Sun 0–12', ticket: 'not needed' },
    ]);
  });

  test('always is always in a week in which the clocks change', async () => {
    const { parts, pdp } = await open(POLICIES);
    for (const before of [Date.UTC(2026, 2, 27), Date.UTC(2026, 9, 23)]) {
      const who = { email: 'ana@corp.example', groups: ['on-call'] };
      const { rows } = whatCan(parts, pdp, who, before);
      expect(rows.map(({ when }) => when)).toEqual(rows.map(() => 'always'));
    }
  });

  test('what a policy names is not taken for its like', async () => {
    const logs = (id: string) => `  - id: ${id}
    name: Logs
    environment: staging
    account: "444455556666"
    risk: low
    durations: [1h]
    sts-session: { roleArn: "arn:aws:iam::444455556666:role/jit/Logs" }
`;
    const { parts, pdp } = await open(
      await folder({
        'catalog.yml': `entitlements:\n${logs('one')}${logs('two')}${logs('three')}`,
        'policies.cedar':
          permit('p') +
          '@id("f") forbid (principal, action == Jit::Action::"request", resource == Jit::Entitlement::"two");\n',
      }),
    );
    const { rows, denied } = whatCan(parts, pdp, { email: 'ana@corp.example', groups: [] }, FRIDAY);
    expect(rows.map(({ entitlement }) => entitlement)).toEqual(['one', 'three']);
    expect(denied).toEqual(['two']);
  });

  test('who is in more groups and may do less is named among those who may not', async () => {
    const { parts, pdp } = await openWith(
      permit('p', 'unless { principal in Jit::Group::"dba" }', 'principal in Jit::Group::"engineers"'),
    );
    const { rows, denied } = whoCan(parts, pdp, 'logs', FRIDAY);
    expect(rows.map(({ who }) => who)).toEqual(['engineers']);
    expect(denied).toEqual(['anyone', 'engineers + dba']);
  });
});

describe('whom the policies tell apart', () => {
  const groups = Array.from({ length: 30 }, (_, n) => `g${n}`);
  const directory = { groups: Object.fromEntries(groups.map((name) => [name, { members: [] }])) };

  test('is bounded, and says how many were left out', async () => {
    const { parts } = await openWith(permit('p'));
    const any = groups.map((name) => `principal in Jit::Group::"${name}"`).join(' || ');
    const policies = [{ id: 'p', effect: 'permit' as const, text: permit('p', `when { ${any} }`) }];
    const found = profilesOf({ policies, directory: { ...parts.directory, ...directory } });
    expect(found.profiles).toHaveLength(200);
    expect(found.left).toBe(1 + 30 + (30 * 29) / 2 + 1 - 200);
  });
});

describe('what policies read', () => {
  test('is told by attribute, and all of it where one takes the context as a whole', () => {
    const of = (condition: string) => readsOf([{ text: permit('p', `when { ${condition} }`) }]);
    expect(of('context.hour < 18 && context has ticket')).toEqual(new Set(['hour', 'ticket']));
    expect(of('context["h\\u{6f}ur"] < 18')).toEqual(new Set(['hour']));
    expect(mayRead(of('context == {}'), 'ticket')).toBe(true);
    expect(mayRead(of('resource.risk == "low"'), 'ticket')).toBe(false);
  });
});
