import { withDecisionLog } from '../../src/workflow/decision-log.js';
import { createLog } from '../../src/log.js';
import { actor, world } from '../support/world.js';
import { front } from '../../src/workflow/front/index.js';

type Line = Record<string, unknown> & { msg: string };

/** The workflow with its decisions logged, each of which takes a quarter of a millisecond. */
function logging(w = world()) {
  const text: string[] = [];
  const log = createLog('info', { write: (line: string) => void text.push(line) });
  let ticks = 0;
  const { bundle } = w.deps;
  const logged = withDecisionLog(bundle(), log, () => (ticks += 0.25));
  const deps = { ...w.deps, bundle: () => logged };
  const lines = () => text.map((line) => JSON.parse(line) as Line);
  return {
    w,
    pdp: logged.pdp,
    front: front({ ...deps, newId: () => 'R1', wake: () => undefined }),
    engine: w.makeEngine({ bundle: () => logged }),
    decisions: () => lines().filter(({ msg }) => msg === 'decision'),
    probes: () => lines().filter(({ msg }) => msg === 'decisions probed'),
    text: () => text.join(''),
  };
}

test('a request leaves who asked for what, the outcome, the chain, the policies and the bundle', async () => {
  const { w, front, decisions } = logging();
  await front.submit(actor('ana'), w.form, w.seen());
  expect(decisions()).toEqual([
    {
      level: 'info',
      time: expect.any(String),
      msg: 'decision',
      action: 'request',
      request: 'R1',
      who: 'ana@corp.example',
      groups: [],
      entitlement: 'orders-db-admin',
      duration: '1h',
      ticket: true,
      at: '2026-11-20T10:00:00.000Z',
      outcome: 'needs-approval',
      chain: 'manager, 2 of security',
      policies: ['p'],
      errors: [],
      bundle: 'b1',
      ms: 0.25,
    },
  ]);
});

test('an emergency leaves that it is one', async () => {
  const { w, front, decisions } = logging();
  await front.submit(actor('ana'), { ...w.form, emergency: true }, w.seen());
  await front.submit(actor('ana'), w.form, w.seen());
  expect(decisions()).toHaveLength(1);
  expect(decisions()[0]).not.toHaveProperty('emergency');
  w.config.emergency = { channel: 'C0X', tell: 'security', review: { by: 'security', within: 60_000 } };
  w.policy.emergency = 'auto';
  await front.submit(actor('ana'), { ...w.form, emergency: true }, w.seen());
  expect(decisions().at(-1)).toMatchObject({ emergency: true, outcome: 'auto' });
});

test('a vote and a revocation leave the request and its stage, and a denial the policies that denied', async () => {
  const { w, front, decisions } = logging();
  await front.submit(actor('ana'), w.form, w.seen());
  await front.approve(actor('lee'), { id: 'R1', stage: 'manager', revision: 0 }, w.seen());
  await front.revoke(actor('bob'), 'R1', 'because I say so', w.seen());
  const [, vote, revoke] = decisions();
  expect(vote).toMatchObject({
    action: 'approve',
    request: 'R1',
    who: 'lee@corp.example',
    requester: 'ana@corp.example',
    stage: 'manager',
    member: false,
    approvedBy: [],
    outcome: 'denied',
    policies: [],
  });
  expect(revoke).toMatchObject({
    action: 'revoke',
    request: 'R1',
    who: 'bob@corp.example',
    outcome: 'denied',
  });
});

test('invariant 3: the decisions that are made again when it takes effect are there too', async () => {
  const { w, front, engine, decisions } = logging();
  w.policy.chain = 'manager';
  await front.submit(actor('ana'), w.form, w.seen());
  await engine.advance('R1');
  await front.approve(actor('bob'), { id: 'R1', stage: 'manager', revision: 0 }, w.seen());
  await engine.advance('R1');
  expect((await w.state('R1')).status).toBe('active');
  expect(decisions().map(({ action, who }) => `${String(action)} ${String(who)}`)).toEqual([
    'request ana@corp.example',
    'approve bob@corp.example',
    'request ana@corp.example',
    'approve bob@corp.example',
  ]);
});

test('invariant 9: no free text and no ticket is in it, whatever was typed', async () => {
  const { w, front, text } = logging();
  w.form.justification = 'the password is hunter2-hunter2';
  w.form.ticket = 'SECRET-42';
  await front.submit(actor('ana'), w.form, w.seen());
  await front.deny(actor('bob'), { id: 'R1', stage: 'manager', revision: 0 }, 'hunter3', w.seen());
  await front.revoke(actor('bob'), 'R1', 'hunter4', w.seen());
  expect(text()).toContain('"ticket":true');
  expect(text()).not.toMatch(/hunter|SECRET-42/);
});

test('what the form asks ahead is counted, in one line for each time it is opened', async () => {
  const { front, decisions, probes } = logging();
  await Promise.all([front.offers(actor('ana')), front.offers(actor('dan'))]);
  await front.offers(actor('ana'));
  expect(decisions()).toEqual([]);
  expect(probes().map(({ who, probes, permitted, bundle }) => ({ who, probes, permitted, bundle }))).toEqual([
    { who: 'ana@corp.example', probes: 3, permitted: 3, bundle: 'b1' },
    { who: 'dan@corp.example', probes: 3, permitted: 3, bundle: 'b1' },
    { who: 'ana@corp.example', probes: 3, permitted: 3, bundle: 'b1' },
  ]);
});

test('errors are in it, cut; and the answer is the decision point’s own', async () => {
  const w = world();
  const { pdp } = w.deps.bundle();
  const errors = ['policy "freeze": the attribute is missing', 'x'.repeat(10_000)];
  const answer = { outcome: 'denied' as const, policies: [], advice: [], bundle: 'b1', errors };
  pdp.request = () => answer;
  const { pdp: logged, decisions } = logging(w);
  const who = { email: 'ana@corp.example', groups: ['engineers'] };
  expect(logged.request({ who, entitlement: 'x', duration: 60_000, at: w.now() })).toBe(answer);
  expect(decisions()[0]).toMatchObject({ groups: ['engineers'], errors: [errors[0], 'x'.repeat(300)] });
});

test('the decision point does not hear that it is only probed', async () => {
  const w = world();
  const { pdp } = w.deps.bundle();
  const heard: object[] = [];
  const ask = pdp.request.bind(pdp);
  pdp.request = (question) => (heard.push(question), ask(question));
  await logging(w).front.offers(actor('ana'));
  expect(heard.length).toBe(3);
  for (const question of heard) expect(question).not.toHaveProperty('probe');
});
