import { folder, POLICIES, removeFolders } from '../../support/policy.js';
import { expectToFit, jitPolicy } from '../../support/cli.js';

afterAll(removeFolders);

/** The cells of a table's rows, by what stands first; of what is so in an emergency only where it is asked for. */
function rows(out: string, emergency = false): Record<string, string[]> {
  const lines = out.split('\n\n')[0]!.split('\n').slice(1);
  const cells = lines
    .filter((line) => line.includes('in an emergency') === emergency)
    .map((line) => line.trim().split(/ {2,}/));
  return Object.fromEntries(cells.map(([first, ...rest]) => [first!, rest]));
}

describe('jit policy who-can', () => {
  test('what nobody may ask for is said to be so', async () => {
    const dir = await folder({ 'policies.cedar': '' });
    expect((await jitPolicy('who-can', 'logs', '--dir', dir)).out).toMatch(
      /^Nobody may ask for logs\.\n\nOf every request from .* on\.\n$/,
    );
  });

  test('names the groups, their longest time, the hours, the ticket and the chain', async () => {
    const { code, out } = await jitPolicy('who-can', 'orders-logs', '--dir', POLICIES);
    expect(code).toBe(0);
    expect(rows(out)).toEqual({
      engineers: ['4h', 'Mon–Fri 8–18', 'needed', 'manager, 2 of security'],
      'on-call': ['4h', 'always', 'needed', 'security'],
      'engineers + on-call': ['4h', 'always', 'needed', 'security'],
    });
    expect(out).toContain('Not: anyone else, contractors.');
    expect(out).toContain('Hours are those of Europe/Berlin.');
    expectToFit(out);
  });

  test('says what is so in an emergency alone, and that the rest is in none', async () => {
    const { out } = await jitPolicy('who-can', 'orders-logs', '--dir', POLICIES);
    expect(rows(out, true)).toEqual({
      engineers: ['4h', 'always', 'not needed', 'in an emergency', 'manager, 2 of security'],
      'on-call': ['4h', 'always', 'not needed', 'in an emergency', 'nobody: at once'],
      'engineers + on-call': ['4h', 'always', 'not needed', 'in an emergency', 'nobody: at once'],
    });
    expect(out.match(/in an emergency/g)).toHaveLength(3);
    expect(out).toContain('Unless they say otherwise, the rows assume: in no emergency.\n');
  });

  test('says from when on it holds', async () => {
    const { out } = await jitPolicy('who-can', 'orders-logs', POLICIES, '--at', '2026-11-20T10:00:00Z');
    expect(out).toMatch(/\nOf every request from Fri 20 Nov 2026, 11:00 \(Europe\/Berlin\) on\.\n$/);
  });

  test('tells what is assumed of people', async () => {
    const dir = await folder({
      'more.cedar':
        '@id("few") forbid (principal, action == Jit::Action::"request", resource) when { context has liveGrants && context.liveGrants >= 3 };\n',
    });
    const { out } = await jitPolicy('who-can', 'logs', dir);
    expect(out).toContain('Unless they say otherwise, the rows assume: liveGrants 0–2.\n');
  });

  test('names a combination of groups where it makes a difference', async () => {
    const { out } = await jitPolicy('who-can', 'orders-db-admin', '--dir', POLICIES);
    expect(rows(out)['engineers + on-call']).toEqual(['4h', 'always', 'needed', 'manager, 2 of security']);
    expect(rows(out)['on-call']).toBeUndefined();
  });

  test('names a person whom a policy names', async () => {
    const dir = await folder({
      'more.cedar':
        '@id("dan") @chain("security") permit (principal == Jit::User::"dan@corp.example", action == Jit::Action::"request", resource);\n',
    });
    const { out } = await jitPolicy('who-can', 'logs', '--dir', dir);
    expect(rows(out)).toEqual({
      engineers: ['4h', 'always', 'not needed', 'nobody: at once'],
      'dan@corp.example': ['4h', 'always', 'not needed', 'security'],
    });
  });

  test('a person whom a policy names is not named for a list that they are not in', async () => {
    const inList = (group: string) => ({
      'policies.cedar': `@id("dan") @chain("security") permit (principal == Jit::User::"dan@corp.example", action == Jit::Action::"request", resource) when { principal in Jit::Group::"${group}" };`,
    });
    const security = await jitPolicy('who-can', 'logs', await folder(inList('security')));
    expect(security.out).toMatch(/^Nobody may ask for logs\.\n\nOf every request from .* on\.\n$/);
    const dba = await jitPolicy('who-can', 'logs', await folder(inList('dba')));
    expect(Object.keys(rows(dba.out))).toEqual(['dan@corp.example + dba']);
  });

  test('of everybody at a domain nobody in particular is named', async () => {
    const more = (domain: string) =>
      `@id("more") @chain("security") permit (principal, action == Jit::Action::"request", resource) when { principal.email like "*@${domain}" };`;
    const of = async (domain: string) =>
      Object.keys(
        rows((await jitPolicy('who-can', 'logs', await folder({ 'policies.cedar': more(domain) }))).out),
      ).join();
    expect(await of('evil.example')).toContain('addresses such as');
    expect(await of('corp.example')).toContain('addresses such as');
  });

  test('an entitlement that is not in the catalog exits with 2', async () => {
    expect(await jitPolicy('who-can', 'orders-log', '--dir', POLICIES)).toMatchObject({
      code: 2,
      err: 'jit: unknown entitlement "orders-log"; did you mean "orders-logs"?\n',
    });
  });
});

describe('jit policy what-can', () => {
  test('somebody in no group may ask for nothing, and it says that Slack may know more', async () => {
    const tess = ['what-can', '--requester', 'tess@corp.example', '--dir', POLICIES];
    const { out } = await jitPolicy(...tess);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /^tess@corp\.example may ask for nothing\. The groups are those that directory\.yml lists; who is in engineers, contractors, on-call, dba, only Slack knows: say it with --groups\. Of every request from /,
    );
    expect((await jitPolicy(...tess, '--groups', '')).out).toMatch(
      /^tess@corp\.example may ask for nothing\.\n\nOf every request from .* on\.\n$/,
    );
  });

  test('groups that directory.yml does not let a person be in are said to be so', async () => {
    const can = async (requester: string, groups: string) =>
      (await jitPolicy('what-can', POLICIES, '--requester', requester, '--groups', groups)).out;
    expect(await can('ana@corp.example', 'engineers,security')).toContain(
      '\ndirectory.yml lists ana@corp.example not in security: this is the answer if it did.\n',
    );
    expect(await can('sam@corp.example', 'engineers')).toContain(
      '\ndirectory.yml lists sam@corp.example in security too: this is the answer if it did not.\n',
    );
    expect(await can('sam@corp.example', 'engineers,security')).not.toContain('directory.yml lists');
  });

  test('asks who is meant, and exits with 2', async () => {
    const { code, err } = await jitPolicy('what-can', '--dir', POLICIES);
    expect(code).toBe(2);
    expect(err).toContain('--requester <email>, or --groups <names>');
  });

  test('a table of what may be asked for, and what not', async () => {
    const { out } = await jitPolicy('what-can', '--groups', 'contractors', '--dir', POLICIES);
    expect(rows(out)).toMatchObject({
      'sandbox-power-user': ['8h', 'always', 'not needed', 'nobody: at once'],
      'staging-deployer': ['8h', 'always', 'not needed', 'manager, owners'],
    });
    expect(out).toContain('Not: staging-secrets-reader, orders-logs, billing-reports, orders-db-admin.');
    expectToFit(out);
  });

  test('the longest time is the longest that policy permits', async () => {
    const { out } = await jitPolicy('what-can', '--groups', 'engineers', '--dir', POLICIES, '--json');
    const answer = JSON.parse(out) as { rows: { entitlement: string; longest: string; chain: string[] }[] };
    expect(answer.rows.find(({ entitlement }) => entitlement === 'staging-secrets-reader')).toMatchObject({
      longest: '1h',
      chain: ['manager'],
    });
  });
});
