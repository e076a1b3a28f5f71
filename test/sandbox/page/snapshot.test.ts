import type { Event } from '../../../src/domain/request/event.js';
import {
  active,
  approved,
  asked,
  closed,
  closedAs,
  ending,
  HOUR,
  lease,
  min,
  MINUTE,
  pending,
  submitted,
  T0,
} from '../../support/requests.js';
import { errorOf, FORM } from '../../support/sandbox-slack.js';
import { ACCOUNT, PEOPLE, place, type Place } from '../../support/sandbox-page.js';
import { growth } from '../../support/growth.js';

let here: Place;
beforeEach(async () => {
  here = await place();
});
afterEach(() => here.close());
const post = (channel: string, text: string) => here.client.chat.postMessage({ channel, text });

/** The same history of another request. */
function as(id: string, history: Event[]): Event[] {
  return history.map((event) =>
    event.type === 'RequestSubmitted' ? { ...event, asked: { ...event.asked, id } } : event,
  );
}

describe('a person sees', () => {
  test('the channels they are in, the live ones; somebody of another company only those that are shared', async () => {
    for (const channel of ['C0ACCESS', 'C0BOSS', 'C0SHARED']) await post(channel, `in ${channel}`);
    const seen = async (who: string) =>
      (await here.look(who)).channels.map(({ name, shared, messages }) => [name, shared, messages[0]?.text]);
    expect(await seen('UOLGA')).toEqual([['shared', true, 'in C0SHARED']]);
    expect(await seen('UANA')).toEqual([
      ['access', false, 'in C0ACCESS'],
      ['shared', true, 'in C0SHARED'],
    ]);
    expect(await seen('UBOB')).toEqual([
      ['access', false, 'in C0ACCESS'],
      ['boss', false, 'in C0BOSS'],
    ]);
  });

  test('their own direct messages and ephemeral ones, and nobody else’s', async () => {
    await post('UANA', 'for ana');
    await here.client.chat.postEphemeral({ channel: 'C0ACCESS', user: 'UANA', text: 'psst' });
    const [ana, bob] = [await here.look('UANA'), await here.look('UBOB')];
    expect(ana).toMatchObject({ me: 'UANA', dm: [{ text: 'for ana' }], ephemerals: [{ text: 'psst' }] });
    expect(ana.dmChannel).toBe(ana.dm[0]!.channel);
    expect(bob).toMatchObject({ me: 'UBOB', dm: [], ephemerals: [] });
    expect(JSON.stringify(bob)).not.toMatch(/for ana|psst/);
  });

  test('the workspace, everybody in it, and whether things run', async () => {
    expect(await here.look()).toMatchObject({
      team: 'Corp',
      people: PEOPLE,
      clock: { now: T0, rate: 1, timezone: 'Europe/Berlin' },
      bot: { running: true },
      policies: { hash: 'b1', problems: [] },
      trouble: 'none',
      ready: true,
    });
  });

  test('who asks for nobody in particular is the first who can be acted as', async () => {
    expect(await here.ask('GET', '/api/snapshot')).toMatchObject({ status: 200, body: { me: 'UANA' } });
  });

  test('no policies: nothing is ready, and the page says why', async () => {
    const broken = { folder: 'policies', problems: ['catalog.yml: not there'], warnings: [] };
    here.playground.policies = () => broken;
    expect(await here.look()).toMatchObject({ ready: false, policies: broken });
  });

  test('one whom Slack does not know yet sees an empty workspace', async () => {
    Object.assign(here.playground, { people: [{ ...PEOPLE[1]!, id: 'UNEW' }] });
    expect(await here.look('UNEW')).toMatchObject({ me: 'UNEW', channels: [], dm: [], modals: [] });
    expect(await here.act({ as: 'UNEW', do: 'command', line: '/jit' })).toEqual({
      status: 409,
      body: { error: 'There is no user UNEW.' },
    });
  });
});

describe('mistakes of the bot', () => {
  test('are shown with the reason that Slack gives, newest 20', async () => {
    const blocks = [{ type: 'divider', block_id: 'x'.repeat(256) }] as never;
    await errorOf(here.client.chat.postMessage({ channel: 'C0ACCESS', text: 'x', blocks }));
    await errorOf(
      here.client.views.open({ trigger_id: 'none', view: { ...FORM, private_metadata: 'x'.repeat(3_001) } }),
    );
    expect((await here.look()).refusedCalls).toEqual([
      {
        at: T0,
        method: 'chat.postMessage',
        error: 'invalid_blocks',
        details: ['must be less than 256 characters [json-pointer:/blocks/0/block_id]'],
      },
      {
        at: T0,
        method: 'views.open',
        error: 'invalid_arguments',
        details: expect.arrayContaining([
          'must be less than 3001 characters [json-pointer:/view/private_metadata]',
        ]) as string[],
      },
    ]);
    for (let n = 0; n < 20; n++)
      await errorOf(here.client.chat.postMessage({ channel: 'C0ACCESS', text: '' }));
    expect((await here.look()).refusedCalls.map(({ error }) => error)).toEqual(Array(20).fill('no_text'));
  });

  test('are not those failures that somebody asked for', async () => {
    for (const trouble of ['error-500', 'rate-limited', 'unreachable']) {
      await here.post('trouble', { trouble });
      await expect(post('C0ACCESS', 'x')).rejects.toThrow(/./);
    }
    expect((await here.look()).refusedCalls).toEqual([]);
  });
});

describe('requests', () => {
  test('are shown as they stand, newest first', async () => {
    here.onRecord(as('r1', pending('manager')));
    here.onRecord(as('r2', active));
    here.onRecord(as('r3', closed));
    here.onRecord(as('r4', [{ ...submitted('manager'), asked: { ...newest, id: 'r4' } } as Event]));
    const { requests } = await here.look();
    expect(requests.map(({ id, status }) => [id, status])).toEqual([
      ['r4', 'pending'],
      ['r1', 'pending'],
      ['r2', 'active'],
      ['r3', 'expired'],
    ]);
    expect(requests[2]).toEqual({
      id: 'r2',
      requester: 'ana@corp.example',
      entitlement: 'orders-db-admin',
      name: 'Orders database admin',
      duration: HOUR,
      status: 'active',
      requestedAt: T0,
      endsAt: lease.endsAt,
    });
    expect(requests[1]).not.toHaveProperty('endsAt');
  });
  const newest = {
    ...asked,
    requestedAt: T0 + 1,
    chain: [],
    ruling: { policies: [], advice: [], bundle: '' },
  };
});

describe('the next thing due', () => {
  const next = async () => (await here.look()).clock.next;
  const what = 'orders-db-admin of ana';

  test('is nothing where nothing waits', async () => {
    expect(await next()).toBeUndefined();
    here.onRecord(closed);
    expect(await next()).toBeUndefined();
  });

  test.each([
    ['a lapse', pending('manager'), { at: asked.lapsesAt, what: `${what} lapses, if nobody answers` }],
    ['an end', approved, { at: lease.endsAt, what: `${what} ends` }],
    ['a warning', active, { at: lease.warnAt, what: `a warning that ${what} ends soon` }],
    [
      'an end after the warning',
      [...active, { type: 'EndAnnounced', at: lease.warnAt, by: 'jit' } as Event],
      { at: lease.endsAt, what: `${what} ends` },
    ],
    [
      'a clean-up',
      [...ending, closedAs('expired', min(130))],
      { at: min(130), what: `clean-up after ${what}` },
    ],
  ])('is %s, in words', async (_, history, due) => {
    here.clock.advance(10 * MINUTE);
    here.onRecord(history);
    expect(await next()).toEqual(due);
  });

  test('is another try of what has failed', async () => {
    here.onRecord(closed, {
      owed: [
        { id: '9.0', effect: { type: 'tell', news: 'ended' }, attempts: 2, notBefore: min(91) },
        { id: '8.0', effect: { type: 'revoke' }, attempts: 1, notBefore: min(90) },
      ],
    });
    expect(await next()).toEqual({ at: min(90), what: `revoke for ${what}, once more` });
    here.clock.advance(90 * MINUTE);
    expect(await next()).toEqual({ at: min(91), what: `a message about ${what}, once more` });
  });

  test('is a reminder, or that more people may decide, while people are waited for', async () => {
    here.onRecord(pending('manager'), {
      owed: [
        {
          id: '2.1',
          effect: { type: 'remind', stage: 'manager', since: T0 },
          attempts: 0,
          notBefore: min(30),
        },
        {
          id: '2.2',
          effect: { type: 'escalate', stage: 'manager', since: T0 },
          attempts: 0,
          notBefore: min(60),
        },
      ],
    });
    expect(await next()).toEqual({ at: min(30), what: `a reminder of ${what}` });
    here.clock.advance(30 * MINUTE);
    expect(await next()).toEqual({ at: min(60), what: `others may decide on ${what}` });
  });

  test('is the earliest of all requests, and what has passed is not next', async () => {
    here.onRecord(as('r1', pending('manager')));
    here.onRecord(as('r2', active));
    expect((await next())?.at).toBe(lease.warnAt);
    here.clock.advance(2 * HOUR);
    expect((await next())?.at).toBe(asked.lapsesAt);
    here.clock.advance(8 * HOUR);
    expect(await next()).toBeUndefined();
  });
});

describe('AWS', () => {
  test("shows people's users with what was put there, jit's roles, sessions, and nothing else", async () => {
    const document = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    } as const;
    const trust = {
      ...document,
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' },
    } as const;
    here.cloud.addUser({ account: ACCOUNT, name: 'somebody' });
    here.cloud.addRole({ account: ACCOUNT, name: 'Other', trust });
    const role = here.cloud.addRole({
      account: ACCOUNT,
      name: 'Orders',
      path: '/jit/',
      trust,
      inline: { base: document, 'jit-revoke-1': document },
    });
    const { aws } = await here.look();
    expect(aws).toEqual({
      principals: [
        { arn: here.ana, type: 'user', account: ACCOUNT, name: 'ana.lopez', owner: 'ana', policies: [] },
        {
          arn: role,
          type: 'role',
          account: ACCOUNT,
          name: 'Orders',
          policies: [
            { name: 'base', document, temporary: false },
            { name: 'jit-revoke-1', document, temporary: true },
          ],
        },
      ],
      sessions: [],
    });
  });
});

test('it is made in proportion to messages and requests', async () => {
  const section = { type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'text '.repeat(100) } };
  const blocks = [section, section, section];
  const filled = async (many: number) => {
    const it = await place();
    for (let n = 0; n < many; n++) {
      await it.client.chat.postMessage({ channel: 'C0ACCESS', text: 'x', blocks });
      it.onRecord(as(`r${n}`, active));
    }
    return it;
  };
  const [few, many] = [await filled(25), await filled(400)];
  expect(await growth(400, (size) => () => (size === 400 ? many : few).look())).toBeLessThan(4);
  await Promise.all([few.close(), many.close()]);
});
