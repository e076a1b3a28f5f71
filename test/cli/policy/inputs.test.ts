import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jitPolicy } from '../../support/cli.js';
import { folder, POLICIES, removeFolders } from '../../support/policy.js';

afterAll(removeFolders);

const FEW = `@id("few-at-once")
@advice("Hand something back first: /jit list.")
forbid (principal, action == Jit::Action::"request", resource in Jit::Environment::"production")
when { context has liveGrants && context.liveGrants >= 3 };
`;
const files = () =>
  Object.fromEntries(
    readdirSync(POLICIES)
      .filter((name) => /\.(?:cedar|yml)$/.test(name))
      .map((name) => [name, readFileSync(join(POLICIES, name), 'utf8')]),
  );
const withFew = () => folder({ ...files(), 'policies.cedar': undefined, 'few.cedar': FEW });
const otto = ['--requester', 'otto@corp.example', '--groups', 'on-call'];
const at = ['--at', '2026-11-20T10:00:00Z'];

describe('a policy that reads an input', () => {
  test('blinds no tool: nothing is said falsely of the example of the documentation', async () => {
    const dir = await withFew();
    const { out } = await jitPolicy('lint', dir, '--json');
    const { findings } = JSON.parse(out) as { findings: { code: string }[] };
    expect(findings.map(({ code }) => code)).not.toContain('entitlement-unreachable');
    expect(findings.map(({ code }) => code)).not.toContain('not-proven');
    const who = await jitPolicy('who-can', 'orders-logs', '--dir', dir, ...at);
    expect(who).toMatchObject({ code: 0 });
    expect(who.out).toMatch(/^on-call +4h +always +needed +security$/m);
  });

  test('shows in diff, as what has to be found of a person', async () => {
    const [before, after] = [await folder({ ...files(), 'policies.cedar': undefined }), await withFew()];
    const { code, out } = await jitPolicy('diff', before, after, '--exit-code', ...at);
    expect(code).toBe(1);
    expect(out).toContain('liveGrants 3 or more');
  });

  test('what-can and explain take what is found, and what cannot be', async () => {
    const dir = await withFew();
    const can = (...input: string[]) => jitPolicy('what-can', ...otto, '--dir', dir, ...at, ...input);
    expect((await can()).out).toContain('orders-logs');
    expect((await can('--input', 'liveGrants=2')).out).toContain('orders-logs  ');
    expect((await can('--input', 'liveGrants=3')).out).toMatch(
      /^otto@corp\.example may ask for nothing\.\n\nOf every request from .* on\.\n$/,
    );
    expect((await can('--input', 'liveGrants=unknown')).out).toMatch(
      /^otto@corp\.example may ask for nothing\.\n\nOf every request from .* on\.\n$/,
    );
    const why = (...input: string[]) =>
      jitPolicy(
        'explain',
        ...otto,
        '--entitlement',
        'orders-logs',
        '--duration',
        '1h',
        '--ticket',
        'OPS-1',
        '--dir',
        dir,
        ...at,
        ...input,
      );
    expect((await why()).out).toContain('Needs approval: security.');
    expect((await why('--input', 'liveGrants=3')).out).toContain('Hand something back first');
  });

  test.each([
    ['liveGrant=2', 'unknown input "liveGrant"; did you mean "liveGrants"?'],
    [
      'liveGrants=many',
      '--input liveGrants=many is not right; write liveGrants= with a whole number, or unknown',
    ],
    ['onCall=1', '--input onCall=1 is not right; write onCall= with true, false or unknown'],
  ])('%s is refused', async (input, message) => {
    const dir = await withFew();
    const refused = await jitPolicy('what-can', ...otto, '--dir', dir, '--input', input);
    expect(refused).toMatchObject({ code: 2, err: `jit: ${message}\n` });
  });
});
