import { INCIDENT, REVIEW } from '../../../src/domain/request/posts.js';
import type { State } from '../../../src/domain/request/state.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import { slackNotifier } from '../../../src/slack/notifier.js';
import { engineClient } from '../../../src/slack/wire/clients.js';
import { active, bob, closed, HOUR, kim, sam, T0 } from '../../support/requests.js';
import { bundleOf, logTo, slackStandIn, stateAfter, type StandIn } from '../../support/slack.js';

let slack: StandIn;
let posted: number;
beforeEach(async () => {
  slack = await slackStandIn();
  posted = 0;
  slack.reply('chat.postMessage', ({ args }) => ({
    ok: true,
    channel: args['channel'],
    ts: `100.${++posted}`,
  }));
  slack.reply('chat.update', () => ({ ok: true }));
  slack.reply('conversations.open', ({ args }) => ({
    ok: true,
    channel: { id: `D${String(args['users'])}` },
  }));
  slack.reply('chat.getPermalink', () => ({ ok: true, permalink: 'https://corp.slack.com/archives/C/p1' }));
});
afterEach(() => slack.close());

const RULES = { channel: 'C0INCIDENTS', tell: 'board', review: { by: 'security', within: 72 * HOUR } };
const notifier = () =>
  slackNotifier({
    client: engineClient({ token: 'xoxb-1', slackApiUrl: slack.apiUrl, log: logTo([]) }),
    bundle: bundleOf({ emergency: RULES }),
    botUserId: 'U0JIT',
    now: () => T0,
    kinds: grantKinds,
  });
const has = { ...stateAfter(active), emergency: true } as State;
const over = { ...stateAfter(closed), emergency: true, owesReview: true } as State;
const earlier = { retry: false, records: async () => [], reviewers: [sam, kim] };
const calls = (method: string) =>
  slack.calls.filter((call) => call.method === method).map(({ args }) => args);

describe('the incident channel', () => {
  test('gets one post, which is updated, and nothing where nothing has changed', async () => {
    const { incident } = notifier();
    const first = await incident({ state: has, posts: {}, asked: {} }, earlier);
    expect(first.posts[INCIDENT]).toMatchObject({ place: 'C0INCIDENTS', ref: '100.1' });
    await incident({ state: has, posts: first.posts, asked: {} }, earlier);
    expect(calls('chat.update')).toEqual([]);
    const ended = { ...over, owesReview: undefined } as unknown as State;
    await incident({ state: ended, posts: first.posts, asked: {} }, earlier);
    expect(calls('chat.postMessage')).toHaveLength(1);
    expect(calls('chat.update')).toMatchObject([{ channel: 'C0INCIDENTS', ts: '100.1' }]);
  });

  test('gets the card of the review in the thread of that post, shown in the channel, too', async () => {
    const post = { place: 'C0INCIDENTS', ref: '99.1', shown: 'old' };
    const { posts } = await notifier().incident(
      { state: over, posts: { [INCIDENT]: post }, asked: {} },
      earlier,
    );
    expect(calls('chat.postMessage')).toMatchObject([
      { channel: 'C0INCIDENTS', thread_ts: '99.1', reply_broadcast: 'true' },
    ]);
    expect(posts[REVIEW]).toMatchObject({ place: 'C0INCIDENTS' });
  });

  test('invariant 5: what may have been posted is looked up before it is posted again', async () => {
    slack.reply('conversations.history', () => ({
      ok: true,
      messages: [
        {
          user: 'U0JIT',
          ts: '77.7',
          metadata: { event_type: 'jit_incident', event_payload: { request: has.id, of: INCIDENT } },
        },
      ],
    }));
    const { posts } = await notifier().incident(
      { state: has, posts: {}, asked: {} },
      { ...earlier, retry: true },
    );
    expect(calls('chat.postMessage')).toEqual([]);
    expect(posts[INCIDENT]?.ref).toBe('77.7');
  });

  test('a channel that takes nothing is a fault, and the message is not taken for one that stands', async () => {
    slack.reply('chat.postMessage', () => ({ ok: false, error: 'not_in_channel' }));
    const { posts, fault } = await notifier().incident({ state: over, posts: {}, asked: {} }, earlier);
    expect(fault).toMatchObject({ code: 'not_in_channel', permanent: true });
    expect(posts).toEqual({});
  });
});

describe('an alert', () => {
  const about = { what: 'passed-over', others: 0, inThread: false, id: 'r1.7.2' } as const;
  const view = {
    state: has,
    posts: { [INCIDENT]: { place: 'C0INCIDENTS', ref: '99.1', shown: '' } },
    asked: {},
  };

  test('goes to each in person; one who takes none keeps nobody else from it', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      args['channel'] === bob.account.id
        ? { ok: false, error: 'user_disabled' }
        : { ok: true, channel: 'D', ts: '1.1' },
    );
    const nobody = { email: 'x@corp.example' };
    await notifier().alert(view, { ...about, to: [bob, sam, nobody] }, false);
    expect(calls('chat.postMessage').map(({ channel }) => channel)).toEqual([bob.account.id, sam.account.id]);
    expect(JSON.stringify(calls('chat.postMessage').at(-1))).toContain(
      'https://corp.slack.com/archives/C/p1',
    );
  });

  test('of a review it stands in the thread of its card, too, once, whatever is tried again', async () => {
    const posts = { ...view.posts, [REVIEW]: { place: 'C0INCIDENTS', ref: '99.9', shown: '' } };
    const overdue = { ...about, what: 'review-overdue' as const, inThread: true, to: [] };
    await notifier().alert({ state: over, posts, asked: {} }, overdue, false);
    expect(calls('chat.postMessage')).toMatchObject([{ channel: 'C0INCIDENTS', thread_ts: '99.9' }]);
    slack.reply('conversations.replies', () => ({
      ok: true,
      messages: [
        {
          user: 'U0JIT',
          ts: '77.7',
          metadata: { event_type: 'jit_alert', event_payload: { request: over.id, id: about.id } },
        },
      ],
    }));
    await notifier().alert({ state: over, posts, asked: {} }, overdue, true);
    expect(calls('chat.postMessage')).toHaveLength(1);
  });

  test('what passes is a fault, so that it is sent again', async () => {
    slack.reply('chat.postMessage', () => ({ ok: false, error: 'internal_error' }));
    await expect(notifier().alert(view, { ...about, to: [bob] }, false)).rejects.toMatchObject({
      permanent: false,
    });
  });
});
