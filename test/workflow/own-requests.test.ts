import type { State } from '../../src/domain/request/state.js';
import { MOST_PENDING } from '../../src/workflow/front/ask/limits.js';
import { actor, world } from '../support/world.js';

type World = ReturnType<typeof world>;

/** Asks and takes it back. */
async function askAndCancel(w: World, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    w.pass(10_000);
    const id = await w.ask();
    await w.front.cancel(actor('ana'), id, w.seen());
  }
}

async function mine(w: World, who = 'ana') {
  const answer = await w.front.mine(actor(who));
  if ('refusal' in answer) throw new Error(answer.refusal.code);
  return answer.ok;
}
const ids = (states: State[]) => states.map(({ id }) => id);
const code = (answer: object) => ('refusal' in answer ? (answer.refusal as { code: string }).code : 'ok');

describe('one’s own requests', () => {
  test('invariant 15: access is among them however many newer requests there are', async () => {
    const w = world();
    const live = await w.approved();
    await askAndCancel(w, 22);
    const { open, closed, more } = await mine(w);
    expect(ids(open)).toEqual([live]);
    expect(closed).toHaveLength(20);
    expect(more).toBe(true);
  });

  test('are found by one look where a page has them all; where it has not, what is newer is not read again', async () => {
    const w = world();
    const looks: (number | undefined)[] = [];
    const { openByRequester } = w.store;
    w.store.openByRequester = (person, until) => {
      looks.push(until);
      return openByRequester(person, until);
    };
    const live = await w.approved();
    const { requestedAt } = (await w.store.head(live))!.state;
    await askAndCancel(w, 19);
    looks.length = 0;
    expect(ids((await mine(w)).open)).toEqual([live]);
    expect(looks).toEqual([]);
    await askAndCancel(w, 5);
    looks.length = 0;
    expect(ids((await mine(w)).open)).toEqual([live]);
    expect(looks).toEqual([expect.any(Number)]);
    expect(looks[0]).toBeGreaterThan(requestedAt);
  });

  test('invariant 15: they stay one’s own when the e-mail changes', async () => {
    const w = world();
    const live = await w.approved();
    await askAndCancel(w, 1);
    w.people.emails['ana'] = 'ana.maria@corp.example';
    const { open, closed, more } = await mine(w);
    expect([ids(open), closed.length, more]).toEqual([[live], 1, false]);
    expect(code(await w.front.status(actor('ana'), live))).toBe('ok');
  });

  test('invariant 8: who has the address by now neither sees nor reads what the former holder asked for', async () => {
    const w = world();
    const id = await w.approved();
    w.people.emails['ana'] = 'ana.maria@corp.example';
    w.people.emails['eve'] = 'ana@corp.example';
    // By the e-mail alone, policy would take eve for the requester, or for one who may read everything.
    w.policy.mayRevoke.add('ana@corp.example');
    expect(await mine(w, 'eve')).toEqual({ open: [], closed: [], more: false });
    expect(code(await w.front.status(actor('eve'), id))).toBe('unknown-request');
    expect(code(await w.front.explain(actor('eve'), id))).toBe('unknown-request');
  });

  test('invariant 8: nor does who has the address of an approver, unless they may for another reason', async () => {
    const w = world();
    const id = await w.approved();
    w.people.emails['eve'] = 'kim@corp.example';
    expect(code(await w.front.status(actor('eve'), id))).toBe('unknown-request');
    w.people.known['bob'] = 'U-bob';
    w.people.emails['dan'] = 'bob@corp.example';
    expect(code(await w.front.status(actor('dan'), id))).toBe('unknown-request');
    w.people.emails['kim'] = 'kim.tran@corp.example';
    expect(code(await w.front.status(actor('kim'), id))).toBe('ok');
  });

  test('invariant 15: what the index is behind with is shown as it is', async () => {
    const w = world();
    const id = await w.ask();
    const behind = (await w.store.head(id))!;
    await w.front.cancel(actor('ana'), id, w.seen());
    w.store.openByRequester = async () => [behind];
    w.store.byRequester = async () => [behind];
    expect(await mine(w)).toMatchObject({ open: [], closed: [{ id, outcome: 'cancelled' }] });
  });

  test('what waits for a decision counts however many newer requests there are', async () => {
    const w = world();
    w.roomy();
    for (let n = 1; n < MOST_PENDING; n++) await w.ask();
    w.policy.denied = { policies: ['freeze'], advice: [] };
    for (let n = 0; n < 120; n++) {
      w.pass(20_000);
      expect(code(await w.front.submit(actor('ana'), w.form, w.seen()))).toBe('denied-by-policy');
    }
    w.policy.denied = undefined;
    await w.ask();
    const answer = await w.front.submit(actor('ana'), w.form, w.seen());
    expect(code(answer)).toBe('too-many-pending');
  });
});
