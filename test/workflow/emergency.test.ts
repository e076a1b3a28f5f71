import { NotifyFault } from '../../src/ports/messages.js';
import { examine } from '../../src/domain/record/history.js';
import { RecordFault } from '../../src/ports/record.js';
import { HOUR, actor, person, world } from '../support/world.js';

const DAY = 24 * HOUR;
const MINUTE = HOUR / 60;
const RULES = { channel: 'C0INCIDENTS', tell: 'board', review: { by: 'security', within: 3 * DAY } };

/** A world in which an emergency needs nobody, and is reviewed by security. */
function emergencyWorld(chain = 'auto') {
  const w = world();
  w.config.emergency = RULES;
  w.config.groups = { security: { members: [] }, board: { members: [] } };
  w.policy.emergency = chain;
  w.people.groups = { security: ['sam', 'kim', 'ana'], board: ['pia'] };
  const submit = (who: string, emergency = true) =>
    w.front.submit(actor(who), { ...w.form, ...(emergency && { emergency: true }) }, w.seen());
  const codeOf = async (answer: ReturnType<typeof submit>) => {
    const found = await answer;
    return 'refusal' in found ? found.refusal.code : 'ok';
  };
  return {
    ...w,
    codeOf,
    submit,
    async inEmergency(who = 'ana') {
      const answer = await submit(who);
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      await w.settle();
      return answer.ok.state.id;
    },
    /** Over, and handed back. */
    async over(who = 'ana') {
      const id = await this.inEmergency(who);
      await w.front.revoke(actor(who), id, '', w.seen());
      w.pass(MINUTE);
      await w.settle();
      expect((await w.state(id)).status).toBe('closed');
      return id;
    },
    async review(who: string, id: string, contests = false, text = contests ? 'it was none' : '') {
      const answer = await w.front.review(actor(who), id, { contests, text }, w.seen());
      await w.settle();
      return 'refusal' in answer ? answer.refusal.code : 'ok';
    },
    async found(id: string) {
      const [head, records, grant] = await Promise.all([
        w.store.head(id),
        w.store.records(id),
        w.store.grant(id),
      ]);
      return examine(id, { head: head!, records, ...(grant && { grant }) });
    },
  };
}

describe('asking in an emergency', () => {
  test('is refused where directory.yml does not provide for it', async () => {
    const w = emergencyWorld();
    delete w.config.emergency;
    expect(await w.codeOf(w.submit('ana'))).toBe('no-emergency');
    expect((await w.front.mine(actor('ana'))) as object).toMatchObject({ ok: { open: [], closed: [] } });
  });

  test.each([
    ['the same people', 'manager, 2 of security'],
    ['more of them', 'manager, 3 of security'],
  ])('is refused where it would take %s', async (_, chain) => {
    const w = emergencyWorld(chain);
    expect(await w.codeOf(w.submit('ana'))).toBe('emergency-needless');
  });

  test('is refused where no permit that reads of emergencies lets it through', async () => {
    const w = emergencyWorld();
    w.policy.emergency = undefined;
    expect(await w.codeOf(w.submit('ana'))).toBe('emergency-needless');
  });

  test('gives access at once where policy says so, and is on record with whom it passes over', async () => {
    const w = emergencyWorld();
    const id = await w.inEmergency();
    const state = await w.state(id);
    expect(state).toMatchObject({ status: 'active', emergency: true, chain: [] });
    expect(state.passedOver).toEqual([
      { name: 'manager', quorum: 1 },
      { name: 'security', quorum: 2 },
    ]);
    expect((await w.store.grant(id))?.confirmed?.emergency).toBe(true);
    expect(await w.found(id)).toEqual([]);
  });

  test('what is denied without it passes over nobody, and says so', async () => {
    const w = emergencyWorld();
    w.policy.denied = { policies: ['hours'], advice: [] };
    const id = await w.inEmergency();
    expect((await w.state(id)).passedOver).toBeUndefined();
    expect(w.slack.alerts).toEqual([]);
    expect(w.slack.incidents.at(-1)?.status).toBe('active');
  });

  test('a second one for the same thing is refused, and for another it is not', async () => {
    const w = emergencyWorld();
    const first = await w.inEmergency();
    expect(await w.submit('ana')).toEqual({ refusal: { code: 'emergency-open', open: first } });
    expect(await w.codeOf(w.submit('eve'))).toBe('ok');
    const logs = { ...w.entitlement, id: 'orders-logs' };
    (w.deps.bundle().entitlements as Map<string, typeof logs>).set('orders-logs', logs);
    const other = await w.front.submit(
      actor('ana'),
      { ...w.form, entitlement: 'orders-logs', emergency: true },
      w.seen(),
    );
    expect('ok' in other).toBe(true);
  });

  test('of two that were sent at one moment the later one is denied when it is confirmed', async () => {
    const w = emergencyWorld('manager');
    w.policy.chain = 'manager, 2 of security';
    // The index of what somebody asked for lags by moments.
    const { openByRequester } = w.store;
    w.store.openByRequester = async () => [];
    const [one, two] = [await w.inEmergency(), await w.inEmergency()];
    w.store.openByRequester = openByRequester;
    for (const id of [two, one]) expect(await w.vote('bob', id, 'manager')).toBe('ok');
    expect((await w.state(one)).status).toBe('active');
    expect(await w.state(two)).toMatchObject({
      status: 'closed',
      outcome: 'denied',
      reason: { code: 'emergency-open', request: one },
    });
    expect(await w.found(two)).toEqual([]);
  });

  test('is warned of its end twice as early', async () => {
    const w = emergencyWorld();
    const state = await w.state(await w.inEmergency());
    if (state.status !== 'active') throw new Error(state.status);
    expect(state.lease.endsAt - state.lease.warnAt!).toBe(2 * w.config.warnBefore);
  });

  test('a preview offers it where it helps, and ignores it where it does not', async () => {
    const w = emergencyWorld();
    const see = (more: object) => w.front.preview(actor('ana'), { ...w.form, ...more });
    expect(await see({})).toMatchObject({ ok: { emergency: true, foreseen: { chain: [{}, {}] } } });
    expect(await see({ emergency: true })).toMatchObject({
      ok: { emergency: true, foreseen: { chain: [] } },
    });
    w.policy.emergency = undefined;
    const without = await see({ emergency: true });
    expect(without).toMatchObject({ ok: { foreseen: { chain: [{}, {}] } } });
    expect('ok' in without && without.ok.emergency).toBeUndefined();
  });

  test('what only an emergency permits is on offer', async () => {
    const w = emergencyWorld();
    w.policy.denied = { policies: ['hours'], advice: [] };
    expect(await w.front.offers(actor('ana'))).toMatchObject({
      ok: [{ entitlement: { id: 'orders-db-admin' } }],
    });
    w.policy.emergency = undefined;
    expect(await w.front.offers(actor('ana'))).toEqual({ ok: [] });
  });
});

describe('an emergency is loud', () => {
  test('who would have been asked with a ticket is passed over, too, where there is none', async () => {
    const w = emergencyWorld();
    w.policy.wantsTicket = true;
    delete (w.form as { ticket?: string }).ticket;
    const id = await w.inEmergency();
    expect(await w.state(id)).toMatchObject({
      status: 'active',
      passedOver: [{ name: 'manager' }, { name: 'security' }],
    });
    expect(await w.found(id)).toEqual([]);
  });

  test('the incident channel hears of it when it is given, and of each change', async () => {
    const w = emergencyWorld();
    const id = await w.inEmergency();
    expect(w.slack.incidents.map(({ status }) => status)).toContain('active');
    w.pass(HOUR);
    await w.settle();
    expect(w.slack.incidents.at(-1)).toEqual({ status: 'closed', review: 'sam kim' });
    expect(Object.keys((await w.store.head(id))!.posts)).toEqual(
      expect.arrayContaining(['@incident', '@review']),
    );
  });

  test('those who were passed over are told, each once, and the requester is not among them', async () => {
    const w = emergencyWorld();
    w.people.stages['security'] = ['sam', 'kim', 'ana'];
    await w.inEmergency();
    expect(w.slack.alerts).toMatchObject([{ what: 'passed-over', to: 'bob sam kim', others: 0 }]);
  });

  test('whoever has to agree all the same was not passed over', async () => {
    const w = emergencyWorld('manager');
    const id = await w.inEmergency();
    await w.vote('bob', id, 'manager');
    expect(w.slack.alerts).toMatchObject([{ what: 'passed-over', to: 'sam kim lee' }]);
  });

  test('of many ten are told in person', async () => {
    const w = emergencyWorld();
    w.people.stages['security'] = Array.from({ length: 14 }, (_, n) => `s${n}`);
    await w.inEmergency();
    const [alert] = w.slack.alerts;
    expect(alert?.to.split(' ')).toHaveLength(10);
    expect(alert?.others).toBe(5);
  });

  test('invariant 10: a channel that takes nothing keeps nobody from access, and is an error in the log', async () => {
    const w = emergencyWorld();
    w.slack.incidentFails = Array.from({ length: 9 }, () => new NotifyFault('channel_not_found', true));
    const id = await w.inEmergency();
    expect((await w.state(id)).status).toBe('active');
    expect(w.log.some(({ level, message }) => level === 'error' && /could not be told/.test(message))).toBe(
      true,
    );
  });

  test('invariant 5: what failed is told again, and looked up first', async () => {
    const w = emergencyWorld();
    w.slack.alertFails = [new NotifyFault('timeout', false)];
    await w.inEmergency();
    expect(w.slack.alerts).toEqual([]);
    w.pass(5 * MINUTE);
    await w.settle();
    expect(w.slack.alerts).toMatchObject([{ what: 'passed-over', retry: true }]);
  });

  test('what is no emergency is told in no incident channel, and owes no review', async () => {
    const w = emergencyWorld();
    const id = await w.approved();
    await w.front.revoke(actor('ana'), id, '', w.seen());
    w.pass(MINUTE);
    await w.settle();
    expect(w.slack.incidents).toEqual([]);
    expect(await w.state(id)).not.toHaveProperty('owesReview');
    expect(await w.review('sam', id)).toBe('no-review');
  });
});

describe('a review', () => {
  test.each([
    ['the requester', 'ana', 'own-review'],
    ['somebody outside of the group', 'pia', 'unknown-request'],
    ['a stranger', 'zed', 'unknown-request'],
  ])('by %s is refused', async (_, who, code) => {
    const w = emergencyWorld();
    w.policy.mayReview.add('pia@corp.example');
    const id = await w.over();
    expect(await w.review(who, id)).toBe(code);
    expect(await w.state(id)).not.toHaveProperty('reviews');
  });

  test('by one of the group whom policy does not let is refused', async () => {
    const w = emergencyWorld();
    w.policy.mayReview.delete('sam@corp.example');
    const id = await w.over();
    expect(await w.review('sam', id)).toBe('denied-by-policy');
  });

  test('invariant 4: while it is not known who is in the group, it is refused, and says so', async () => {
    const w = emergencyWorld();
    const id = await w.over();
    w.people.lost = [{ name: 'security', why: 'Slack does not answer', lasting: false }];
    expect(await w.review('sam', id)).toBe('group-unknown');
  });

  test('before it is over is refused', async () => {
    const w = emergencyWorld();
    const id = await w.inEmergency();
    expect(await w.review('sam', id)).toBe('review-early');
  });

  test('of one that never was active there is none', async () => {
    const w = emergencyWorld();
    w.aws.fails = [w.denied];
    const id = await w.inEmergency();
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'failed' });
    expect(await w.review('sam', id)).toBe('no-review');
    w.pass(9 * DAY);
    await w.settle();
    expect(w.slack.alerts.filter(({ what }) => what === 'review-overdue')).toEqual([]);
  });

  test('signs it off once; a second one is refused', async () => {
    const w = emergencyWorld();
    const id = await w.over();
    expect(await w.review('sam', id)).toBe('ok');
    expect(await w.review('kim', id)).toBe('already-reviewed');
    expect(await w.review('kim', id, true)).toBe('already-reviewed');
    expect(await w.state(id)).toMatchObject({
      reviews: [{ verdict: 'signed-off', by: { email: 'sam@corp.example' } }],
    });
    expect(await w.found(id)).toEqual([]);
    expect((await w.store.head(id))?.outbox.filter(({ effect }) => effect.type === 'review-due')).toEqual([]);
  });

  test('invariant 14: the same signed request has one effect', async () => {
    const w = emergencyWorld();
    const id = await w.over();
    const seen = w.seen();
    const twice = () => w.front.review(actor('sam'), id, { contests: true, text: 'none' }, seen);
    expect('ok' in (await twice())).toBe(true);
    expect(await twice()).toMatchObject({ refusal: { code: expect.any(String) as string } });
    expect(await w.history(id)).toEqual(expect.arrayContaining(['EmergencyReviewed']));
    expect((await w.history(id)).filter((type) => type === 'EmergencyReviewed')).toHaveLength(1);
  });

  test('to contest it takes words', async () => {
    const w = emergencyWorld();
    const id = await w.over();
    expect(await w.review('sam', id, true, ' \u200b ')).toBe('review-missing');
    expect(await w.review('sam', id, true, 'it was none')).toBe('ok');
    expect(await w.found(id)).toEqual([]);
  });

  test('whoever has approved it may review it', async () => {
    const w = emergencyWorld('security');
    const id = await w.inEmergency();
    await w.vote('sam', id, 'security');
    w.pass(HOUR);
    await w.settle();
    expect(await w.review('sam', id)).toBe('ok');
  });

  test('is told daily while it is overdue, from the second day on to others, too, and never before', async () => {
    const w = emergencyWorld();
    const id = await w.over();
    const overdue = () => w.slack.alerts.filter(({ what }) => what === 'review-overdue');
    const days = async (n: number) => {
      for (let hours = 0; hours < 24 * n; hours++) {
        w.pass(HOUR);
        await w.settle();
      }
    };
    await days(2.9);
    expect(overdue()).toEqual([]);
    await days(0.5);
    expect(overdue().map(({ to }) => to)).toEqual(['sam kim']);
    await days(2);
    expect(overdue().map(({ to }) => to)).toEqual(['sam kim', 'sam kim pia', 'sam kim pia']);
    expect(new Set(overdue().map(({ id: of }) => of)).size).toBe(3);
    expect(await w.review('kim', id)).toBe('ok');
    await days(3);
    expect(overdue()).toHaveLength(3);
  });

  test('an outage is followed by one reminder, and not by one for each day', async () => {
    const w = emergencyWorld();
    await w.over();
    w.pass(10 * DAY);
    await w.settle();
    expect(w.slack.alerts.filter(({ what }) => what === 'review-overdue')).toHaveLength(1);
  });

  test('one that is overdue locks nobody out of the next emergency', async () => {
    const w = emergencyWorld();
    await w.over();
    w.pass(9 * DAY);
    await w.settle();
    const next = await w.inEmergency();
    expect((await w.state(next)).status).toBe('active');
  });
});

describe('a contested emergency', () => {
  async function contested(w: ReturnType<typeof emergencyWorld>) {
    const id = await w.over();
    expect(await w.review('sam', id, true)).toBe('ok');
    return id;
  }

  test('takes from its requester those that nobody approves, on record, and from nobody else', async () => {
    const w = emergencyWorld();
    const id = await contested(w);
    const answer = await w.submit('ana');
    expect(answer).toMatchObject({ refusal: { code: 'contested', contested: id } });
    const request = ('refusal' in answer && 'request' in answer.refusal && answer.refusal.request) || '';
    expect(await w.state(request)).toMatchObject({
      outcome: 'denied',
      reason: { code: 'contested', request: id },
    });
    expect(await w.found(request)).toEqual([]);
    expect(await w.codeOf(w.submit('eve'))).toBe('ok');
  });

  test('leaves them those that somebody approves, and everything that is no emergency', async () => {
    const w = emergencyWorld();
    await contested(w);
    expect(await w.codeOf(w.submit('ana', false))).toBe('ok');
    w.policy.emergency = 'manager';
    expect(await w.codeOf(w.submit('ana'))).toBe('ok');
  });

  test('holds for years, whatever else they have asked for since', async () => {
    const w = emergencyWorld();
    const id = await contested(w);
    w.roomy();
    for (let n = 0; n < 60; n++) {
      const answer = await w.submit('ana', false);
      if ('refusal' in answer) throw new Error(answer.refusal.code);
      await w.front.cancel(actor('ana'), answer.ok.state.id, w.seen());
      w.pass(HOUR);
      await w.settle();
    }
    w.pass(700 * DAY);
    await w.settle();
    expect(await w.submit('ana')).toMatchObject({ refusal: { code: 'contested', contested: id } });
  });

  test('is settled by another reviewer, and not by who contests it, nor contested twice', async () => {
    const w = emergencyWorld();
    const id = await contested(w);
    expect(await w.review('sam', id)).toBe('own-contest');
    expect(await w.review('kim', id, true)).toBe('already-contested');
    expect(await w.codeOf(w.submit('ana'))).toBe('contested');
    expect(await w.review('kim', id)).toBe('ok');
    expect(await w.found(id)).toEqual([]);
    const next = await w.inEmergency();
    expect((await w.state(next)).status).toBe('active');
  });

  test('one that is contested while the next waits to be confirmed stops that one', async () => {
    const w = emergencyWorld();
    const id = await w.over();
    const answer = await w.submit('ana');
    if ('refusal' in answer) throw new Error(answer.refusal.code);
    await w.front.review(actor('sam'), id, { contests: true, text: 'it was none' }, w.seen());
    await w.settle();
    expect(await w.state(answer.ok.state.id)).toMatchObject({
      outcome: 'denied',
      reason: { code: 'contested', request: id },
    });
    expect(w.aws.provisions).toBe(1);
  });

  describe('while another one runs that could be made longer', () => {
    /** One that runs, beside one that somebody contests only now. */
    async function beside() {
      const w = emergencyWorld();
      w.entitlement.extensions = { most: 2, total: 8 * HOUR };
      const id = await w.over();
      const runs = await w.inEmergency();
      const extend = async () => {
        const answer = await w.front.extend(actor('ana'), runs, '30m', w.seen());
        return 'refusal' in answer ? answer.refusal : 'ok';
      };
      const contest = () =>
        w.front.review(actor('sam'), id, { contests: true, text: 'it was none' }, w.seen());
      return { ...w, id, runs, extend, contest };
    }

    test('that is refused if nobody would approve it, and until it is settled', async () => {
      const w = await beside();
      await w.contest();
      expect(await w.extend()).toEqual({ code: 'contested', contested: w.id });
      expect(await w.review('kim', w.id)).toBe('ok');
      expect(await w.extend()).toBe('ok');
      await w.settle();
      expect(await w.state(w.runs)).toMatchObject({ status: 'active', extended: [{ number: 1 }] });
    });

    test('that waits for an approval if somebody has to give one', async () => {
      const w = await beside();
      await w.contest();
      w.policy.extendChain = 'manager';
      expect(await w.extend()).toBe('ok');
      await w.settle();
      expect(await w.state(w.runs)).toMatchObject({ extension: { number: 1 } });
    });

    test('one that is contested once that is asked for stops it, on record', async () => {
      const w = await beside();
      expect(await w.extend()).toBe('ok');
      await w.contest();
      await w.settle();
      const state = await w.state(w.runs);
      expect(state).toMatchObject({ notExtended: [{ reason: { code: 'contested', request: w.id } }] });
      expect(state).not.toHaveProperty('extended');
      expect(await w.found(w.runs)).toEqual([]);
    });

    test('invariant 4: while it cannot be read whether one is contested, that waits', async () => {
      const w = await beside();
      const { openByRequester } = w.store;
      w.store.openByRequester = () => Promise.reject(new RecordFault('unreadable', 'spoilt', w.id));
      expect(await w.extend()).toBe('ok');
      await w.settle();
      expect(await w.state(w.runs)).toMatchObject({ extension: { number: 1 } });
      w.store.openByRequester = openByRequester;
      w.pass(5 * MINUTE);
      await w.settle();
      expect(await w.state(w.runs)).toMatchObject({ extended: [{ number: 1 }] });
    });
  });

  test('invariant 4: what cannot be read gives nothing that nobody approves, and waits where it has been asked for', async () => {
    const w = emergencyWorld();
    const id = await contested(w);
    const { head } = w.store;
    const unreadable: typeof head = async (of) => {
      if (of === id) throw new RecordFault('unreadable', 'spoilt', id);
      return head(of);
    };
    w.store.head = unreadable;
    expect(await w.codeOf(w.submit('ana'))).toBe('reviews-unknown');
    w.store.head = head;
    expect(await w.review('kim', id)).toBe('ok');
    const next = await w.submit('ana');
    if ('refusal' in next) throw new Error(next.refusal.code);
    // It was signed off, so nothing of it is due any more: another one stands in the index.
    w.store.openByRequester = async () => [(await head(id))!];
    w.store.head = unreadable;
    await w.settle();
    expect(await w.state(next.ok.state.id)).toMatchObject({ status: 'pending' });
    w.store.head = head;
    w.pass(5 * MINUTE);
    await w.settle();
    expect((await w.state(next.ok.state.id)).status).toBe('active');
  });

  test('is said daily until it is settled, and not to who contests it', async () => {
    const w = emergencyWorld();
    await contested(w);
    w.pass(3 * DAY);
    await w.settle();
    expect(w.slack.alerts.filter(({ what }) => what === 'review-overdue').map(({ to }) => to)).toEqual([
      'kim',
    ]);
  });
});

test('sessions of an emergency are asked about as one', async () => {
  const w = emergencyWorld();
  const id = await w.inEmergency();
  const { pdp } = w.deps.bundle();
  const asked: unknown[] = [];
  const { request } = pdp;
  pdp.request = (question) => {
    asked.push(question.emergency);
    return request(question);
  };
  await w.front.mint(actor('ana'), id, 'V1', w.seen());
  await w.settle();
  expect(asked).toEqual([true]);
  expect(person('ana').email).toBe('ana@corp.example');
});
