import { forbid, permit, removeFolders } from '../../../support/lint.js';
import { groups, judged, member, policies, PROVEN, withGroups } from './judged.js';

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
});
