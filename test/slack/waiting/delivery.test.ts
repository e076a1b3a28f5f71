import { escalatedIn, type Post } from '../../../src/domain/request/posts.js';
import type { Event } from '../../../src/domain/request/event.js';
import type { Escalation, State } from '../../../src/domain/request/state.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import type { Candidate } from '../../../src/ports/people.js';
import { NotifyFault, type Copy, type RequestView, type StandIn } from '../../../src/ports/messages.js';
import { slackNotifier } from '../../../src/slack/notifier.js';
import { engineClient } from '../../../src/slack/wire/clients.js';
import { bob, closed, HOUR, kim, lee, min, pending, person, sam, T0, vote } from '../../support/requests.js';
import {
  bundleOf,
  directory,
  ID,
  logTo,
  slackStandIn,
  stateAfter,
  wordsIn,
  type StandIn as Slack,
} from '../../support/slack.js';

const dan = person('dan');
const DBA = 'C0DBA';
let slack: Slack;
let posted: number;
beforeEach(async () => {
  slack = await slackStandIn();
  posted = 0;
  slack.reply('chat.postMessage', ({ args }) => ({
    ok: true,
    channel: args['channel'],
    ts: `100.${++posted}`,
  }));
  slack.reply('conversations.open', ({ args }) => ({
    ok: true,
    channel: { id: `D${String(args['users']).slice(1)}` },
  }));
  slack.reply('chat.getPermalink', ({ args }) => ({
    ok: true,
    permalink: `https://corp.slack.com/${String(args['channel'])}/${String(args['message_ts'])}`,
  }));
});
afterEach(() => slack.close());

const notifier = (change = {}) =>
  slackNotifier({
    client: engineClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log: logTo([]) }),
    bundle: bundleOf(change),
    kinds: grantKinds,
    botUserId: 'UBOT',
    now: () => T0,
  });
const draw = (view: RequestView, copies: Copy[] = [], retry = false, change = {}) =>
  notifier(change).cards(view, { copies, retry, records: async () => [], note: async () => undefined });
const refuse = (error: string) => () => ({ ok: false, error });
const tos = () => slack.of('chat.postMessage').map(({ channel }) => String(channel));
const post = (place: string, ref: string, shown = 'old'): Post => ({ place, ref, shown });
const copy = (to: string, more: Partial<Copy> = {}): Copy => ({
  stage: 'dba',
  to,
  place: `D${to}`,
  ref: '60.1',
  shown: 'old',
  ...more,
});
const escalation = (more: Partial<Escalation> = {}): Escalation => ({
  stage: 'dba',
  to: 'security',
  at: min(30),
  why: 'time',
  ...more,
});
const AT = escalatedIn('dba', 'security');
const asked = { dba: [dan, sam, kim] };
const went = (
  more: Partial<RequestView> = {},
  escalated = [escalation()],
  state: Partial<State> = {},
): RequestView => ({
  state: stateAfter(pending('dba'), { escalated, ...state }),
  posts: { dba: post(DBA, '50.1') },
  asked,
  escalatedTo: { dba: [sam, kim] },
  ...more,
});

describe('those to whom a stage has gone', () => {
  test('each get a copy of the card, once, with its buttons; those of the stage get none', async () => {
    const first = await draw(went());
    expect(tos()).toEqual(['USAM', 'UKIM']);
    expect(JSON.stringify(slack.of('chat.postMessage')[0]!['blocks'])).toContain(`"value":"${ID}.0.dba"`);
    expect(first.posts[AT]).toMatchObject({ direct: true, shown: 'copies' });
    expect(first.copies.map(({ to }) => to)).toEqual(['USAM', 'UKIM']);
    // The card in the channel says it, too, and no phone buzzes for that.
    expect(slack.of('chat.update')).toMatchObject([{ channel: DBA, ts: '50.1' }]);
    await draw(went({ posts: first.posts }), first.copies);
    expect(tos()).toHaveLength(2);
  });

  test('who is quiet, has voted, asks themselves or has a copy is sent none', async () => {
    const stages = directory.stages.map((stage) =>
      stage.name === 'dba' ? { ...stage, quiet: [kim.email] } : stage,
    );
    const state = { chain: [{ name: 'dba', quorum: 2 }], votes: [vote(lee, 'dba')] };
    const people: Candidate[] = [sam, kim, lee, person('ana'), person('zoe')];
    await draw(went({ escalatedTo: { dba: people } }, [escalation()], state), [copy('UZOE')], false, {
      stages,
    });
    expect(tos()).toEqual(['USAM']);
  });

  test('where who came in is not known, are all who may decide', async () => {
    const { escalatedTo: _, ...view } = went();
    await draw(view);
    expect(tos()).toEqual(['UDAN', 'USAM', 'UKIM']);
  });

  test('more than twenty hear of it in the stage’s channel, where the card mentions them', async () => {
    const crowd = Array.from({ length: 21 }, (_, n) => person(`p${n}`));
    const { posts, copies } = await draw(
      went({ escalatedTo: { dba: crowd }, asked: { dba: [dan, ...crowd] } }),
    );
    expect(slack.of('chat.postMessage')).toMatchObject([
      { channel: DBA, thread_ts: '50.1', reply_broadcast: 'true' },
    ]);
    expect(posts[AT]).toMatchObject({ place: DBA, ref: '100.1' });
    expect(copies).toEqual([]);
  });

  test('the fallback’s channel gets a card as well, known apart from the stage’s own', async () => {
    const { posts } = await draw(went({}, [escalation({ why: 'empty', channel: 'C0DUTY' })]));
    expect(tos()).toEqual(['USAM', 'UKIM', 'C0DUTY']);
    expect(slack.of('chat.postMessage').at(-1)).toMatchObject({
      metadata: { event_type: 'jit_card', event_payload: { request: ID, stage: AT } },
    });
    expect(posts).toMatchObject({ dba: { place: DBA }, [AT]: { place: 'C0DUTY', ref: '100.3' } });
  });

  test('a card there is drawn again with the others, and ends as one line', async () => {
    const posts = { dba: post(DBA, '50.1'), [AT]: post('C0DUTY', '70.1') };
    const view = went({ posts }, [escalation({ channel: 'C0DUTY' })]);
    const { posts: drawn } = await draw(view, [copy('USAM'), copy('UKIM')]);
    expect(slack.of('chat.update').map(({ ts }) => ts)).toEqual(expect.arrayContaining(['50.1', '70.1']));
    slack.calls.length = 0;
    await draw({
      ...view,
      posts: drawn,
      state: stateAfter(closed, { escalated: [escalation()], chain: view.state.chain }),
    });
    const last = slack.of('chat.update').find(({ ts }) => ts === '70.1');
    expect(JSON.stringify(last!['blocks'])).not.toContain('"actions"');
    expect((last!['blocks'] as unknown[]).length).toBe(1);
  });

  test('a second group is told, too, and nobody twice', async () => {
    const both = [escalation(), escalation({ to: 'duty', why: 'empty', channel: 'C0DUTY' })];
    const posts = {
      dba: post(DBA, '50.1'),
      [AT]: { ...post('DUSAM', '60.1', 'copies'), direct: true as const },
    };
    const { posts: after } = await draw(went({ posts, escalatedTo: { dba: [sam, kim, lee] } }, both), [
      copy('USAM'),
      copy('UKIM'),
    ]);
    expect(tos()).toEqual(['ULEE', 'C0DUTY']);
    expect(after[escalatedIn('dba', 'duty')]).toMatchObject({ place: 'C0DUTY' });
  });

  test('invariant 15: where none of them takes a direct message, the stage’s channel says it', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      String(args['channel']).startsWith('U')
        ? { ok: false, error: 'messages_tab_disabled' }
        : { ok: true, channel: args['channel'], ts: '100.9' },
    );
    const { posts, fault } = await draw(went());
    expect(fault).toBeUndefined();
    expect(posts[AT]).toMatchObject({
      place: DBA,
      ref: '100.9',
      tried: [
        { channel: 'USAM', code: 'messages_tab_disabled' },
        { channel: 'UKIM', code: 'messages_tab_disabled' },
      ],
    });
  });

  test('what passes is tried again: nobody is told twice, and nobody is left out', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      args['channel'] === 'UKIM'
        ? { ok: false, error: 'internal_error' }
        : { ok: true, channel: args['channel'], ts: `100.${++posted}` },
    );
    const first = await draw(went());
    expect(first.fault).toMatchObject({ permanent: false });
    expect(first.posts).not.toHaveProperty([AT]);
    slack.reply('chat.postMessage', ({ args }) => ({
      ok: true,
      channel: args['channel'],
      ts: `100.${++posted}`,
    }));
    slack.calls.length = 0;
    const second = await draw(went({ posts: first.posts }), first.copies, true);
    expect(tos()).toEqual(['UKIM']);
    expect(second.copies.map(({ to }) => to)).toEqual(['USAM', 'UKIM']);
  });

  test('invariant 5: a card whose sending may have been heard is found there, also once all is over', async () => {
    slack.reply('conversations.history', ({ args }) => ({
      ok: true,
      messages:
        args['channel'] === 'C0DUTY'
          ? [
              {
                ts: '70.1',
                user: 'UBOT',
                metadata: { event_type: 'jit_card', event_payload: { request: ID, stage: AT } },
              },
            ]
          : [],
    }));
    const escalated = [escalation({ channel: 'C0DUTY' })];
    const { posts } = await draw(went({}, escalated), [copy('USAM'), copy('UKIM')], true);
    expect(posts[AT]).toMatchObject({ place: 'C0DUTY', ref: '70.1' });
    expect(tos()).toEqual([]);
    const over = {
      ...went({}, escalated),
      state: stateAfter(closed, { escalated, chain: [{ name: 'dba', quorum: 1 }] }),
    };
    const last = await draw(over, [], true);
    expect(last.posts[AT]).toMatchObject({ ref: '70.1' });
  });

  test('a channel that takes no card keeps nobody from a direct message', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      args['channel'] === 'C0DUTY'
        ? { ok: false, error: 'is_archived' }
        : { ok: true, channel: args['channel'], ts: `100.${++posted}` },
    );
    const { posts, fault } = await draw(went({}, [escalation({ channel: 'C0DUTY' })]));
    expect(fault).toBeUndefined();
    expect(posts[AT]).toMatchObject({ direct: true, tried: [{ channel: 'C0DUTY', code: 'is_archived' }] });
  });
});

describe('who stands in', () => {
  const standIns = (...all: StandIn[]) => ({ standIns: { dba: all } });
  const kimForDan: StandIn = { candidate: kim, for: dan };
  const view = (more: Partial<RequestView> = {}, state: Partial<State> = {}): RequestView => ({
    state: stateAfter(pending('2 of dba'), state),
    posts: {},
    asked: { dba: [dan, sam] },
    ...more,
  });
  const forDan = copy('UKIM', { for: 'UDAN' });

  test('gets a copy besides the card in the channel, and it knows for whom', async () => {
    const { copies } = await draw(view(standIns(kimForDan)));
    expect(tos()).toEqual(['UKIM', DBA]);
    expect(copies).toMatchObject([{ to: 'UKIM', for: 'UDAN' }]);
    expect(wordsIn(slack.of('chat.postMessage')[0]!['blocks'])).toContain(
      'you stand in for <@UDAN>, who is away',
    );
  });

  test('gets one where people are told in person, and where they begin to stand in later', async () => {
    const stages = directory.stages.map((stage) => ({ ...stage, tell: 'people' as const }));
    await draw(view(standIns(kimForDan)), [], false, { stages });
    expect(tos()).toEqual(['UDAN', 'USAM', 'UKIM']);
    slack.calls.length = 0;
    await draw(view({ ...standIns(kimForDan), posts: { dba: post(DBA, '50.1') } }));
    expect(tos()).toEqual(['UKIM']);
  });

  test('is not told where they, or the one who is away, are quiet', async () => {
    for (const quiet of [[kim.email], [dan.email]]) {
      slack.calls.length = 0;
      const stages = directory.stages.map((stage) => ({ ...stage, quiet }));
      await draw(view(standIns(kimForDan)), [], false, { stages });
      expect(tos()).not.toContain('UKIM');
    }
  });

  test.each<[string, Partial<State>, Partial<RequestView>, string]>([
    ['no longer stand in', {}, standIns(), 'you no longer stand in for <@UDAN>'],
    [
      'have voted',
      { votes: [{ ...vote(kim, 'dba'), delegatedBy: dan }] },
      standIns(),
      'approved by <@UKIM>, standing in for <@UDAN>',
    ],
    ['stood in for one who has voted', { votes: [vote(dan, 'dba')] }, standIns(), 'approved by <@UDAN>'],
  ])('loses the buttons once they %s', async (_, state, more, words) => {
    const posts = { dba: post(DBA, '50.1') };
    const { copies } = await draw(view({ posts, ...more }, state), [forDan]);
    expect(copies.filter(({ done }) => !done)).toEqual([]);
    const update = slack.of('chat.update').find(({ channel }) => channel === 'DUKIM');
    expect(wordsIn(update!['blocks'])).toContain(words);
    expect(JSON.stringify(update!['blocks'])).not.toContain('"actions"');
  });

  test('the one who is away loses theirs once somebody has voted in their place', async () => {
    const state = { votes: [{ ...vote(kim, 'dba'), delegatedBy: dan }] };
    const { copies } = await draw(view({ posts: { dba: post(DBA, '50.1') } }, state), [
      copy('UDAN'),
      copy('USAM'),
    ]);
    expect(copies.flatMap(({ to, done }) => (done ? [] : [to]))).toEqual(['USAM']);
  });

  test.each<[string, Partial<RequestView>]>([
    ['it is not known who stands in', {}],
    ['they still do', standIns(kimForDan)],
    ['they stand in for another by now', standIns({ candidate: kim, for: sam })],
    ['they may decide themselves by now', { ...standIns(), asked: { dba: [dan, sam, kim] } }],
  ])('keeps them where %s', async (_, more) => {
    const { copies } = await draw(view({ posts: { dba: post(DBA, '50.1') }, ...more }), [forDan]);
    expect(copies.map(({ to }) => to)).toEqual(['UKIM']);
  });
});

describe('a reminder', () => {
  const waits = (more: Partial<RequestView> = {}, events: Event[] = pending('dba')): RequestView => ({
    state: stateAfter(events),
    posts: { dba: post(DBA, '50.1') },
    asked,
    ...more,
  });
  const round = { stage: 'dba', to: [dan, sam] as Candidate[], inThread: true, id: 'r.1' };
  const remind = (view = waits(), more: Partial<typeof round> = {}, retry = false) =>
    notifier().remind(view, { ...round, ...more }, retry);
  const marked = (type: string, payload: object, ts = '90.1') => ({
    ts,
    user: 'UBOT',
    metadata: { event_type: type, event_payload: payload },
  });

  test('is one line in the thread and one message to each, with the way to their card', async () => {
    slack.reply('conversations.history', ({ args }) => ({
      ok: true,
      messages: args['channel'] === 'DSAM' ? [marked('jit_card', { request: ID, stage: 'dba' }, '61.1')] : [],
    }));
    expect(await remind()).toEqual({ refused: [] });
    const sent = slack.of('chat.postMessage');
    expect(sent[0]).toMatchObject({ channel: DBA, thread_ts: '50.1' });
    expect(sent[0]).not.toHaveProperty('reply_broadcast');
    expect(new Set(tos().slice(1))).toEqual(new Set(['UDAN', 'USAM']));
    const words = (to: string) => wordsIn(sent.find(({ channel }) => channel === to)!['blocks']);
    expect(words('USAM')).toContain('<https://corp.slack.com/DSAM/61.1|Open the card>');
    expect(words('UDAN')).toContain('<https://corp.slack.com/C0DBA/50.1|Open the card>');
    for (const { metadata } of sent)
      expect(metadata).toEqual({ event_type: 'jit_reminder', event_payload: { request: ID, id: 'r.1' } });
  });

  test('goes into the thread of the request’s first card there, and nowhere where there is none', async () => {
    const posts = { manager: post(DBA, '40.1'), dba: post(DBA, '50.1') };
    await remind(waits({ posts }), { to: [] });
    expect(slack.of('chat.postMessage')).toMatchObject([{ thread_ts: '40.1' }]);
    slack.calls.length = 0;
    await remind(waits({ posts: { dba: { ...post('DDAN', '60.1'), direct: true } } }), { to: [] });
    await remind(waits(), { to: [], inThread: false });
    expect(tos()).toEqual([]);
  });

  test('is not sent of what was decided meanwhile', async () => {
    expect(await remind(waits({}, closed))).toEqual({ refused: [] });
    expect(await remind(waits({}, pending('manager, dba')))).toEqual({ refused: [] });
    expect(slack.calls).toEqual([]);
  });

  test('invariant 5: is looked up before it is sent again', async () => {
    slack.reply('conversations.replies', () => ({
      ok: true,
      messages: [marked('jit_reminder', { request: ID, id: 'r.1' })],
    }));
    slack.reply('conversations.history', ({ args }) => ({
      ok: true,
      messages: args['channel'] === 'DDAN' ? [marked('jit_reminder', { request: ID, id: 'r.1' })] : [],
    }));
    await remind(waits(), {}, true);
    expect(tos()).toEqual(['USAM']);
    slack.calls.length = 0;
    await remind(waits(), { id: 'r.2' }, true);
    expect(tos()).toHaveLength(3);
  });

  test('says who takes no direct messages, and tells the others; a deleted thread is missed by nobody', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      'thread_ts' in args
        ? { ok: false, error: 'thread_not_found' }
        : args['channel'] === 'UDAN'
          ? { ok: false, error: 'messages_tab_disabled' }
          : { ok: true, channel: args['channel'], ts: '1.1' },
    );
    expect(await remind()).toEqual({ refused: ['UDAN'] });
    expect(tos()).toContain('USAM');
  });

  test('what passes is said once all others have been told', async () => {
    slack.reply('conversations.open', ({ args }) =>
      args['users'] === 'UDAN'
        ? { ok: false, error: 'internal_error' }
        : { ok: true, channel: { id: 'DSAM' } },
    );
    await expect(remind()).rejects.toMatchObject({ permanent: false });
    expect(tos()).toEqual([DBA, 'USAM']);
    await expect(remind()).rejects.toBeInstanceOf(NotifyFault);
  });

  test('is sent without a link where Slack gives none, and to nobody whom Slack does not know', async () => {
    slack.reply('chat.getPermalink', refuse('message_not_found'));
    expect(await remind(waits(), { to: [dan, { email: 'x@corp.example' }] })).toEqual({ refused: [] });
    expect(tos()).toEqual([DBA, 'UDAN']);
  });
});

describe('news of a delegation', () => {
  const delegation = { from: bob, to: kim, since: T0, until: T0 + 24 * HOUR };
  const stages = [{ name: 'manager' }, { name: 'dba', channel: DBA }, { name: 'more', channel: DBA }];
  const tell = (what: 'started' | 'ended', by = bob, retry = false) =>
    notifier().tellDelegation({ delegation, what, by, stages }, 'd.1', retry);

  test('goes to who stands in, and once to each channel; a stage without one has the default', async () => {
    await tell('started');
    expect(tos()).toHaveLength(3);
    expect(new Set(tos())).toEqual(new Set(['C0ACCESS', DBA, 'UKIM']));
    const inDba = slack.of('chat.postMessage').find(({ channel }) => channel === DBA)!;
    expect(wordsIn(inDba['blocks'])).toContain('stands in for them as *dba* and *more*');
    expect(inDba['metadata']).toEqual({ event_type: 'jit_delegation', event_payload: { id: 'd.1' } });
  });

  test('goes to who is away only where somebody else ended it', async () => {
    await tell('ended');
    expect(tos()).not.toContain('UBOB');
    await tell('ended', sam);
    expect(tos()).toContain('UBOB');
  });

  test('invariant 5: is looked up before it is told again', async () => {
    slack.reply('conversations.history', ({ args }) => ({
      ok: true,
      messages: [DBA, 'DKIM'].includes(String(args['channel']))
        ? [
            {
              ts: '1.1',
              user: 'UBOT',
              metadata: { event_type: 'jit_delegation', event_payload: { id: 'd.1' } },
            },
          ]
        : [],
    }));
    await tell('started', bob, true);
    expect(tos()).toEqual(['C0ACCESS']);
  });

  test('a place that takes nothing is left out; what passes is tried again', async () => {
    slack.reply('chat.postMessage', ({ args }) =>
      args['channel'] === DBA
        ? { ok: false, error: 'is_archived' }
        : { ok: true, channel: args['channel'], ts: '1.1' },
    );
    await tell('started');
    expect(tos()).toHaveLength(3);
    slack.reply('chat.postMessage', refuse('internal_error'));
    await expect(tell('started')).rejects.toMatchObject({ permanent: false });
  });
});
