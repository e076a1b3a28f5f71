import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { grantKinds } from '../../src/grants/kinds.js';
import { requestCall } from '../../src/policy/cedar/authorization-calls.js';
import { cedar } from '../../src/policy/cedar/cedar.js';
import { loadFolder } from '../../src/policy/load.js';
import type { Policy } from '../../src/policy/policy.js';
import { createPdp } from '../../src/policy/pdp.js';
import { scopeOf } from '../../src/policy/cedar/slices.js';
import type { Bundle } from '../../src/ports/policy.js';
import { company, question } from './company.js';
import { quantile, type Measure, type Row } from './row.js';

const NAME = 'bench-scale';

interface Figures {
  size: number;
  /** In ms, as all the others. */
  load: number;
  /** Of the processor, whatever else the machine did meanwhile. */
  cpu: number;
  /** Of the process after loading, in MB. */
  memory: number;
  /** Questions that were not asked before, each once. */
  first: number[];
  /** The same ones again. */
  again: number[];
  /** The same ones, to Cedar with all policies. */
  bare: number[];
}

/** What becomes of loading and of a decision as a company grows, beside Cedar's own call on all of its policies. */
export const scale: Measure = {
  name: 'scale',
  async run(size) {
    const sizes = size === 'quick' ? [10, 100] : [10, 100, 1_000, 10_000];
    const all: Figures[] = [];
    for (const each of sizes) all.push(await figures(each, size === 'quick' ? 50 : 500));
    const smallest = all[0]!;
    const largest = all.at(-1)!;
    return [
      ...all.flatMap(rows),
      await crowded(sizes.at(-1)!),
      ratio('first', smallest, largest),
      ratio('again', smallest, largest),
    ];
  },
};

async function figures(size: number, questions: number): Promise<Figures> {
  const folder = company(size);
  try {
    const [start, used] = [performance.now(), process.cpuUsage()];
    const loaded = await loadFolder(folder, { kinds: grantKinds });
    const load = performance.now() - start;
    const cpu = process.cpuUsage(used).user / 1000;
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems[0]));
    const { bundle } = loaded;
    const memory = process.memoryUsage().rss / 2 ** 20;
    const asks = Array.from({ length: questions }, (_, n) => question(n, size));
    // Warm for what is common to all sizes, cold for each of these questions.
    for (let n = 0; n < 2_000; n++) bundle.pdp.request({ ...asks[0]!, at: 0 });
    const decide = (ask: (typeof asks)[number]) => bundle.pdp.request(ask);
    const first = asks.map((ask) => timed(() => decide(ask)));
    const again = asks.map((ask) => timed(() => decide(ask)));
    const bare = bareCalls(folder, bundle, asks);
    return { size, load, cpu, memory, first, again, bare };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What no slice can help: every policy concerns the same group, so that Cedar has to look at each. */
async function crowded(size: number): Promise<Row> {
  const loaded = await loadFolder('policies', { kinds: grantKinds });
  if ('problems' in loaded) throw new Error('the default bundle does not load');
  const text = 'permit (principal in Jit::Group::"engineers", action == Jit::Action::"request", resource);';
  const read = cedar.policyToJson(text);
  if (read.type !== 'success') throw new Error(text);
  const scope = scopeOf(read.json);
  const policies = Array.from({ length: size }, (_, n): Policy => {
    const when = ` when { context.duration > duration("${(n % 100) + 2}h") };`;
    return { id: `p${n}`, effect: 'permit', text: text.replace(';', when), chain: [], scope };
  });
  const pdp = createPdp({ ...loaded.parts, policies });
  const who = { email: 'ana@corp.example', groups: ['engineers'] };
  const ask = { who, entitlement: 'orders-db-admin', duration: 3_600_000, at: 0 };
  pdp.request(ask);
  const times = Array.from({ length: 30 }, () => timed(() => pdp.request(ask)));
  return {
    name: 'scale-one-group',
    what: `${size} policies for one group: a decision, for comparison`,
    values: { p50: quantile(times, 0.5) },
    unit: 'ms',
  };
}

/** Fewer of them where each takes long. */
function bareCalls(folder: string, bundle: Bundle, asks: ReturnType<typeof question>[]): number[] {
  const staticPolicies = readFileSync(join(folder, 'all.cedar'), 'utf8');
  cedar.preparsePolicySet(NAME, { staticPolicies });
  cedar.preparseSchema(NAME, readFileSync(join(folder, 'schema.cedarschema'), 'utf8'));
  const times = asks.slice(0, 50).map((ask) => {
    const call = {
      ...requestCall(ask, bundle),
      preparsedPolicySetId: NAME,
      preparsedSchemaName: NAME,
      validateRequest: true,
    };
    let answer: cedar.AuthorizationAnswer | undefined;
    const time = timed(() => (answer = cedar.statefulIsAuthorized(call)));
    const allowed = answer?.type === 'success' && answer.response.decision === 'allow';
    if (allowed !== (bundle.pdp.request(ask).outcome !== 'denied')) throw new Error('another answer');
    return time;
  });
  cedar.preparsePolicySet(NAME, { staticPolicies: {} });
  return times;
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function rows({ size, load, cpu, memory, first, again, bare }: Figures): Row[] {
  const what = `${size} policies, ${size} entitlements`;
  const p50 = { first: quantile(first, 0.5), again: quantile(again, 0.5) };
  const p99 = { 'first p99': quantile(first, 0.99), 'again p99': quantile(again, 0.99) };
  return [
    {
      name: 'scale-load',
      what: `${what}: loading`,
      values: { s: load / 1000, 'CPU s': cpu / 1000, 'memory MB': memory },
      unit: 's, MB',
      aim: 'CPU < 3 s, < 300 MB',
      met: cpu < 3_000 && memory < 300,
    },
    {
      name: 'scale-decision',
      what: `${what}: a decision`,
      values: { ...p50, ...p99, bare: quantile(bare, 0.5) },
      unit: 'ms',
      aim: 'p50 < 1',
      met: Math.max(p50.first, p50.again) < 1,
    },
  ];
}

function ratio(which: 'first' | 'again', small: Figures, large: Figures): Row {
  const times = quantile(large[which], 0.5) / quantile(small[which], 0.5);
  return {
    name: `scale-ratio-${which}`,
    what: `a decision, ${which === 'first' ? 'of each question the first' : 'asked again'}: ${large.size} policies to ${small.size}`,
    values: { ratio: times },
    unit: '×',
    aim: '< 3',
    met: times < 3,
  };
}
