import { examine } from '../../src/domain/record/history.js';
import { kept } from '../support/record.js';
import { actor, HOUR, world } from '../support/world.js';

const WAY = { manageRoleArn: 'arn:aws:iam::111122223333:role/jit/Manage', externalId: 'ext-1' };

/** Somebody has got access without anybody's approval, from an engine that words its documents in form 7. */
async function given(accounts: Record<string, typeof WAY>) {
  const w = world();
  w.policy.chain = 'auto';
  w.config.accounts = accounts;
  const engine = w.makeEngine({ kinds: w.deps.kinds.map((kind) => ({ ...kind, form: 7 })) });
  const settle = async () => {
    for (let round = 0; round < 20 && (await engine.sweep()).looked.length > 0; round++);
  };
  await w.front.submit(actor('ana'), w.form, w.seen());
  await settle();
  return { w, settle, id: 'R1' };
}

describe('what holds at an approval is kept with the grant', () => {
  test('the way into its account, and the wording of its documents', async () => {
    const { w, id } = await given({ '111122223333': WAY, '444455556666': { ...WAY, externalId: 'another' } });
    const terms = { access: WAY, form: 7 };
    expect(await w.store.grant(id)).toMatchObject(terms);
    const approval = (await w.store.records(id)).find(({ event }) => event.type === 'RequestApproved');
    expect(approval?.event).toMatchObject(terms);
  });

  test('invariant 1: it stays when directory.yml says otherwise, until the grant is gone', async () => {
    const { w, settle, id } = await given({ '111122223333': WAY });
    w.config.accounts = {};
    w.pass(2 * HOUR);
    await settle();
    expect((await w.state(id)).status).toBe('closed');
    const grant = await w.store.grant(id);
    expect(grant).toMatchObject({ access: WAY });
    expect(grant?.gone).toBeDefined();
  });

  test('in jit’s own account there is no way to keep', async () => {
    const { w, id } = await given({});
    expect(await w.store.grant(id)).not.toHaveProperty('access');
  });

  test('invariant 12: the record vouches for it, and shows where somebody has led it elsewhere', async () => {
    const { w, id } = await given({ '111122223333': WAY });
    const found = await kept(w, id);
    expect(examine(id, found)).toEqual([]);
    const access = { ...WAY, manageRoleArn: 'arn:aws:iam::111122223333:role/jit/Mine' };
    expect(examine(id, { ...found, grant: { ...found.grant, access } })).toEqual([
      { request: id, code: 'grant', what: 'the grant differs from what was approved, in access' },
    ]);
  });

  test('a record of before has neither, and is found whole', async () => {
    const w = world();
    w.policy.chain = 'auto';
    const id = await w.ask();
    const found = await kept(w, id);
    expect(found.grant).not.toHaveProperty('access');
    expect(found.grant).not.toHaveProperty('form');
    expect(examine(id, found)).toEqual([]);
  });
});
