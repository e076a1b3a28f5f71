import { whatCan } from '../../../../src/policy/questions/access/what-can.js';
import { whoCan } from '../../../../src/policy/questions/access/who-can.js';
import { forbid, permit, removeFolders } from '../../../support/lint.js';
import { FROM, groups, judged, loaded, member, policies, PROVEN, withGroups } from './judged.js';

afterAll(removeFolders);

describe('what is much, and is proven', () => {
  test('forty groups that are all needed', async () => {
    const names = groups(40);
    const all = policies(permit('p', 'auto', `when { ${names.map(member).join(' && ')} }`));
    const { who, diff, open } = await judged(
      { ...withGroups(names), ...all },
      policies(permit('p', 'security', `when { ${names.map(member).join(' && ')} }`)),
    );
    expect(open).toEqual(PROVEN);
    expect(who.rows.map((row) => row.who.split(' + ').length)).toEqual([40]);
    expect(diff.rows).toHaveLength(1);
  });

  test('forty groups none of which may be', async () => {
    const names = groups(40);
    const none = (chain: string) =>
      policies(permit('p', chain, `unless { ${names.map(member).join(' || ')} }`));
    const { open, diff } = await judged({ ...withGroups(names), ...none('auto') }, none('security'));
    expect(open).toEqual(PROVEN);
    expect(diff.rows).toHaveLength(1);
  });

  test('forty forbids, each unless in a group', async () => {
    const names = groups(40);
    const files = policies(
      permit('p', 'auto'),
      ...names.map((name) => forbid(name, `unless { ${member(name)} }`)),
    );
    const { open, who } = await judged(
      { ...withGroups(names), ...files },
      policies(
        permit('p', 'auto'),
        ...names.slice(1).map((name) => forbid(name, `unless { ${member(name)} }`)),
      ),
    );
    expect(open).toEqual(PROVEN);
    expect(who.rows.map((row) => row.who.split(' + ').length)).toEqual([40]);
  });

  test('a set of a thousand groups', async () => {
    const names = groups(1_000);
    const all = (chain: string) =>
      policies(
        permit('p', chain, `when { principal in [${names.map((name) => `Jit::Group::"${name}"`).join()}] }`),
      );
    const { open, diff } = await judged({ ...withGroups(names), ...all('auto') }, all('security'));
    expect(open).toEqual(PROVEN);
    expect(diff.rows.length).toBeGreaterThan(0);
  });

  test('of one person, what is too much of everybody', async () => {
    const names = groups(40);
    const mixed = names.map((name, n) => {
      const more = [
        ...(n % 2 === 0 ? [] : [`context.hour >= ${n % 24}`]),
        ...(n % 3 === 0 ? [`context has ticket && context.ticket like "OPS-${n}*"`] : []),
        ...(n % 5 === 0 ? [`context has liveGrants && context.liveGrants < ${n + 1}`] : []),
      ];
      return permit(
        `p${n}`,
        n % 2 === 0 ? 'security' : 'auto',
        `when { ${[member(name), ...more].join(' && ')} }`,
      );
    });
    const { parts, bundle } = await loaded({ ...withGroups(names), ...policies(...mixed) });
    expect(whoCan(parts, bundle.pdp, 'logs', FROM)).toMatchObject({
      rows: [],
      open: [expect.stringMatching(/^what the policies tell apart together.*p15 \(policies\.cedar:16\)/)],
    });
    const who = { email: 'ana@corp.example', groups: ['g3', 'g21', 'g30'] };
    const { rows, open } = whatCan(parts, bundle.pdp, { who, at: FROM, given: { liveGrants: 0 } });
    expect(open).toEqual([]);
    expect(rows.map(({ when, ticket, chain }) => [when, ticket, chain.length])).toEqual([
      ['always', 'needed: such as OPS-30', 1],
      ['Mon–Sun 3–24', 'needed: such as OPS-33 or OPS-36 or OPS-39 or OPS-3', 0],
      ['Mon–Sun 21–24', 'needed: such as OPS-21', 0],
    ]);
  });
});
