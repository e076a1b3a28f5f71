import { forbid, permit, removeFolders } from '../../../support/lint.js';
import { FILES } from '../../../support/policy.js';
import { judged, policies, PROVEN } from './judged.js';

afterAll(removeFolders);

const idle = (findings: { code: string; subject: string }[], code: string) =>
  findings.filter((finding) => finding.code === code).map(({ subject }) => subject);

describe('what can never be, and what errs', () => {
  test('patterns that match no address and no ticket, and bounds that contradict one another', async () => {
    const never = {
      'two-at': 'principal.email like "*@*@*"',
      empty: 'principal.email like ""',
      upper: 'principal.email like "*A*"',
      'no-ticket': 'context has ticket && context.ticket like ""',
      spaced: 'context has ticket && context.ticket like "* *"',
      bounds: 'context.now > datetime("2027-01-01") && context.now < datetime("2026-12-31")',
      lengths: 'context.duration > duration("4h") && context.duration < duration("1h")',
      hours: 'context.hour > 23',
      numbers: 'context has liveGrants && context.liveGrants > 3 && context.liveGrants < 4',
    };
    const forbids = Object.entries(never).map(([id, when]) => forbid(id, `when { ${when} }`));
    const { open, findings, diff } = await judged(
      policies(permit('p', 'auto'), ...forbids),
      policies(permit('p', 'auto')),
      ['OPS-1', 'A'],
    );
    expect(open).toEqual(PROVEN);
    // A forbid that reads an input forbids all the same where that is lost.
    expect(idle(findings, 'policy-never-matches').toSorted()).toEqual(
      Object.keys(never)
        .filter((id) => id !== 'numbers')
        .toSorted(),
    );
    expect(diff.rows.map(({ before, after }) => [before, after])).toEqual([['refused', 'at once']]);
  });

  test('sums that overflow for some numbers', async () => {
    const sum = (number: string) =>
      policies(
        permit(
          'sum',
          'manager',
          `when { context has recentDenials && context.recentDenials + ${number} > 9223372036854775806 }`,
        ),
      );
    const { open, who, diff } = await judged(sum('9223372036854775806'), sum('9223372036854775807'));
    expect(open).toEqual(PROVEN);
    expect(who.rows.map(({ given }) => given)).toEqual(['recentDenials 1']);
    expect(diff.rows.length).toBeGreaterThan(0);
  });

  test('numbers beyond 2^53 tell policies apart', async () => {
    const two = [1, 2].map((n) =>
      permit(
        `p${n}`,
        'manager',
        `when { context has liveGrants && context.liveGrants * 9007199254740993 == 900719925474099${n}00 }`,
      ),
    );
    const { findings } = await judged(policies(...two), {});
    expect(idle(findings, 'policy-duplicate')).toEqual([]);
  });

  test('what is not understood is said so, with the policy', async () => {
    const square = forbid(
      'square',
      'when { context has liveGrants && context.liveGrants * context.liveGrants > 9 }',
    );
    const { open, who, findings } = await judged(
      policies(permit('p', 'auto'), square),
      policies(permit('p', 'security'), square),
    );
    expect(open.who && open.lint).toBe(true);
    expect(who.open).toEqual(['what square (policies.cedar:2) reads']);
    const [unproven] = findings.filter(({ code }) => code === 'not-proven');
    expect(unproven?.explanation).toContain('what square (policies.cedar:2) reads');
  });

  test('a policy that errs at some hours only', async () => {
    const { open, findings } = await judged(
      policies(permit('p', 'auto'), forbid('late', 'when { context.hour * 922337203685477580 < 0 }')),
      policies(permit('p', 'auto')),
    );
    expect(open).toEqual(PROVEN);
    expect(idle(findings, 'policy-error')).toEqual(['logs']);
  });

  test('an address of a domain that directory.yml does not name', async () => {
    const of = (domain: string) =>
      policies(permit('x', 'auto', `when { principal.email like "*@${domain}" }`));
    const directory = `${FILES['directory.yml']}identity: { domains: [corp.example], iamUser: "{email}" }\n`;
    const { open, who, diff } = await judged(
      { ...of('elsewhere.example'), 'directory.yml': directory },
      of('other.example'),
    );
    expect(open).toEqual(PROVEN);
    expect(who.rows.map((row) => row.who)).toEqual([expect.stringMatching(/@elsewhere\.example$/)]);
    expect(diff.rows).toHaveLength(2);
  });
});
