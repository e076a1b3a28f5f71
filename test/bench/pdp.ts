import { readFileSync, readdirSync } from 'node:fs';
import { Bench } from 'tinybench';
import { grantKinds } from '../../src/grants/kinds.js';
import { requestCall } from '../../src/policy/cedar/authorization-calls.js';
import { cedar } from '../../src/policy/cedar/cedar.js';
import { loadFolder } from '../../src/policy/load.js';
import { quantile, type Measure, type Row } from './row.js';

const NAME = 'bench';
const ASK = {
  who: { email: 'ana@corp.example', groups: ['engineers'] },
  entitlement: 'orders-db-admin',
  duration: 3_600_000,
  at: Date.parse('2026-11-20T10:00:00Z'),
  ticket: 'OPS-12',
};

/** One decision on the default bundle, beside Cedar's own call with the same question made ready beforehand. */
export const pdp: Measure = {
  name: 'pdp',
  async run(size) {
    const loaded = await loadFolder('policies', { kinds: grantKinds });
    if ('problems' in loaded) throw new Error('the default bundle does not load');
    const { bundle } = loaded;
    const files = readdirSync('policies').filter((file) => file.endsWith('.cedar'));
    const text = files.map((file) => readFileSync(`policies/${file}`, 'utf8')).join('\n');
    cedar.preparsePolicySet(NAME, { staticPolicies: text });
    cedar.preparseSchema(NAME, readFileSync('policies/schema.cedarschema', 'utf8'));
    const call = {
      ...requestCall(ASK, bundle),
      preparsedPolicySetId: NAME,
      preparsedSchemaName: NAME,
      validateRequest: true,
    };
    const bare = () => cedar.statefulIsAuthorized(call);
    const ours = () => bundle.pdp.request(ASK);
    const answer = bare();
    if (answer.type !== 'success' || answer.response.decision !== 'allow') throw new Error('no allow');
    if (ours().outcome !== 'needs-approval') throw new Error('no chain');

    // In short turns, so that whatever else the machine does meets both.
    const times: { ours: number; bare: number }[] = [];
    for (let turn = 0; turn < (size === 'quick' ? 2 : 15); turn++) {
      const bench = new Bench({ time: size === 'quick' ? 20 : 200, warmupTime: turn === 0 ? 200 : 10 });
      bench.add('ours', ours).add('bare', bare);
      const [a, b] = await bench.run();
      times.push({ ours: p50(a?.result), bare: p50(b?.result) });
    }
    const median = (of: (time: { ours: number; bare: number }) => number) => quantile(times.map(of), 0.5);
    const ratio = median(({ ours, bare }) => ours / bare);
    const row = {
      name: 'pdp',
      what: `one decision, default bundle (${bundle.pdp.request(ASK).policies.join(', ')})`,
      unit: 'ms',
      values: { ours: median(({ ours }) => ours), bare: median(({ bare }) => bare) },
    };
    const compared: Row = {
      name: 'pdp-ratio',
      what: 'the same, to the bare statefulIsAuthorized',
      values: { ratio },
      unit: '×',
      aim: '< 1.5',
      met: ratio < 1.5,
    };
    return [row, compared];
  },
};

function p50(result: Bench['tasks'][number]['result'] | undefined): number {
  if (!result || !('latency' in result)) throw new Error('a turn of the benchmark did not finish');
  return result.latency.p50;
}
