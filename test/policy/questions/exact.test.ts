/** @project long */
import { formatChain } from '../../../src/domain/chain.js';
import { diffPolicies } from '../../../src/policy/diff/index.js';
import { loadFolder, type Loaded } from '../../../src/policy/load.js';
import { whoCan } from '../../../src/policy/questions/access/who-can.js';
import { valuesIn, type AskedQuestion } from '../../../src/policy/questions/locate.js';
import { modelOf } from '../../../src/policy/questions/model/model.js';
import { random, type Random } from '../../fuzz/random.js';
import { folder, kinds, removeFolders } from '../../support/policy.js';
import { tries } from '../../support/tries.js';
import { voteKey } from '../../../src/policy/expressions/acts.js';
import { actPolicies, CATALOG, DIRECTORY, policies, question } from './random-policies.js';

afterAll(removeFolders);

const FOLDERS = tries(40, 120);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_128);
const FROM = Date.parse('2026-11-20T10:00:00Z');

/** A folder with these policies; undefined where Cedar does not take them. */
async function loaded(text: string): Promise<Loaded | undefined> {
  const dir = await folder({ 'policies.cedar': text, 'catalog.yml': CATALOG, 'directory.yml': DIRECTORY });
  const found = await loadFolder(dir, { kinds });
  return 'problems' in found ? undefined : found;
}

function answer({ bundle }: Loaded, asked: AskedQuestion): string {
  const decision = bundle.pdp.request({ ...asked, probe: true });
  return decision.outcome === 'denied' ? 'denied' : formatChain(decision.chain);
}

const some = (r: Random, { parts }: Loaded) =>
  question(r, FROM, (id) => parts.entitlements.get(id)!.durations);

test(`invariant 3: the model decides every question as the decision point does, seed ${SEED}`, async () => {
  const r = random(SEED);
  let asked = 0;
  for (let n = 0; n < FOLDERS; n++) {
    const text = policies(r);
    const found = await loaded(text);
    if (!found) continue;
    const model = modelOf([found.parts], { from: FROM });
    for (let q = 0; q < 40; q++) {
      const one = some(r, found);
      const values = valuesIn(one, model.variables, [found.parts.directory]);
      const left = model.diagrams.restricted(values)(model.decision(0, one.entitlement));
      const answers = [...model.diagrams.answers(left)].map((text) => (text === 'error' ? 'denied' : text));
      expect([text, one, answers]).toEqual([text, one, [answer(found, one)]]);
      asked++;
    }
  }
  expect(asked).toBeGreaterThan(FOLDERS * 20);
});

test(`whoever may ask stands in the table of who can, and nobody else, seed ${SEED}`, async () => {
  const r = random(SEED + 1);
  let permitted = 0;
  for (let n = 0; n < FOLDERS; n++) {
    const text = policies(r);
    const found = await loaded(text);
    if (!found) continue;
    const tables = new Map(['one', 'two'].map((id) => [id, whoCan(found.parts, found.bundle.pdp, id, FROM)]));
    for (let q = 0; q < 40; q++) {
      const one = some(r, found);
      const says = answer(found, one);
      const { rows, open } = tables.get(one.entitlement)!;
      expect([text, open]).toEqual([text, []]);
      if (says === 'denied' || Object.keys(one.failed).length > 0) continue;
      permitted++;
      const chains = rows
        .filter(({ longest }) => longest >= one.duration)
        .map(({ chain }) => formatChain(chain));
      expect([text, one, chains]).toEqual([text, one, expect.arrayContaining([says])]);
    }
  }
  expect(permitted).toBeGreaterThan(FOLDERS);
});

test(`two folders of which one question is answered otherwise differ by a row, and none without one, seed ${SEED}`, async () => {
  const r = random(SEED + 2);
  const counts = { different: 0, same: 0 };
  for (let n = 0; n < FOLDERS; n++) {
    const text = policies(r);
    const changed = r.int(2) === 0 ? policies(r) : `${text}\n${policies(r, 1).replaceAll('"p', '"q')}`;
    const [one, other] = [await loaded(text), await loaded(changed)];
    if (!one || !other) continue;
    const { rows, open } = diffPolicies(one, other, FROM);
    expect([text, changed, open]).toEqual([text, changed, []]);
    for (const { witness, before, after } of rows) {
      const shown = (chain: string) =>
        chain === 'denied' ? 'refused' : chain === 'auto' ? 'at once' : chain;
      expect([before, after]).toEqual([shown(answer(one, witness)), shown(answer(other, witness))]);
    }
    const found = Array.from({ length: 40 }, () => some(r, one)).filter(
      (asked) => answer(one, asked) !== answer(other, asked),
    );
    for (const asked of found) {
      const row = rows.filter(({ entitlements }) => entitlements.includes(asked.entitlement));
      const pair = [answer(one, asked), answer(other, asked)].map((chain) =>
        chain === 'denied' ? 'refused' : chain === 'auto' ? 'at once' : chain,
      );
      expect([text, changed, asked, row.map(({ before, after }) => [before, after])]).toEqual([
        text,
        changed,
        asked,
        expect.arrayContaining([pair]),
      ]);
    }
    counts[rows.length > 0 ? 'different' : 'same']++;
  }
  expect(counts.different).toBeGreaterThan(FOLDERS / 10);
  expect(counts.same).toBeGreaterThan(0);
});

test(`invariant 3: the model lets those vote, end and look whom the decision point lets, seed ${SEED}`, async () => {
  const r = random(SEED + 3);
  const counts = { allowed: 0, denied: 0 };
  for (let n = 0; n < FOLDERS; n++) {
    const text = actPolicies(r);
    const found = await loaded(text);
    if (!found) continue;
    for (const act of ['approve', 'revoke', 'audit'] as const) {
      const model = modelOf([found.parts], { from: FROM, act });
      for (let q = 0; q < 20; q++) {
        const { who, ...one } = some(r, found);
        const requester = some(r, found).who;
        if (requester.email === who.email) continue;
        const stage = r.pick(found.parts.directory.stages).name;
        const key = act === 'approve' ? voteKey(one.entitlement, stage) : one.entitlement;
        const values = valuesIn({ ...one, who, requester }, model.variables, [found.parts.directory]);
        const left = model.diagrams.restricted(values)(model.decision(0, key));
        const answers = [...model.diagrams.answers(left)].map((text) => (text === 'error' ? 'denied' : text));
        const { entitlement, duration, at } = one;
        const request = { id: 'some', requester, entitlement, duration, approvedBy: [] };
        const { pdp } = found.bundle;
        const { outcome } =
          act === 'approve'
            ? pdp.approve({ who, request, stage, member: true, at })
            : pdp.may(act, { who, request, at });
        expect([text, act, key, who, requester, answers]).toEqual([
          text,
          act,
          key,
          who,
          requester,
          [outcome],
        ]);
        counts[outcome]++;
      }
    }
  }
  expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(FOLDERS);
});
