import type { Head } from '../../src/domain/request/head.js';
import type { Store } from '../../src/store/change.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { jit } from '../support/cli.js';
import { actor, HOUR, world } from '../support/world.js';

const MINUTE = 60_000;

/** A request whose record a later version has taken over, or somebody has spoilt: its HEAD says another format. */
async function taken(format: unknown, how: 'pending' | 'active') {
  let memory: Store | undefined;
  const written: string[] = [];
  const w = world((of) => {
    memory = memoryStore(of);
    const { write } = memory;
    return { ...memory, write: (change) => (written.push(change.head.id), write(change)) };
  });
  const id = how === 'pending' ? await w.ask('ana') : await w.approved('ana');
  if (how === 'active') await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  const head = (await w.store.head(id))!;
  const state = { ...head.state, format } as Head['state'];
  await memory!.write({ head: { ...head, version: head.version + 1, state }, records: [] });
  const records = await w.store.records(id);
  written.length = 0;
  w.log.length = 0;
  return { w, id, records, written };
}

describe.each([[3], [1], [0], ['2'], [null], [{ of: 2 }]])('a record of the format %j', (format) => {
  test('takes no command, and people hear that it cannot be read', async () => {
    const { w, id, records, written } = await taken(format, 'pending');
    const [ana, bob] = [actor('ana'), actor('bob')];
    const button = { id, stage: 'manager', revision: 0 };
    const answers = [
      await w.front.approve(bob, button, w.seen()),
      await w.front.mayDeny(bob, button, w.seen()),
      await w.front.deny(bob, button, 'not now', w.seen()),
      await w.front.cancel(ana, id, w.seen()),
      await w.front.revoke(ana, id, '', w.seen()),
      await w.front.mayMint(ana, id, w.seen()),
      await w.front.mint(ana, id, 'V2', w.seen()),
      await w.front.status(ana, id),
      await w.front.explain(ana, id),
      await w.front.mine(ana),
    ];
    for (const answer of answers)
      expect(answer).toEqual({ refusal: { code: 'unreadable-request', request: id } });
    w.pass(9 * HOUR);
    await w.settle();
    expect(written).toEqual([]);
    expect(await w.store.records(id)).toEqual(records);
    const other = await w.ask('dan');
    expect(await w.state(other)).toMatchObject({ status: 'pending' });
  });

  test('invariant 2: is never changed, and its grant is ended by its own record when it is due', async () => {
    const { w, id, records, written } = await taken(format, 'active');
    w.pass(HOUR);
    await w.settle();
    w.pass(5 * MINUTE);
    await w.settle();
    expect(w.aws.live.has(id)).toBe(false);
    expect(await w.store.grant(id)).toMatchObject({ gone: { evidence: 'gone' } });
    expect(written).toEqual([]);
    expect(await w.store.records(id)).toEqual(records);
  });

  test('invariant 2: and at once where its end is ordered', async () => {
    const { w, id, records, written } = await taken(format, 'active');
    await w.store.putEnd(id, { at: w.now(), by: { operator: 'arn:aws:iam::777788889999:user/kim' } });
    await w.settle();
    expect(w.aws.live.has(id)).toBe(false);
    expect(w.aws.denies.has(id)).toBe(true);
    // Proven when no call can still land, and cleared away when no session can still live.
    for (const later of [MINUTE, 2 * HOUR]) {
      w.pass(later);
      await w.settle();
    }
    expect(w.aws.denies.has(id)).toBe(false);
    expect(await w.store.grant(id)).toMatchObject({ cleanedUp: true });
    expect(written).toEqual([]);
    expect(await w.store.records(id)).toEqual(records);
  });

  test('is found by verify', async () => {
    const { w, id } = await taken(format, 'pending');
    const { code, out } = await jit(w.store, 'audit', 'verify');
    expect(code).toBe(1);
    expect(out).toContain(`${id}  unreadable: `);
    expect(out).toContain('the format of its record is not known to this version of jit');
  });
});
