import { folder, POLICIES, removeFolders } from '../../support/policy.js';
import { expectToFit, jitPolicy } from '../../support/cli.js';

afterAll(removeFolders);

const explain = (entitlement: string, duration: string, ...more: string[]) =>
  jitPolicy('explain', '--dir', POLICIES, '--entitlement', entitlement, '--duration', duration, ...more);
const ana = ['--requester', 'Ana@corp.example', '--groups', 'engineers'];

describe('jit policy explain', () => {
  test('a denial: the policy, its advice, and the clause with the value it read', async () => {
    const { code, out } = await explain(
      'orders-logs',
      '1h',
      ...ana,
      '--ticket',
      'OPS-1',
      '--at',
      '2026-11-20T18:30:00Z',
    );
    expect(code).toBe(0);
    expect(out).toContain("Denied.\n  Production opens Monday to Friday from 8 to 18 o'clock.");
    expect(out).toContain('Decided by:\n  forbid production-working-hours\n');
    expect(out).toContain('`context.hour < 18` was false: hour is 19');
    expect(out).toContain('`principal in Jit::Group::"on-call"` was false: ana@corp.example is in engineers');
    expect(out).not.toContain('`context.hour >= 8` was false');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'asked from Mon 23 Nov 2026, 08:00 until Mon 23 Nov 2026, 18:00: permitted: needs manager, 2 of security',
    );
    expectToFit(out);
  });

  test('a routing: who sits in each stage, and the policy that one more group would bring', async () => {
    const { out } = await explain('orders-logs', '1h', ...ana, '--ticket', 'OPS-1');
    expect(out).toContain(
      'Needs approval: manager, 2 of security.\n  manager: bob@corp.example, their manager\n',
    );
    expect(out).toContain('2 of security: sam@corp.example, kim@corp.example, lee@corp.example');
    expect(out).toContain(
      'permit production-on-call (security)\n    needs principal in Jit::Group::"on-call"',
    );
  });

  test('who sits in a Slack user group only Slack knows', async () => {
    const { out } = await explain(
      'staging-deployer',
      '1h',
      '--requester',
      'cleo@corp.example',
      '--groups',
      'contractors',
    );
    expect(out).toContain('owners: engineers: Slack user group S0ENG (members known in Slack)');
  });

  test('a chain that nobody can fill is called refused', async () => {
    const { out } = await explain(
      'orders-logs',
      '1h',
      '--requester',
      'tom@corp.example',
      '--groups',
      'engineers',
      '--ticket',
      'OPS-1',
    );
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'It would be refused all the same: manager needs 1, and 0 can be found.',
    );
  });

  test('a shorter time and a ticket are tried, each by itself', async () => {
    const long = await explain('staging-secrets-reader', '8h', ...ana);
    expect(long.out).toContain('asked for 1h: permitted: needs manager');
    const bare = await explain('orders-logs', '1h', ...ana);
    expect(bare.out).toContain('with a ticket: permitted: needs manager, 2 of security');
    expect(bare.out).toContain('`context has ticket` was false: there is no ticket');
  });

  test('the smallest combination that helps is told', async () => {
    const { out } = await explain('orders-db-admin', '1h', ...ana, '--at', '2026-11-20T18:30:00Z');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'with a ticket, asked from Mon 23 Nov 2026, 08:00 until Mon 23 Nov 2026, 18:00: permitted: needs manager, 2 of security',
    );
  });

  test('what an emergency leads to is told besides, and in the place of nothing', async () => {
    const { out } = await explain('orders-logs', '1h', ...ana, '--at', '2026-11-20T18:30:00Z');
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /Would change the answer: with a ticket, asked from .*: permitted: needs manager, 2 of security asked in an emergency: permitted: needs manager, 2 of security $/,
    );
    const short = await explain('orders-db-admin', '8h', ...ana);
    expect(short.out.replaceAll(/\s+/g, ' ')).toMatch(
      /with a ticket, asked for 4h: .* asked in an emergency, for 4h: /,
    );
  });

  test('of a request in an emergency it says so, and offers none', async () => {
    const oncall = ['--requester', 'ana@corp.example', '--groups', 'engineers,on-call', '--emergency'];
    const { out } = await explain('orders-db-admin', '1h', ...oncall, '--at', '2026-11-20T18:30:00Z');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('without a ticket, in an emergency, at Fri 20 Nov 2026');
    expect(out).toContain(
      'Granted at once: nobody need agree.\n\nDecided by:\n  permit production-emergency',
    );
    const cleo = ['--requester', 'cleo@corp.example', '--groups', 'contractors', '--emergency'];
    const denied = await explain('orders-logs', '1h', ...cleo);
    expect(denied.out.replaceAll(/\s+/g, ' ')).toContain(
      'on offer, no ticket and no hour to come permits it',
    );
  });

  test('where directory.yml has no emergencies, --emergency is refused, and none is offered', async () => {
    const dir = await folder({
      'policies.cedar':
        '@id("p") @chain("auto") permit (principal, action == Jit::Action::"request", resource) when { context.emergency };\n',
    });
    const asked = ['--requester', 'ana@corp.example', '--entitlement', 'logs', '--duration', '1h'];
    const { code, err } = await jitPolicy('explain', dir, ...asked, '--emergency');
    expect(err).toContain('directory.yml has no "emergency", so nothing can be asked for in one');
    expect(code).toBe(2);
    const { out } = await jitPolicy('explain', dir, ...asked);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('no ticket and no hour to come permits it');
  });

  test('where it is not proven, it exits with 3', async () => {
    const dir = await folder({
      'policies.cedar':
        '@id("p") @chain("auto") permit (principal, action == Jit::Action::"request", resource) when { context.hour < context.now.toTime().toHours() };\n',
    });
    const asked = ['--requester', 'ana@corp.example', '--entitlement', 'logs', '--duration', '1h'];
    const { code, out } = await jitPolicy('explain', dir, ...asked);
    expect(out).toContain('Not understood: what p (policies.cedar:1) reads. So there may be more.');
    expect(code).toBe(3);
  });

  test('where nothing would change it, that is said', async () => {
    const cleo = ['--requester', 'cleo@corp.example', '--groups', 'contractors'];
    const { out } = await explain('orders-logs', '1h', ...cleo);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'No shorter time on offer, no ticket, no emergency and no hour to come permits it, nor all of them together.',
    );
  });

  test('a ticket that policy may not see is an error, and denied', async () => {
    const { code, out } = await explain('orders-logs', '1h', ...ana, '--ticket', 'please');
    expect(code).toBe(0);
    expect(out).toContain('Denied.\n  the ticket does not have the form');
  });

  test('a group, an entitlement, an e-mail or a duration that nobody knows exits with 2, with what is near', async () => {
    const group = await explain(
      'orders-logs',
      '1h',
      '--requester',
      'ana@corp.example',
      '--groups',
      'engineeers',
    );
    expect(group).toMatchObject({
      code: 2,
      err: 'jit: unknown group "engineeers"; did you mean "engineers"?\n',
    });
    const thing = await explain('orders-log', '1h', ...ana);
    expect(thing).toMatchObject({
      code: 2,
      err: 'jit: unknown entitlement "orders-log"; did you mean "orders-logs"?\n',
    });
    expect((await explain('orders-logs', '8 hours', ...ana)).code).toBe(2);
    expect((await explain('orders-logs', '1h', '--requester', 'ana')).code).toBe(2);
    expect((await explain('orders-logs', '1h', ...ana, '--at', 'noon')).code).toBe(2);
    expect((await jitPolicy('explain', '--dir', POLICIES)).code).toBe(2);
  });

  test('a folder that does not load exits with 2 and says what is wrong with it', async () => {
    const dir = await folder({ 'catalog.yml': 'entitlements: 1\n' });
    const { code, err } = await jitPolicy(
      'explain',
      '--dir',
      dir,
      '--entitlement',
      'x',
      '--duration',
      '1h',
      ...ana,
    );
    expect(code).toBe(2);
    expect(err).toContain('does not load');
    expect(err).toContain('catalog.yml:1:1: entitlements:');
  });

  test('without --groups the lists of directory.yml count, and it says what they cannot know', async () => {
    const { out } = await explain('sandbox-power-user', '1h', '--requester', 'sam@corp.example');
    expect(out).toContain('sam@corp.example (in security)');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'who is in engineers, contractors, on-call, dba, only Slack knows',
    );
  });

  test('as JSON: the decision, every policy with its clauses, and what would change it, in ISO times', async () => {
    const { out } = await explain(
      'orders-logs',
      '1h',
      ...ana,
      '--ticket',
      'OPS-1',
      '--at',
      '2026-11-20T18:30:00Z',
      '--json',
    );
    expect(JSON.parse(out)).toMatchObject({
      question: { who: { email: 'ana@corp.example', groups: ['engineers'] }, at: '2026-11-20T18:30:00.000Z' },
      decision: { outcome: 'denied', policies: ['production-working-hours'] },
      changes: [
        {
          gain: 'permitted',
          from: '2026-11-23T07:00:00.000Z',
          until: '2026-11-23T17:00:00.000Z',
        },
        { gain: 'permitted', emergency: true },
      ],
    });
  });
});
