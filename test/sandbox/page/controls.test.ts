import { active, asked, attempted, HOUR, lease, min, MINUTE, pending, T0 } from '../../support/requests.js';
import { grantFrom } from '../../../src/domain/grant.js';
import { apply } from '../../../src/domain/request/head.js';
import { place, type Place } from '../../support/sandbox-page.js';

let here: Place;
beforeEach(async () => {
  here = await place();
});
afterEach(() => here.close());
const done = { status: 200, body: {} };

describe('the clock', () => {
  const move = (how: object) => here.post('clock', how);

  test('goes ahead by so much, at either pace', async () => {
    expect(await move({ by: 10 * MINUTE })).toEqual(done);
    expect(here.clock.now()).toBe(min(10));
    expect(await move({ rate: 60 })).toEqual(done);
    here.wall.now += 1_000;
    expect((await here.look()).clock).toMatchObject({ now: min(11), rate: 60 });
  });

  test('goes to the next thing due, exactly', async () => {
    here.onRecord(active);
    expect(await move({ to: 'next' })).toEqual(done);
    expect(here.clock.now()).toBe(lease.warnAt);
  });

  test('stays where nothing is due', async () => {
    expect(await move({ to: 'next' })).toMatchObject({ status: 409 });
    expect(here.clock.now()).toBe(T0);
  });

  test('catches up with real time, and never goes back to it', async () => {
    here.playground.wallNow = () => T0 + HOUR;
    expect(await move({ to: 'now' })).toEqual(done);
    expect(here.clock.now()).toBe(T0 + HOUR);
    here.clock.advance(HOUR);
    expect(await move({ to: 'now' })).toEqual(done);
    expect(here.clock.now()).toBe(T0 + 2 * HOUR);
  });
});

test('the bot is stopped and started', async () => {
  expect(await here.post('bot', { running: false })).toEqual({ status: 200, body: { running: false } });
  expect((await here.look()).bot).toEqual({ running: false });
  expect(await here.post('bot', { running: true })).toEqual({ status: 200, body: { running: true } });
});

describe('trouble with Slack lasts until it is ended', () => {
  const post = () =>
    here.client.chat.postMessage({ channel: 'C0ACCESS', text: 'x' }).then(
      () => 'posted',
      (error: Error & { retryAfter?: number }) => `${error.message} ${error.retryAfter ?? ''}`,
    );

  test.each([
    ['rate-limited', /rate-limit.* 5$/, 0],
    ['error-500', /500/, 0],
    ['answers-lost', /request error/, 2],
    ['unreachable', /request error/, 0],
  ])('%s', async (trouble, outcome, landed) => {
    expect(await here.post('trouble', { trouble })).toEqual(done);
    expect((await here.look()).trouble).toBe(trouble);
    for (let n = 0; n < 2; n++) expect(await post()).toMatch(outcome);
    expect(here.slack.messages('C0ACCESS')).toHaveLength(landed);
    await here.post('trouble', { trouble: 'none' });
    expect(await post()).toBe('posted');
    expect((await here.look()).trouble).toBe('none');
  });

  test('one kind takes the place of another', async () => {
    await here.post('trouble', { trouble: 'error-500' });
    await here.post('trouble', { trouble: 'unreachable' });
    expect(await post()).toMatch(/request error/);
  });

  test('slow is a second and a half', async () => {
    const misbehave = jest.spyOn(here.slack, 'misbehave').mockImplementation();
    await here.post('trouble', { trouble: 'slow' });
    expect(misbehave.mock.calls).toEqual([['*', { kind: 'slow', ms: 1_500 }, Infinity]]);
  });
});

describe('the record', () => {
  test('is shown with its chain of hashes, what was decided, and the grant', async () => {
    const { head } = apply(undefined, pending('manager'));
    if (head.state.status !== 'pending') throw new Error('it is pending');
    here.onRecord(active, { grant: grantFrom(head.state, { lease }) });
    const { status, body } = await here.ask('GET', '/api/record?id=r1');
    const events = body['events'] as {
      n: number;
      type: string;
      by: string;
      hash: string;
      previous: string;
    }[];
    expect({ status, intact: body['intact'], id: body['id'] }).toEqual({
      status: 200,
      intact: true,
      id: 'r1',
    });
    expect(events.map(({ n, type, by }) => [n, type, by])).toEqual([
      [1, 'RequestSubmitted', 'ana@corp.example'],
      [2, 'PreflightPassed', 'jit'],
      [3, 'Voted', 'bob@corp.example'],
      [4, 'RequestApproved', 'jit'],
      [5, 'ProvisionAttempted', 'jit'],
      [6, 'GrantProvisioned', 'jit'],
    ]);
    expect(events.map(({ previous }) => previous)).toEqual([
      '',
      ...events.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect(events[4]).toMatchObject({ at: attempted.at, event: attempted });
    expect(body['decisions']).toEqual([{ decision: 'needs-approval', request: 'r1' }]);
    expect(body['grant']).toMatchObject({ entitlement: asked.entitlement.id, lease });
  });

  test('invariant 12: what was altered is not called intact', async () => {
    here.onRecord(active);
    const records = await here.playground.record.events('r1');
    const forged = records.map((one) =>
      one.n === 2 ? { ...one, event: { ...one.event, at: T0 + 1 } } : one,
    );
    here.playground.record.events = async () => forged;
    expect(await here.ask('GET', '/api/record?id=r1')).toMatchObject({
      status: 200,
      body: { intact: false },
    });
  });
});
