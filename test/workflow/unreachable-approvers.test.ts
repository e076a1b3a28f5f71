import { NotifyFault, type Notifier } from '../../src/ports/messages.js';
import { HOUR, world } from '../support/world.js';

const MINUTE = HOUR / 60;

/** A world whose Slack answers every card so, for as long as it is told to. */
function refusing(fault: () => NotifyFault | undefined) {
  const it = world();
  const notifier: Notifier = {
    ...it.notifier,
    async cards(view, earlier) {
      const found = fault();
      if (found) throw found;
      return it.notifier.cards(view, earlier);
    },
  };
  const engine = it.makeEngine({ notifier });
  return {
    ...it,
    alarms: () =>
      it.log.filter(({ level, message }) => level === 'error' && message === 'nobody could be asked'),
    async ask() {
      const answer = await it.front.submit(
        { provider: 'slack', id: 'U-ana', tenant: 'T1' },
        it.form,
        it.seen(),
      );
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      await engine.sweep();
      return answer.ok.state.id;
    },
    async pass(ms: number, step = MINUTE) {
      for (let passed = 0; passed < ms; passed += step) {
        it.pass(step);
        await engine.sweep();
      }
    },
  };
}
const nowhere = () =>
  new NotifyFault('is_archived', true, undefined, {
    stage: 'manager',
    tried: [{ channel: 'C0ACCESS', code: 'is_archived' }],
  });

describe('invariant 15: whom nobody can ask', () => {
  test('is kept with the request from when on, and forgotten when somebody has been asked', async () => {
    let fault: NotifyFault | undefined = nowhere();
    const it = refusing(() => fault);
    const id = await it.ask();
    const since = it.now();
    const tried = [{ channel: 'C0ACCESS', code: 'is_archived' }];
    await it.pass(HOUR);
    expect((await it.store.head(id))!.unasked).toEqual({ manager: { since, tried } });
    fault = undefined;
    await it.pass(10 * MINUTE);
    expect(await it.store.head(id)).not.toHaveProperty('unasked');
    expect((await it.store.head(id))!.outbox).toEqual([]);
    // Once that nobody can be asked, once that somebody has been; no phone buzzes for either.
    expect(it.slack.living).toEqual(['pending', 'pending']);
    expect(it.slack.told).toEqual([]);
    expect(it.alarms()[0]).toMatchObject({ about: { request: id, stage: 'manager', tried } });
  });

  test('is tried again until the request lapses, however long that is, and nothing is owed then', async () => {
    const it = refusing(nowhere);
    it.config.approvalTimeout = 48 * HOUR;
    const id = await it.ask();
    await it.pass(47 * HOUR, 5 * MINUTE);
    expect((await it.store.head(id))!.outbox).toMatchObject([{ effect: { type: 'cards' } }]);
    await it.pass(2 * HOUR, 5 * MINUTE);
    const { state, outbox } = (await it.store.head(id))!;
    expect([state.status, outbox]).toEqual(['closed', []]);
    expect(it.slack.living).toEqual(['pending', 'closed']);
  });

  test('a fault of Slack’s that should pass is an alarm once it has not, and then ever more seldom', async () => {
    const it = refusing(() => new NotifyFault('internal_error', false));
    const id = await it.ask();
    expect(it.alarms()).toEqual([]);
    await it.pass(10 * MINUTE);
    expect(it.alarms()).toHaveLength(1);
    await it.pass(7 * HOUR);
    expect(it.alarms().length).toBeLessThan(6);
    expect((await it.store.head(id))!).not.toHaveProperty('unasked');
  });
});
