/** @project long */
import { forbid, permit, removeFolders } from '../../../support/lint.js';
import { groups, judged, member, policies, PROVEN, repeat, withGroups } from './judged.js';

afterAll(removeFolders);

const CHAINS = ['auto', 'manager', 'owners', 'security', '2 of security', 'manager, owners'];
const chain = (n: number) => CHAINS[n % CHAINS.length]!;
const withTicket = (rest: string) => `when { context has ticket && ${rest} }`;
/** Of a person and a ticket together, so that neither can be said alone. */
const opaque = (n: number) => withTicket(`[principal.email, "T-${n}"].contains(context.ticket)`);

describe('what is too much, and said to be', () => {
  test('forty conditions of which none is understood, each with a permit of its own', async () => {
    const all = (more: number) => policies(...repeat(40, (n) => permit(`p${n}`, chain(n + more), opaque(n))));
    const { open, who, diff } = await judged(all(0), all(1), ['T-1', 'T-77']);
    expect(open).toEqual({ who: true, what: true, diff: true, lint: true, explain: true });
    expect(who.open.join()).toContain('what p39 (policies.cedar:40) reads');
    expect(diff.open.join()).toContain('what p39 (policies.cedar:40) reads');
  });

  test('forty forbids that nobody understands cost a change elsewhere no proof that it is one', async () => {
    const forbids = repeat(40, (n) => forbid(`f${n}`, opaque(n)));
    const { open, diff } = await judged(
      policies(permit('p', 'auto'), ...forbids),
      policies(permit('p', 'security'), ...forbids),
      ['T-1', 'T-77'],
    );
    expect(open).toMatchObject({ who: true, lint: true });
    expect(diff.rows.length).toBeGreaterThan(0);
  });

  test('forty patterns of an address that overlap', async () => {
    const all = (to: string) =>
      policies(
        permit('p', to),
        ...repeat(40, (n) => forbid(`f${n}`, `when { principal.email like "*a${n}b*" }`)),
      );
    const { open, who } = await judged(all('auto'), all('security'));
    expect(open).toMatchObject({ who: true, diff: true, lint: true });
    expect(who.open.join()).toContain('which texts the patterns tell apart');
  });

  test('forty patterns of a ticket that overlap', async () => {
    const all = (to: string) =>
      policies(
        permit('p', to),
        ...repeat(40, (n) => forbid(`f${n}`, withTicket(`context.ticket like "*${n}A*"`))),
      );
    const { open, who } = await judged(all('auto'), all('security'), ['1A', 'OPS-1']);
    expect(open).toMatchObject({ who: true, lint: true });
    expect(who.open.join()).toContain('what f39 (policies.cedar:41) reads');
  });

  test('more least ways of being in groups than are told', async () => {
    const names = groups(42);
    const any = (from: number) =>
      `(${names
        .slice(from, from + 14)
        .map(member)
        .join(' || ')})`;
    const all = (to: string) => policies(permit('p', to, `when { ${[0, 14, 28].map(any).join(' && ')} }`));
    const { open, who } = await judged({ ...withGroups(names), ...all('auto') }, all('security'));
    expect(open).toMatchObject({ who: true, diff: true, lint: false });
    expect(who.rows.length).toBeGreaterThan(0);
    expect(who.open).toContain('which other groups lead to the same, of very many');
  });
});

describe('what is much in a row, and is proven', () => {
  test('three hundred thresholds of one number', async () => {
    const all = (more: number) =>
      policies(
        ...repeat(300, (n) =>
          permit(
            `p${n}`,
            chain(n + more),
            `when { context has liveGrants && context.liveGrants == ${n * 3} }`,
          ),
        ),
      );
    const { open, who } = await judged(all(0), all(1));
    expect({ ...open, explain: false }).toEqual(PROVEN);
    expect(who.rows).toHaveLength(CHAINS.length);
  });

  test('forty instants and forty tags', async () => {
    const all = (more: number) =>
      policies(
        ...repeat(40, (n) =>
          permit(
            `p${n}`,
            chain(n + more),
            `when { context.now > datetime("2027-01-${10 + (n % 20)}T0${n % 10}:30:00Z") }`,
          ),
        ),
        ...repeat(40, (n) => forbid(`f${n}`, `when { resource.hasTag("t${n}") }`)),
      );
    const { open, diff } = await judged(all(0), all(1));
    expect(open).toEqual(PROVEN);
    expect(diff.rows.length).toBeGreaterThan(0);
  });
});
