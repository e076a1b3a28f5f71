import { loadFolder } from '../../../src/policy/load.js';
import { whatCan } from '../../../src/policy/questions/access/what-can.js';
import { whoCan } from '../../../src/policy/questions/access/who-can.js';
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

describe('what may be asked for', () => {
  test('a shorter time at more hours has a row of its own, a longer one at as many covers it', async () => {
    const { parts, pdp } = await openWith(
      permit('short', 'when { context.duration <= duration("1h") }') +
        permit('day', 'when { context.hour < 12 }'),
    );
    const who = { email: 'ana@corp.example', groups: [] };
    expect(whatCan(parts, pdp, { who, at: FRIDAY }).rows).toEqual([
      { entitlement: 'logs', longest: 3_600_000, chain: [], when: 'always', ticket: 'not needed' },
      { entitlement: 'logs', longest: 14_400_000, chain: [], when: 'Mon–Sun 0–12', ticket: 'not needed' },
    ]);
  });

  test('always is always in a week in which the clocks change', async () => {
    const { parts, pdp } = await open(POLICIES);
    for (const before of [Date.UTC(2026, 2, 27), Date.UTC(2026, 9, 23)]) {
      const who = { email: 'ana@corp.example', groups: ['on-call'] };
      const { rows } = whatCan(parts, pdp, { who, at: before });
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
    const { rows, denied } = whatCan(parts, pdp, {
      who: { email: 'ana@corp.example', groups: [] },
      at: FRIDAY,
    });
    expect(rows.map(({ entitlement }) => entitlement)).toEqual(['one', 'three']);
    expect(denied).toEqual(['two']);
  });

  test('who is in more groups and may do less is named among those who may not', async () => {
    const { parts, pdp } = await openWith(
      permit('p', 'unless { principal in Jit::Group::"dba" }', 'principal in Jit::Group::"engineers"'),
    );
    const { rows, denied } = whoCan(parts, pdp, 'logs', FRIDAY);
    expect(rows.map(({ who }) => who)).toEqual(['engineers']);
    expect(denied).toEqual(['anyone', 'dba']);
  });
});
