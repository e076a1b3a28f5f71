import { formatChain } from '../../../src/domain/chain.js';
import { loadFolder } from '../../../src/policy/load.js';
import { createPdp } from '../../../src/policy/pdp.js';
import type { Parts, Policy } from '../../../src/policy/policy.js';
import { usesOf, type PolicyUse } from '../../../src/policy/questions/each-policy/uses.js';
import { actModels, worldsOf } from '../../../src/policy/questions/each-policy/worlds.js';
import type { Pdp } from '../../../src/ports/policy.js';
import { random, type Random } from '../../fuzz/random.js';
import { folder, kinds, removeFolders } from '../../support/policy.js';
import { tries } from '../../support/tries.js';
import { actPolicies, CATALOG, DIRECTORY, policies, question } from './random-policies.js';

afterAll(removeFolders);

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_129);
const FOLDERS = tries(12, 70);
const FROM = Date.parse('2026-11-20T10:00:00Z');

async function partsOf(text: string): Promise<Parts | undefined> {
  const dir = await folder({ 'policies.cedar': text, 'catalog.yml': CATALOG, 'directory.yml': DIRECTORY });
  const found = await loadFolder(dir, { kinds });
  return 'problems' in found ? undefined : found.parts;
}

const usesIn = (parts: Parts) => usesOf(parts.policies, worldsOf(parts, actModels(parts, { from: FROM })));

const without = (parts: Parts, gone: ReadonlySet<Policy>): Pdp =>
  createPdp({ ...parts, policies: parts.policies.filter((policy) => !gone.has(policy)) });

const some = (r: Random, parts: Parts) => question(r, FROM, (id) => parts.entitlements.get(id)!.durations);

/** What somebody is told who asks, or who votes, ends or looks: their own requests included. */
function told(r: Random, parts: Parts): (pdp: Pdp) => string {
  const asked = some(r, parts);
  const { who, entitlement, duration, at } = asked;
  const requester = r.int(4) === 0 ? who : some(r, parts).who;
  const request = { id: 'some', requester, entitlement, duration, approvedBy: [] };
  const stage = r.pick(parts.directory.stages).name;
  const act = r.pick(['request', 'approve', 'revoke', 'audit'] as const);
  return (pdp) => {
    if (act === 'approve') return pdp.approve({ who, request, stage, member: true, at }).outcome;
    if (act !== 'request') return pdp.may(act, { who, request, at }).outcome;
    const decision = pdp.request({ ...asked, probe: true });
    return decision.outcome === 'denied' ? 'denied' : formatChain(decision.chain);
  };
}

const IDLE: readonly PolicyUse['is'][] = ['hidden', 'in reserve'];

test(`what is said to change no answer changes none, alone and all together, seed ${SEED}`, async () => {
  const r = random(SEED);
  const counts = new Map<string, number>();
  for (let n = 0; n < FOLDERS; n++) {
    const text = `${policies(r, 5)}\n${actPolicies(r)}`;
    const parts = await partsOf(text);
    if (!parts) continue;
    const uses = usesIn(parts);
    for (const { is } of uses.values()) counts.set(is, (counts.get(is) ?? 0) + 1);
    const idle = [...uses].flatMap(([policy, { is }]) => (IDLE.includes(is) ? [policy] : []));
    const whole = createPdp(parts);
    const others = [...idle.map((one) => new Set([one])), new Set(idle)].map((gone) => without(parts, gone));
    for (let q = 0; q < 60; q++) {
      const ask = told(r, parts);
      const answers = new Set([whole, ...others].map(ask));
      expect([text, idle.map(({ id }) => id), [...answers]]).toEqual([text, expect.anything(), [ask(whole)]]);
    }
  }
  for (const is of ['needed', 'never holds', 'hidden', 'in reserve'])
    expect([is, (counts.get(is) ?? 0) > 0]).toEqual([is, true]);
});

test(`what is said never to hold decides nothing, seed ${SEED + 1}`, async () => {
  const r = random(SEED + 1);
  let claims = 0;
  for (let n = 0; n < FOLDERS; n++) {
    const text = policies(r, 5);
    const parts = await partsOf(text);
    if (!parts) continue;
    const never = [...usesIn(parts)].flatMap(([{ id }, { is }]) => (is === 'never holds' ? [id] : []));
    claims += never.length;
    const pdp = createPdp(parts);
    for (let q = 0; q < 60; q++) {
      const asked = { ...some(r, parts), failed: {} };
      const decided = pdp.request({ ...asked, probe: true }).policies;
      expect([text, asked, decided.filter((id) => never.includes(id))]).toEqual([text, asked, []]);
    }
  }
  expect(claims).toBeGreaterThan(FOLDERS / 10);
});

test(`a policy that by itself changes an answer that was tried is never said to change none, seed ${SEED + 2}`, async () => {
  const r = random(SEED + 2);
  let seen = 0;
  for (let n = 0; n < FOLDERS; n++) {
    const text = policies(r, 5);
    const parts = await partsOf(text);
    if (!parts) continue;
    const uses = usesIn(parts);
    const asked = Array.from({ length: 60 }, () => told(r, parts));
    const whole = createPdp(parts);
    for (const policy of parts.policies) {
      const pdp = without(parts, new Set([policy]));
      if (asked.every((ask) => ask(pdp) === ask(whole))) continue;
      seen++;
      const { is } = uses.get(policy)!;
      expect([text, policy.id, IDLE.includes(is)]).toEqual([text, policy.id, false]);
    }
  }
  expect(seen).toBeGreaterThan(FOLDERS / 4);
});
