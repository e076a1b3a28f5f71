import { formatChain } from '../../../../src/domain/chain.js';
import { diffPolicies } from '../../../../src/policy/diff/index.js';
import { explain } from '../../../../src/policy/explain/explain.js';
import { lint } from '../../../../src/policy/lint/index.js';
import { loadFolder, type Loaded } from '../../../../src/policy/load.js';
import { createPdp } from '../../../../src/policy/pdp.js';
import { whatCan } from '../../../../src/policy/questions/access/what-can.js';
import { whoCan } from '../../../../src/policy/questions/access/who-can.js';
import type { AskedQuestion } from '../../../../src/policy/questions/locate.js';
import type { Pdp } from '../../../../src/ports/policy.js';
import { random, type Random } from '../../../fuzz/random.js';
import { FILES, folder, kinds } from '../../../support/policy.js';

export const FROM = Date.parse('2026-11-20T10:00:00Z');
type Files = Record<string, string>;

export async function loaded(files: Files): Promise<Loaded & { dir: string }> {
  const dir = await folder(files);
  const found = await loadFolder(dir, { kinds });
  if ('problems' in found) throw new Error(JSON.stringify(found.problems.slice(0, 3)));
  return { ...found, dir };
}

export const repeat = (count: number, of: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => of(n));
export const groups = (count: number) => repeat(count, (n) => `g${n}`);
export const withGroups = (names: readonly string[], more = ''): Files => ({
  'directory.yml':
    FILES['directory.yml'].replace(
      'groups:\n',
      `groups:\n${names.map((name) => `  ${name}: { usergroup: S${name.toUpperCase()} }\n`).join('')}`,
    ) + more,
});
export const member = (name: string) => `principal in Jit::Group::"${name}"`;

/** What the decision point says: a chain, or `denied`. */
function told(pdp: Pdp, question: AskedQuestion): string {
  const decision = pdp.request({ ...question, probe: true });
  return decision.outcome === 'denied' ? 'denied' : formatChain(decision.chain);
}

/** Of each input a number, or nothing, so that it is lost. */
function found(r: Random): Record<string, number> {
  const numbers = ['liveGrants', 'recentDenials'].filter(() => r.int(4) > 0);
  return Object.fromEntries(numbers.map((name) => [name, r.pick([0, 1, 2, 3, 30, 1_000])]));
}

function question(r: Random, { parts }: Loaded, tickets: readonly string[]): AskedQuestion {
  const { entitlements, directory } = parts;
  const slack = Object.keys(directory.groups).filter((name) => 'source' in directory.groups[name]!);
  const share = r.pick([1, 2, 20]);
  const ticket = r.pick([undefined, ...tickets]);
  return {
    who: {
      email: r.pick(['ana@corp.example', 'a@b.example', 'aaaaaaaaaaaaaaaaaaaa@corp.example']),
      groups: slack.filter(() => r.int(share) === 0),
    },
    entitlement: 'logs',
    duration: r.pick([...(entitlements.get('logs')?.durations ?? [])]),
    at: FROM + r.int(400 * 24 * 60) * 60_000,
    given: found(r),
    ...(ticket !== undefined && { ticket }),
  };
}

/** Everything that the tools say of a folder, and of a change of it; fails where the decision point says otherwise. */
export async function judged(files: Files, changed: Files, tickets: readonly string[] = ['OPS-1']) {
  const [one, other] = [await loaded(files), await loaded({ ...files, ...changed })];
  const { parts, bundle, dir } = one;
  const { pdp } = bundle;
  const r = random(12);
  const asked = Array.from({ length: 60 }, () => question(r, one, tickets));
  const who = whoCan(parts, pdp, 'logs', FROM);
  const what = whatCan(parts, pdp, { who: asked[0]!.who, at: FROM });
  const diff = diffPolicies(one, other, FROM);
  const { findings } = await lint(dir, parts, { at: FROM, kinds });
  const why = explain(parts, pdp, asked[0]!);

  const chains = new Set(who.rows.map(({ chain }) => formatChain(chain)));
  const claimed = (code: string) =>
    findings.filter((finding) => finding.code === code).map(({ subject }) => subject);
  const idle = ['policy-shadowed', 'forbid-in-reserve'].flatMap(claimed);
  const less = createPdp({ ...parts, policies: parts.policies.filter(({ id }) => !idle.includes(id)) });
  const never = claimed('policy-never-matches');
  for (const one of asked) {
    const says = told(pdp, one);
    expect([one, told(less, one)]).toEqual([one, says]);
    const { policies } = pdp.request({ ...one, probe: true });
    expect([one, policies.filter((id) => never.includes(id))]).toEqual([one, []]);
    const isGiven = says !== 'denied';
    const isOther = says !== told(other.bundle.pdp, one);
    const faults = {
      'a chain that who-can does not tell': isGiven && who.open.length === 0 && !chains.has(says),
      'lint says that nobody may ask': isGiven && claimed('entitlement-unreachable').length > 0,
      'a change that the diff does not see': isOther && diff.rows.length + diff.open.length === 0,
    };
    expect([one, Object.entries(faults).filter(([, is]) => is)]).toEqual([one, []]);
  }
  for (const { witness } of diff.rows) expect(told(pdp, witness)).not.toBe(told(other.bundle.pdp, witness));
  for (const { answer, duration, ticket, from } of why.changes) {
    const then = {
      ...asked[0]!,
      ...(duration !== undefined && { duration }),
      ...(from !== undefined && { at: from }),
    };
    const says = told(pdp, { ...then, ...(ticket !== undefined && { ticket }) });
    expect([answer, says]).toEqual([answer, says === 'auto' ? 'auto' : answer.replace('needs ', '')]);
  }
  return {
    who,
    what,
    diff,
    why,
    findings,
    /** Of which command something is not proven. */
    open: {
      who: who.open.length > 0,
      what: what.open.length > 0,
      diff: diff.open.length > 0,
      lint: claimed('not-proven').length > 0,
      explain: why.open.length > 0,
    },
  };
}

export const PROVEN = { who: false, what: false, diff: false, lint: false, explain: false };
export const policies = (...texts: string[]): Files => ({ 'policies.cedar': texts.join('') });
