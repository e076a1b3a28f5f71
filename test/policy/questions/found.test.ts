import { diffPolicies } from '../../../src/policy/diff/index.js';
import { changesFor } from '../../../src/policy/explain/improvements.js';
import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { whoCan } from '../../../src/policy/questions/access/who-can.js';
import { folder, kinds, removeFolders } from '../../support/policy.js';

// What random folders showed, each as the smallest of its kind.

afterAll(removeFolders);

const FROM = Date.parse('2026-11-20T10:00:00Z');

async function loaded(policies: string): Promise<Loaded> {
  const found = await loadFolder(await folder({ 'policies.cedar': policies }), { kinds });
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found;
}
const permit = (rest: string, id = 'p') =>
  `@id("${id}") @chain("auto") permit (principal, action == Jit::Action::"request", resource) ${rest};\n`;

async function who(policies: string) {
  const { parts, bundle } = await loaded(policies);
  return whoCan(parts, bundle.pdp, 'logs', FROM);
}
const names = async (policies: string) => (await who(policies)).rows.map((row) => row.who);

describe('a choice between values', () => {
  test('of which two are compared, is understood', async () => {
    const condition =
      '(if context.hour < 9 then 1 else 2) < (if context.weekday == 6 then 2 else 3) && (if context has ticket then 1 else 2) == 1';
    expect(await who(permit(`when { ${condition} }`))).toMatchObject({ rows: [{ who: 'anyone' }], open: [] });
  });

  test('of things that nothing is known of, is said to be not understood', async () => {
    const { open } = await who(
      permit('when { (if context.hour < 9 then resource else Jit::Entitlement::"logs").risk == "low" }'),
    );
    expect(open).toEqual(['what p (policies.cedar:1) reads']);
  });
});

describe('what holds for an address', () => {
  test('is not left out for what holds for another one', async () => {
    expect(
      await names(
        permit('when { principal.email == "dan@corp.example" || principal.email == "eve@corp.example" }'),
      ),
    ).toEqual(['dan@corp.example', 'eve@corp.example']);
  });

  test('of many is told as one of them', async () => {
    expect(await names(permit('when { principal.email like "*@corp.example" }'))).toEqual([
      'addresses such as dan@corp.example',
    ]);
  });

  test('of two that are alike names both', async () => {
    expect(
      await names(permit('when { ["dan@corp.example", "eve@corp.example"].contains(principal.email) }')),
    ).toEqual(['dan@corp.example, eve@corp.example']);
  });
});

describe('what is not understood', () => {
  const OPEN = permit('when { context.hour < context.now.toTime().toHours() + 9 && context has ticket }');

  test('is no row of who can, though a question shows it', async () => {
    expect(await who(OPEN)).toMatchObject({ rows: [], open: ['what p (policies.cedar:1) reads'] });
  });

  test('is a difference that a question shows, and not always', async () => {
    const { rows, open } = diffPolicies(await loaded(permit('when { false }')), await loaded(OPEN), FROM);
    expect(rows.map(({ times }) => times)).toEqual(['some times, not understood which']);
    expect(open).toEqual(['logs: not understood: what p (policies.cedar:1) reads']);
  });

  test('is no advice', async () => {
    const { parts, bundle } = await loaded(OPEN);
    const question = {
      who: { email: 'ana@corp.example', groups: [] },
      entitlement: 'logs',
      duration: 3_600_000,
      at: FROM,
    };
    expect(changesFor(parts, bundle.pdp, question, bundle.pdp.request(question))).toEqual({
      changes: [],
      open: ['what p (policies.cedar:1) reads'],
    });
  });
});
