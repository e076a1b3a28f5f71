import { at } from '../../src/slack/wire/payload.js';
import { HISTORY, REQUESTER, type Post } from '../../src/domain/request/posts.js';
import type { Event } from '../../src/domain/request/event.js';
import type { State } from '../../src/domain/request/state.js';
import { engineClient } from '../../src/slack/wire/clients.js';
import { grantKinds } from '../../src/grants/kinds.js';
import { slackNotifier } from '../../src/slack/notifier.js';
import type { Ailing } from '../../src/ports/health.js';
import {
  NotifyFault,
  type Copy,
  type Redrawn,
  type Notifier,
  type RequestView,
} from '../../src/ports/messages.js';
import { active, bob, closed, min, pending, sam, kim, T0, voted } from '../support/requests.js';
import {
  bundleOf,
  directory,
  ID,
  logTo,
  slackStandIn,
  stateAfter,
  wordsIn,
  type Call,
  type StandIn,
} from '../support/slack.js';

let slack: StandIn;
let lines: string[];
let posted: number;
beforeEach(async () => {
  slack = await slackStandIn();
  lines = [];
  posted = 0;
  slack.reply('chat.postMessage', ({ args }) => ({
    ok: true,
    channel: args['channel'],
    ts: `100.${++posted}`,
  }));
  slack.reply('conversations.open', () => ({ ok: true, channel: { id: 'D0ANA' } }));
});
afterEach(() => slack.close());

const asked = { manager: [bob], security: [sam, kim], dba: [] };
const view = (
  events: Event[],
  posts: Record<string, Post> = {},
  change: Partial<State> = {},
): RequestView => ({
  state: stateAfter(events, change),
  posts,
  asked,
});
const post = (channel: string, ts: string, shown = 'old'): Post => ({ place: channel, ref: ts, shown });
/** How the stages are told matters elsewhere: here all hear of it in their channels. */
const IN_CHANNELS = directory.stages.map((stage) => ({ ...stage, tell: 'channel' as const }));

function notifier(change = {}, ailing?: Ailing) {
  const made = slackNotifier({
    client: engineClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log: logTo(lines) }),
    bundle: bundleOf({ stages: IN_CHANNELS, ...change }),
    kinds: grantKinds,
    botUserId: 'UBOT',
    now: () => T0,
    ailing,
  });
  const whole = async <T extends Redrawn>(drawing: Promise<T>) => {
    const drawn = await drawing;
    if (drawn.fault) throw drawn.fault;
    return drawn;
  };
  const records = async () => [];
  const note = async () => undefined;
  return {
    ...made,
    drawCards: (view: RequestView, retry: boolean, copies: Copy[] = []) =>
      made.cards(view, { retry, records, copies, note }),
    drawLiving: (view: RequestView) => made.living(view, { retry: false, first: true, event: 1, records }),
    cards: async (view: RequestView, retry: boolean) =>
      (await whole(made.cards(view, { retry, records, copies: [], note }))).posts,
    living: async (view: RequestView, earlier: Partial<Parameters<Notifier['living']>[1]> = {}) =>
      (await whole(made.living(view, { retry: false, first: true, event: 1, records, ...earlier }))).posts,
  };
}
const methods = () =>
  slack.calls.map(({ method }) => method).filter((method) => method !== 'conversations.members');
const refuse = (error: string) => () => ({ ok: false, error });
const ours = (payload: object, ts = '50.1', user = 'UBOT', type = 'jit_card') => ({
  ts,
  user,
  metadata: { event_type: type, event_payload: payload },
});
const fault = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as NotifyFault,
  );

describe('cards', () => {
  test('the card of the open stage is posted, marked, and nothing in it is guessed to be a name', async () => {
    const posts = await notifier().cards(view(pending('manager, 2 of security')), false);
    expect(methods()).toEqual(['chat.postMessage']);
    expect(slack.of('chat.postMessage')[0]).toMatchObject({
      channel: 'C0ACCESS',
      parse: 'none',
      link_names: 'false',
      unfurl_links: 'false',
      metadata: { event_type: 'jit_card', event_payload: { request: ID, stage: 'manager' } },
    });
    expect(posts).toEqual({ manager: { place: 'C0ACCESS', ref: '100.1', shown: expect.any(String) } });
  });

  test('nothing is posted before AWS has been asked, nor for a request that nobody has to decide', async () => {
    expect(await notifier().cards(view(pending('manager').slice(0, 1)), false)).toEqual({});
    expect(await notifier().cards(view(closed), false)).toEqual({});
    expect(slack.calls).toEqual([]);
  });

  test.each([
    ['the stage’s channel', 'dba', { channel: 'C0ORDERS' }, 'C0DBA'],
    ['else the entitlement’s', 'security', { channel: 'C0ORDERS' }, 'C0ORDERS'],
    ['else the default', 'security', {}, 'C0ACCESS'],
  ])('a card goes to %s', async (_, stage, entitlement, channel) => {
    const { state } = view(pending(stage));
    const here = view(pending(stage), {}, { entitlement: { ...state.entitlement, ...entitlement } });
    await notifier().cards(here, false);
    expect(slack.calls[0]!.args['channel']).toBe(channel);
  });

  test('the next stage’s card stands in the request’s thread, for all to see; the first becomes its record', async () => {
    const before = { manager: post('C0ACCESS', '50.1') };
    const posts = await notifier().cards(
      view(pending('manager, 2 of security', voted(bob, 'manager')), before),
      false,
    );
    expect(methods()).toEqual(['chat.update', 'chat.postMessage']);
    expect(slack.calls[0]!.args).toMatchObject({
      channel: 'C0ACCESS',
      ts: '50.1',
      parse: 'none',
      link_names: 'false',
    });
    expect(JSON.stringify(slack.calls[0]!.args['blocks'])).not.toContain('"actions"');
    expect(slack.of('chat.postMessage')[0]).toMatchObject({ thread_ts: '50.1', reply_broadcast: 'true' });
    expect(posts).toMatchObject({ manager: { ref: '50.1' }, security: { ref: '100.1' } });
  });

  test('a card in another channel begins a thread there', async () => {
    await notifier().cards(
      view(pending('manager, dba', voted(bob, 'manager')), { manager: post('C0ACCESS', '50.1') }),
      false,
    );
    expect(slack.of('chat.postMessage')[0]).not.toHaveProperty('thread_ts');
  });

  test('what shows the truth already is not sent again', async () => {
    const here = view(pending('manager'));
    const posts = await notifier().cards(here, false);
    expect(await notifier().cards({ ...here, posts }, true)).toEqual(posts);
    expect(methods()).toEqual(['chat.postMessage']);
  });

  test('a card that is gone is posted anew while its stage is open, and left alone afterwards', async () => {
    slack.reply('chat.update', refuse('message_not_found'));
    const posts = await notifier().cards(
      view(pending('manager'), { manager: post('C0ACCESS', '50.1') }),
      false,
    );
    expect(posts['manager']).toMatchObject({ ref: '100.1' });
    await notifier().cards(view(closed, { manager: post('C0ACCESS', '50.1') }), false);
    const cards = slack
      .of('chat.postMessage')
      .filter(({ metadata }) => at(metadata, 'event_type') === 'jit_card');
    expect(cards).toHaveLength(1);
  });

  test('blocks that this Slack cannot draw are sent once more as plain sections, buttons included', async () => {
    let tries = 0;
    slack.reply('chat.postMessage', () =>
      ++tries === 1 ? { ok: false, error: 'invalid_blocks' } : { ok: true, channel: 'C0ACCESS', ts: '1.1' },
    );
    await notifier().cards(view(pending('manager')), false);
    const blocks = slack.of('chat.postMessage')[1]!['blocks'] as { type: string }[];
    expect(blocks.map(({ type }) => type)).toEqual(['section', 'actions']);
    expect(wordsIn(blocks)).toContain('fixing OPS-12');
    slack.reply('chat.postMessage', refuse('invalid_blocks'));
    expect(await fault(notifier().cards(view(pending('manager')), false))).toMatchObject({
      code: 'invalid_blocks',
      permanent: true,
    });
    // Once more in the channel, and then in the direct messages of those who are asked.
    expect(slack.of('chat.postMessage').map(({ channel }) => channel)).toEqual([
      ...Array.from({ length: 4 }, () => 'C0ACCESS'),
      ...Array.from({ length: 2 }, () => 'UBOB'),
    ]);
  });

  test('a card whose channel is closed does not hold up, or lose, the next one', async () => {
    slack.reply('chat.update', ({ args }) =>
      args['channel'] === 'C0DBA' ? { ok: false, error: 'is_archived' } : { ok: true },
    );
    const here = view(pending('dba, manager', voted(sam, 'dba')), { dba: post('C0DBA', '50.1') });
    expect((await notifier().drawCards(here, false)).posts).toMatchObject({ manager: { ref: '100.1' } });
    const again = { ...here, posts: { ...here.posts, manager: post('C0ACCESS', '100.1') } };
    expect(await fault(notifier().cards(again, false))).toMatchObject({
      code: 'is_archived',
      permanent: true,
    });
  });
});

describe('invariant 15: a card that its channel does not take', () => {
  const archived = (...channels: string[]) =>
    slack.reply('chat.postMessage', ({ args }) =>
      channels.includes(String(args['channel']))
        ? { ok: false, error: 'is_archived' }
        : { ok: true, channel: args['channel'], ts: '100.1' },
    );

  test.each(['is_archived', 'channel_not_found', 'not_in_channel', 'restricted_action', 'no_such_error'])(
    'goes to the default channel (%s), and that is where it stands',
    async (error) => {
      slack.reply('chat.postMessage', ({ args }) =>
        args['channel'] === 'C0DBA'
          ? { ok: false, error }
          : { ok: true, channel: args['channel'], ts: '100.1' },
      );
      const posts = await notifier().cards(view(pending('dba')), false);
      expect(posts).toMatchObject({ dba: { place: 'C0ACCESS', ref: '100.1' } });
      expect(slack.of('chat.postMessage').map(({ channel }) => channel)).toEqual(['C0DBA', 'C0ACCESS']);
    },
  );

  test('a fault that passes is waited for, and nothing is posted elsewhere', async () => {
    slack.reply('chat.postMessage', refuse('internal_error'));
    expect(await fault(notifier().cards(view(pending('dba')), false))).toMatchObject({ permanent: false });
    expect(slack.of('chat.postMessage')).toHaveLength(1);
  });

  test('where the default channel takes it neither, the fault says what was tried', async () => {
    archived('C0DBA', 'C0ACCESS');
    expect(await fault(notifier().cards(view(pending('dba')), false))).toMatchObject({
      code: 'is_archived',
      permanent: true,
      unasked: {
        stage: 'dba',
        tried: [
          { channel: 'C0DBA', code: 'is_archived' },
          { channel: 'C0ACCESS', code: 'is_archived' },
        ],
      },
    });
  });

  test('stands beside the thread whose first message was deleted', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      'thread_ts' in args
        ? { ok: false, error: 'thread_not_found' }
        : { ok: true, channel: args['channel'], ts: '100.1' },
    );
    const here = view(pending('manager, security', voted(bob, 'manager')), {
      manager: post('C0ACCESS', '50.1'),
    });
    expect(await notifier().cards(here, false)).toMatchObject({ security: { ref: '100.1' } });
  });

  test('invariant 5: one that was perhaps posted in the default channel is found there, not posted twice', async () => {
    archived('C0DBA');
    slack.reply('conversations.history', ({ args }) => ({
      ok: true,
      messages: args['channel'] === 'C0ACCESS' ? [ours({ request: ID, stage: 'dba' })] : [],
    }));
    const posts = await notifier().cards(view(pending('dba')), true);
    expect(posts).toMatchObject({ dba: { place: 'C0ACCESS', ref: '50.1' } });
    expect(slack.of('chat.postMessage')).toEqual([]);
  });

  test('one that stands where nobody can press it any more is posted anew elsewhere, once', async () => {
    slack.reply('chat.update', ({ args }) =>
      args['channel'] === 'C0DBA' ? { ok: false, error: 'is_archived' } : { ok: true },
    );
    archived('C0DBA');
    const here = view(pending('dba'), { dba: post('C0DBA', '50.1') });
    expect(await notifier().cards(here, false)).toMatchObject({ dba: { place: 'C0ACCESS', ref: '100.1' } });
    // Whether that was heard is not known: the archived one is still read, and is not the one that is meant.
    slack.reply('conversations.history', ({ args }) => ({
      ok: true,
      messages: [ours({ request: ID, stage: 'dba' }, args['channel'] === 'C0ACCESS' ? '100.1' : '50.1')],
    }));
    expect(await notifier().cards(here, true)).toMatchObject({ dba: { place: 'C0ACCESS', ref: '100.1' } });
    expect(slack.of('chat.postMessage').filter(({ channel }) => channel === 'C0ACCESS')).toHaveLength(1);
  });

  test('is known to whoever asks how the process is, until the channel takes one again', async () => {
    const now: Record<string, string | undefined> = {};
    const ailing = {
      fails: (what: string, code?: string) => void (now[what] = code),
      works: (what: string) => void delete now[what],
    };
    const watched = notifier({}, ailing);
    archived('C0DBA');
    await watched.cards(view(pending('dba')), false);
    expect(now).toEqual({ 'channel C0DBA': 'is_archived' });
    slack.reply('chat.postMessage', refuse('invalid_auth'));
    await fault(watched.cards(view(pending('manager')), false));
    expect(now).toEqual({ 'channel C0DBA': 'is_archived' });
    archived();
    await watched.cards(view(pending('dba')), false);
    expect(now).toEqual({});
  });
});

describe('a stage that is told by direct messages', () => {
  const stages = directory.stages.map((stage) => ({ ...stage, tell: 'people' as const }));
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      email: `p${n}@corp.example`,
      account: { ...sam.account, id: `UP${n}` },
    }));
  const posted = async (security: RequestView['asked'][string]) => {
    const of = { ...view(pending('security')), asked: { ...asked, security } };
    const { posts } = await notifier({ stages }).drawCards(of, false);
    return { posts, to: slack.of('chat.postMessage').map(({ channel }) => channel) };
  };

  test('of twenty people writes to each; of more it is told in its channel, and says no word of another way', async () => {
    expect((await posted(many(20))).to).toHaveLength(20);
    slack.calls.length = 0;
    const { posts, to } = await posted(many(21));
    expect(to).toEqual(['C0ACCESS']);
    expect(posts['security']).not.toHaveProperty('tried');
  });

  test('of people whom Slack does not know is told in its channel, too', async () => {
    const unknown = [{ email: 'sam@corp.example' }, { email: 'kim@corp.example' }];
    expect((await posted(unknown)).to).toEqual(['C0ACCESS']);
  });
});

describe('a copy of a card', () => {
  const asking = { at: min(1), by: sam, stage: 'security', text: 'Which index?' } as const;
  const question: Event = { type: 'QuestionAsked', ...asking };
  const copy = (change: Partial<Copy> = {}): Copy => ({
    stage: 'security',
    to: 'USAM',
    place: 'D0SAM',
    ref: '60.1',
    shown: 'old',
    ...change,
  });
  const alone = (shown: string) => ({ security: { ...post('D0SAM', '60.1', shown), direct: true as const } });
  const draw = async (events: Event[], posts: Record<string, Post>, copies: Copy[]) =>
    notifier().drawCards(view([...pending('2 of security'), ...events], posts), false, copies);

  test('is drawn anew when it shows something else: a question, and not the votes of others', async () => {
    const { copies } = await draw([], alone('copies'), [copy()]);
    expect(methods()).toEqual(['chat.update']);
    slack.calls.length = 0;
    expect((await draw([voted(kim, 'security')], alone('copies'), copies)).copies).toEqual(copies);
    expect(methods()).toEqual([]);
    await draw([question], alone('copies'), copies);
    expect(slack.of('chat.update')).toEqual([expect.objectContaining({ channel: 'D0SAM', ts: '60.1' })]);
    expect(wordsIn(slack.of('chat.update')[0]!['blocks'])).toContain('Which index?');
  });

  test('is drawn anew, once, when nobody knows what it shows', async () => {
    const { copies } = await draw([], alone('copies'), [copy()]);
    for (const posts of [alone(''), { security: post('C0ACCESS', '50.1', '') }]) {
      slack.calls.length = 0;
      const after = await draw([], posts, copies);
      expect(slack.of('chat.update').map(({ channel }) => channel)).toContain('D0SAM');
      slack.calls.length = 0;
      await draw([], after.posts, after.copies);
      expect(methods()).toEqual([]);
    }
  });
});

describe('a copy that is gone', () => {
  const copy = (who: string): Copy => ({
    stage: 'security',
    to: `U${who}`,
    place: `D0${who}`,
    ref: '60.1',
    shown: '',
  });
  const direct = { security: { ...post('D0SAM', '60.1', 'copies'), direct: true as const } };
  const stages = directory.stages.map((stage) => ({ ...stage, tell: 'people' as const }));
  const draw = (events: Event[], copies: Copy[]) =>
    notifier({ stages }).drawCards(view([...pending('security'), ...events], direct), false, copies);
  beforeEach(() => {
    slack.reply('chat.update', ({ args }) =>
      args['channel'] === 'D0SAM' ? { ok: false, error: 'message_not_found' } : { ok: true },
    );
  });

  test('is sent again, though others have theirs, and only that one', async () => {
    const { copies } = await draw([], [copy('SAM'), copy('KIM')]);
    expect(slack.of('chat.postMessage').map(({ channel }) => channel)).toEqual(['USAM']);
    expect(copies.map(({ to }) => to).sort()).toEqual(['UKIM', 'USAM']);
  });

  test('and has nothing more to decide by it is missed by nobody', async () => {
    expect((await draw([voted(sam, 'security')], [copy('SAM')])).copies).toEqual([]);
    expect(methods()).toEqual(['chat.update']);
  });
});

describe('invariant 5: a card whose sending may have been heard', () => {
  const open = view(pending('manager, 2 of security'));

  test('is looked up and brought up to date, not posted twice', async () => {
    slack.reply('conversations.history', () => ({
      ok: true,
      messages: [ours({ request: ID, stage: 'manager' })],
    }));
    const posts = await notifier().cards(open, true);
    expect(methods()).toEqual(['conversations.history', 'chat.update']);
    expect(slack.calls[0]!.args).toMatchObject({ channel: 'C0ACCESS', include_all_metadata: 'true' });
    expect(Number(slack.calls[0]!.args['oldest'])).toBeLessThanOrEqual(T0 / 1000);
    expect(posts).toMatchObject({ manager: { place: 'C0ACCESS', ref: '50.1' } });
  });

  test.each([
    ['another request’s', ours({ request: 'other', stage: 'manager' })],
    ['another stage’s', ours({ request: ID, stage: 'security' })],
    ['another app’s', ours({ request: ID, stage: 'manager' }, '50.1', 'UOTHER')],
    ['another kind', ours({ request: ID, stage: 'manager' }, '50.1', 'UBOT', 'jit_news')],
    ['a message without metadata', { ts: '50.1', user: 'UBOT' }],
  ])('is not mistaken for %s', async (_, message) => {
    slack.reply('conversations.history', () => ({ ok: true, messages: [message] }));
    await notifier().cards(open, true);
    expect(methods()).toEqual(['conversations.history', 'chat.postMessage']);
  });

  test('is looked for in the request’s thread, page by page', async () => {
    slack.reply('conversations.replies', ({ args }: Call) =>
      args['cursor'] === 'two'
        ? { ok: true, messages: [ours({ request: ID, stage: 'security' }, '60.1')] }
        : { ok: true, messages: [], response_metadata: { next_cursor: 'two' } },
    );
    const posts = await notifier().cards(
      view(pending('manager, security', voted(bob, 'manager')), { manager: post('C0ACCESS', '50.1') }),
      true,
    );
    expect(methods()).toEqual([
      'conversations.replies',
      'conversations.replies',
      'chat.update',
      'chat.update',
    ]);
    expect(slack.calls[0]!.args['ts']).toBe('50.1');
    expect(posts['security']).toMatchObject({ ref: '60.1' });
  });

  test.each(['missing_scope', 'not_in_channel', 'unknown_method'])(
    'is posted again where the look-up is refused (%s): better twice than never',
    async (error) => {
      slack.reply('conversations.history', refuse(error));
      expect(await notifier().cards(open, true)).toHaveProperty('manager');
    },
  );

  test('waits where the look-up fails for now', async () => {
    slack.reply('conversations.history', refuse('internal_error'));
    expect(await fault(notifier().cards(open, true))).toMatchObject({ permanent: false });
    expect(slack.of('chat.postMessage')).toEqual([]);
  });

  test('is found again when everything else is over, and becomes a record', async () => {
    slack.reply('conversations.history', () => ({
      ok: true,
      messages: [ours({ request: ID, stage: 'manager' })],
    }));
    expect(await notifier().cards(view(closed), true)).toHaveProperty('manager');
    // The record, and what has happened in the thread under it.
    expect(methods()).toEqual([
      'conversations.history',
      'chat.update',
      'conversations.replies',
      'chat.postMessage',
    ]);
  });
});

const LIVING = { place: 'D0ANA', ref: '40.1', shown: 'old' };

describe('the message that the requester has', () => {
  test('is posted once, marked, and knows up to which event it has told', async () => {
    const posts = await notifier().living(view(pending('manager')), { event: 3 });
    expect(slack.of('chat.postMessage')[0]).toMatchObject({
      channel: 'UANA',
      parse: 'none',
      metadata: { event_type: 'jit_living', event_payload: { request: ID } },
    });
    expect(posts[REQUESTER]).toMatchObject({ ref: '100.1', from: 3 });
    expect(await notifier().living(view(pending('manager'), posts))).toEqual(posts);
    expect(methods()).toEqual(['chat.postMessage']);
  });

  test('is updated, and the history stands in its thread from when it is decided, drawn once a status', async () => {
    const posts = await notifier().living(view(active, { [REQUESTER]: LIVING }));
    expect(methods()).toEqual(['chat.update', 'chat.postMessage']);
    expect(slack.calls[1]!.args).toMatchObject({ channel: 'D0ANA', thread_ts: '40.1' });
    expect(posts[HISTORY]).toMatchObject({ shown: 'active' });
    await notifier().living(view(active, posts));
    expect(methods()).toHaveLength(2);
    await notifier().living(view(closed, posts));
    expect(methods().slice(2)).toEqual(['chat.update', 'chat.update']);
  });

  test('is posted anew where it is gone; a thread that takes nothing is missed by nobody', async () => {
    slack.reply('chat.update', refuse('message_not_found'));
    slack.reply('chat.postMessage', ({ args }) =>
      'thread_ts' in args
        ? { ok: false, error: 'cannot_reply_to_message' }
        : { ok: true, channel: 'D0ANA', ts: '7.1' },
    );
    const posts = await notifier().living(view(active, { [REQUESTER]: LIVING }));
    expect(posts).toMatchObject({ [REQUESTER]: { ref: '7.1' } });
    expect(posts).not.toHaveProperty([HISTORY]);
  });

  test('invariant 5: one that may have been posted is looked up first', async () => {
    slack.reply('conversations.history', () => ({
      ok: true,
      messages: [ours({ request: ID }, '50.1', 'UBOT', 'jit_living')],
    }));
    const posts = await notifier().living(view(pending('manager')), { retry: true });
    expect(posts[REQUESTER]).toMatchObject({ place: 'D0ANA', ref: '50.1' });
    expect(slack.of('chat.postMessage')).toEqual([]);
  });

  test('invariant 5: of an update whose fate is unknown it is not taken for known what it shows', async () => {
    slack.reply('chat.update', refuse('internal_error'));
    const drawn = await notifier().drawLiving(view(active, { [REQUESTER]: LIVING }));
    expect(drawn.posts[REQUESTER]).toMatchObject({ ref: '40.1', shown: '' });
    expect(drawn.fault).toMatchObject({ permanent: false });
  });

  test('takes the buttons from what earlier versions wrote about the request, once, and from nothing else', async () => {
    const actions = {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'revoke', text: { type: 'plain_text', text: 'End now' }, value: ID },
      ],
    };
    const said = { type: 'section', text: { type: 'mrkdwn', text: 'You have it' } };
    const old = {
      ...ours({ request: ID, id: '9.2' }, '30.1', 'UBOT', 'jit_news'),
      text: 'old',
      blocks: [said, actions],
    };
    const other = {
      ...ours({ request: 'another', id: '1.1' }, '31.1', 'UBOT', 'jit_news'),
      text: 'other',
      blocks: [actions],
    };
    slack.reply('conversations.history', () => ({ ok: true, messages: [old, other] }));
    const posts = await notifier().living(view(active), { first: false });
    expect(slack.of('chat.update')).toEqual([
      expect.objectContaining({ ts: '30.1', text: 'old', blocks: [said] }),
    ]);
    await notifier().living(view(closed, posts), { first: false });
    expect(slack.of('conversations.history')).toHaveLength(1);
  });
});

describe('what a phone buzzes for', () => {
  test('goes to the requester, marked with its own id, and leads to the message that has the buttons', async () => {
    slack.reply('chat.getPermalink', () => ({
      ok: true,
      permalink: 'https://corp.slack.com/archives/D0ANA/p401',
    }));
    await notifier().tell(view(active, { [REQUESTER]: LIVING }), 'active', '9.2', false);
    expect(slack.of('chat.getPermalink')).toEqual([{ channel: 'D0ANA', message_ts: '40.1' }]);
    const [sent] = slack.of('chat.postMessage');
    expect(sent).toMatchObject({
      channel: 'UANA',
      parse: 'none',
      metadata: { event_type: 'jit_news', event_payload: { request: ID, id: '9.2' } },
    });
    expect(wordsIn(sent!['blocks'])).toContain(
      '<https://corp.slack.com/archives/D0ANA/p401|Open the request>',
    );
  });

  test.each([
    ['no answer', () => ({ ok: false, error: 'internal_error' })],
    ['one that would end the link', () => ({ ok: true, permalink: 'https://x|<!channel>' })],
  ])('goes without the link where Slack gives %s', async (_, answer) => {
    slack.reply('chat.getPermalink', answer);
    await notifier().tell(view(active, { [REQUESTER]: LIVING }), 'active', '9.2', false);
    expect(JSON.stringify(slack.of('chat.postMessage')[0])).not.toContain('Open the request');
  });

  test('invariant 5: one that may have been sent is looked up first', async () => {
    const news = { request: ID, id: '9.2' };
    slack.reply('conversations.history', () => ({
      ok: true,
      messages: [ours(news, '50.1', 'UBOT', 'jit_news')],
    }));
    await notifier().tell(view(active), 'active', '9.2', true);
    expect(slack.of('chat.postMessage')).toEqual([]);
    await notifier().tell(view(active), 'active', '9.3', true);
    expect(slack.of('chat.postMessage')).toHaveLength(1);
  });
});

describe('credentials', () => {
  const credentials = {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'secret-of-aws',
    sessionToken: 'token-of-aws',
    region: 'eu-west-1',
    expiresAt: min(60),
  };

  test('go into the waiting modal, and nowhere else (invariant 9)', async () => {
    await notifier().showCredentials('V1', stateAfter(active), credentials, 'bash');
    expect(slack.calls).toEqual([
      { method: 'views.update', args: expect.objectContaining({ view_id: 'V1' }) },
    ]);
    expect(JSON.stringify(slack.calls[0]!.args)).toContain('secret-of-aws');
    expect(lines).toEqual([]);
  });

  test('invariant 9: a refusal by Slack shows none of them in the fault or the log', async () => {
    const log: (string | undefined)[] = [];
    for (const body of [
      { ok: false, error: 'not_found' },
      {
        ok: false,
        error: 'invalid_arguments',
        response_metadata: { messages: ['[ERROR] bad [json-pointer:/view]'] },
      },
    ]) {
      slack.reply('views.update', () => body);
      const thrown = await fault(notifier().showCredentials('V1', stateAfter(active), credentials, 'bash'));
      expect(thrown).toBeInstanceOf(NotifyFault);
      expect(thrown!.permanent).toBe(true);
      log.push(JSON.stringify(thrown), thrown!.message, thrown!.stack);
    }
    expect([...log, ...lines].join()).not.toMatch(/of-aws|ASIA|xoxb/);
  });

  test('or the reason why there are none', async () => {
    await notifier().showNoCredentials('V1', 'ended');
    expect(wordsIn(slack.calls[0]!.args['view'])).toContain('This access has ended');
  });
});

const tell = () => fault(notifier().tell(view(active), 'active', '9.2', false));

describe('faults', () => {
  test.each([
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'account_inactive',
    'user_disabled',
    'msg_too_long',
  ])('%s is permanent', async (error) => {
    slack.reply('chat.postMessage', refuse(error));
    expect(await tell()).toMatchObject({ name: 'NotifyFault', code: error, permanent: true });
  });

  test.each(['internal_error', 'fatal_error', 'service_unavailable', 'ratelimited', 'invalid_auth'])(
    '%s passes',
    async (error) => {
      slack.reply('chat.postMessage', refuse(error));
      expect(await tell()).toMatchObject({ code: error, permanent: false });
    },
  );

  test('Slack’s wish to wait is passed on, and nothing is tried in between', async () => {
    slack.reply('chat.postMessage', () => ({ status: 429, headers: { 'retry-after': '30' }, body: '' }));
    expect(await tell()).toMatchObject({ code: 'ratelimited', permanent: false, retryAfter: 30_000 });
    expect(slack.of('chat.postMessage')).toHaveLength(1);
  });

  test('a broken Slack passes, tried once', async () => {
    slack.reply('chat.postMessage', () => ({ status: 500, body: 'oops' }));
    expect(await tell()).toMatchObject({ code: 'http_500', permanent: false });
    expect(slack.of('chat.postMessage')).toHaveLength(1);
  });

  test('a page of some proxy instead of an answer passes, and is not taken for an error’s name', async () => {
    slack.reply('chat.postMessage', () => ({ body: '<html>Please log in</html>' }));
    expect(await tell()).toMatchObject({ code: 'no_answer', permanent: false });
  });

  test('no Slack at all passes', async () => {
    await slack.close();
    expect(await tell()).toMatchObject({ code: 'no_answer', permanent: false });
  });
});
