import type { Delegation } from '../../../src/domain/delegation.js';
import type { DirectoryConfig } from '../../../src/domain/directory.js';
import type { Escalation, State } from '../../../src/domain/request/state.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import type { DelegationNews, RequestView, StandIn } from '../../../src/ports/messages.js';
import { card, decided, record } from '../../../src/slack/messages/card.js';
import { living } from '../../../src/slack/messages/living.js';
import { toAbsentee, toChannel, toStandIn } from '../../../src/slack/messages/waiting/delegation.js';
import { reminderFor, reminderInThread } from '../../../src/slack/messages/waiting/reminder.js';
import { actionsIn, HOSTILE, hostileAfter, viewOf } from '../../support/messages.js';
import {
  ana,
  bob,
  HOUR,
  kim,
  lee,
  min,
  MINUTE,
  pending,
  person,
  sam,
  T0,
  vote,
} from '../../support/requests.js';
import { directory, mrkdwnIn, problemsOf, stateAfter, wordsIn } from '../../support/slack.js';

const seniors = { source: 'slack', id: 'S0SENIOR' };
const config: DirectoryConfig = {
  ...directory,
  groups: { ...directory.groups, seniors },
  stages: directory.stages.map((stage) =>
    stage.name === 'dba' || stage.name === 'manager'
      ? { ...stage, escalate: { after: 30 * MINUTE, to: 'security' } }
      : stage,
  ),
};
const dan = person('dan');
const inDba = stateAfter(pending('dba'));
const escalation = (stage: string, more: Partial<Escalation> = {}): Escalation => ({
  stage,
  to: 'security',
  at: min(30),
  why: 'time',
  ...more,
});
const went = (state: State, ...escalated: Escalation[]): State => ({ ...state, escalated });
const cardOf = (view: RequestView, where?: 'direct', reader?: string) =>
  wordsIn(card(view, view.state.chain[0]!, config, where, reader).blocks);
const standsIn = (candidate: StandIn['candidate'], who: StandIn['for']): StandIn => ({ candidate, for: who });
const withVote = (state: State, ...votes: State['votes']): State => ({ ...state, votes });

test('whoever has approved at another stage is not asked once more, nor is the person whose seat that was', () => {
  const chain = withVote(stateAfter(pending('manager, 2 of security')), {
    ...vote(sam, 'manager'),
    delegatedBy: bob,
  });
  const view = viewOf(chain, { asked: { manager: [bob], security: [sam, kim, lee, bob] } });
  const words = wordsIn(card(view, chain.chain[1]!, config).blocks);
  expect(words).toContain('Needs approval from <@UKIM> and <@ULEE>.');
  expect(words).toContain('Already approved by <@USAM>, standing in for <@UBOB>.');
  expect(wordsIn(living(view, config, grantKinds).blocks)).toContain('*security*: next <@UKIM> and <@ULEE>');
});

describe('a stage that has escalated', () => {
  test('says how long nobody answered, and who may decide, too', () => {
    const words = cardOf(viewOf(went(inDba, escalation('dba'))));
    expect(words).toContain('Nobody answered for 30 minutes: *security* may decide, too.');
  });

  test('says no time that directory.yml does not say of this group any more', () => {
    const words = cardOf(viewOf(went(inDba, escalation('dba', { to: 'seniors' }))));
    expect(words).toContain('Nobody answered in time: *seniors* may decide, too.');
  });

  test('says that nobody is left, or that too few are', () => {
    const empty = escalation('dba', { why: 'empty' });
    expect(cardOf(viewOf(went(inDba, empty)))).toContain('Nobody is left in *dba*: *security* decides.');
    const two = went(stateAfter(pending('2 of dba')), empty);
    expect(cardOf(viewOf(two))).toContain('Too few people are left in *dba*: *security* may decide, too.');
    const manager = went(stateAfter(pending('manager')), escalation('manager', { why: 'empty' }));
    expect(cardOf(viewOf(manager))).toContain('Nobody is left in the manager’s place: *security* decides.');
  });

  test('names the group that came in after those of the stage, and mentions it where it is Slack’s', () => {
    const both = viewOf(went(inDba, escalation('dba', { to: 'seniors' })));
    expect(cardOf(both)).toContain('Needs approval from <!subteam^S0DBA> or <!subteam^S0SENIOR>.');
    const listed = viewOf(went(inDba, escalation('dba')), {
      asked: { dba: [dan, sam] },
      escalatedTo: { dba: [sam] },
    });
    expect(cardOf(listed)).toContain('Needs approval from <!subteam^S0DBA> or *security*.');
    const left = viewOf(went(inDba, escalation('dba', { to: 'seniors', why: 'empty' })));
    expect(cardOf(left)).toContain('Needs approval from <!subteam^S0SENIOR>.');
    const manager = (to: string) =>
      viewOf(went(stateAfter(pending('manager')), escalation('manager', { to })), {
        asked: { manager: [bob, lee] },
        escalatedTo: { manager: [lee] },
      });
    expect(cardOf(manager('seniors'))).toContain('Needs approval from <@UBOB> or <!subteam^S0SENIOR>.');
    expect(cardOf(manager('security'))).toContain('Needs approval from <@UBOB> or *security*.');
  });

  test('mentions ten of a list of people who are too many for direct messages', () => {
    const crowd = Array.from({ length: 21 }, (_, n) => person(`p${n}`));
    const words = cardOf(
      viewOf(went(inDba, escalation('dba')), {
        asked: { dba: [dan, ...crowd] },
        escalatedTo: { dba: crowd },
      }),
    );
    expect(words).toContain('Needs approval from <!subteam^S0DBA>, <@UP0>, <@UP1>,');
    expect(words).toContain('<@UP9> or *security*.');
  });

  test('says who stands in for somebody of the group that came in', () => {
    const view = viewOf(went(stateAfter(pending('manager')), escalation('manager')), {
      asked: { manager: [bob, sam] },
      escalatedTo: { manager: [sam] },
      standIns: { manager: [standsIn(kim, sam), standsIn(lee, bob)] },
    });
    expect(cardOf(view)).toContain(
      'Needs approval from <@UBOB> (<@ULEE> stands in) or *security* (<@UKIM> stands in for <@USAM>).',
    );
  });

  test('may have gone on to another group, and says both', () => {
    const words = cardOf(
      viewOf(went(inDba, escalation('dba'), escalation('dba', { to: 'seniors', why: 'empty' }))),
    );
    expect(words).toContain('*security* may decide, too.\nNobody is left in *dba*: *seniors* decides.');
  });

  test('tells each reader of a copy why it is they', () => {
    const state = went(inDba, escalation('dba'));
    const view = viewOf(state, { asked: { dba: [dan, sam] }, escalatedTo: { dba: [sam] } });
    expect(cardOf(view, 'direct', 'UDAN')).toContain('You are asked because you are in *dba*.');
    expect(cardOf(view, 'direct', 'USAM')).toContain('You are asked because you are in *security*.');
    const unknown = viewOf(state, { asked: { dba: [dan, sam] } });
    expect(cardOf(unknown, 'direct', 'USAM')).toContain(
      'You are asked because you are in *dba* or *security*.',
    );
    const manager = went(stateAfter(pending('manager')), escalation('manager'));
    const forBob = viewOf(manager, { asked: { manager: [bob, sam] }, escalatedTo: { manager: [sam] } });
    expect(cardOf(forBob, 'direct', 'UBOB')).toContain('because you are <@UANA>’s manager.');
    expect(cardOf(forBob, 'direct', 'USAM')).toContain('because you are in *security*.');
    expect(cardOf(viewOf(manager), 'direct', 'USAM')).toContain('<@UANA>’s manager, or in *security*.');
  });

  test('keeps its buttons, for the same stage and revision', () => {
    const buttons = (state: State) =>
      JSON.stringify(card(viewOf(state), state.chain[0]!, config).blocks).match(/"value":"[^"]*"/g);
    expect(buttons(went(inDba, escalation('dba')))).toEqual(buttons(inDba));
  });

  test('is told to the requester in their message, with whom it waits for', () => {
    const posts = { dba: { place: 'C0DBA', ref: '1.1', shown: '' } };
    const view = viewOf(went(inDba, escalation('dba', { to: 'seniors' })), { posts });
    const words = wordsIn(living(view, config, grantKinds).blocks);
    expect(words).toContain('is waiting for <!subteam^S0DBA> or <!subteam^S0SENIOR>.');
    expect(words).toContain('Nobody answered in time: *seniors* may decide, too.');
  });

  test('another stage says nothing of it, nor does a request that is over', () => {
    const state = went(stateAfter(pending('manager, dba')), escalation('dba'));
    expect(cardOf(viewOf(state))).not.toContain('Nobody answered');
    expect(wordsIn(living(viewOf(state), config, grantKinds).blocks)).not.toContain('Nobody answered');
    expect(
      wordsIn(record(viewOf(went(inDba, escalation('dba'))), inDba.chain[0]!, config).blocks),
    ).not.toContain('Nobody answered');
  });
});

describe('who stands in', () => {
  const manager = stateAfter(pending('manager'));
  const kimForBob = { standIns: { manager: [standsIn(kim, bob)] } };

  test('is mentioned beside the one who is away', () => {
    expect(cardOf(viewOf(manager, kimForBob))).toContain('Needs approval from <@UBOB> (<@UKIM> stands in).');
    const posts = { manager: { place: 'D1', ref: '1.1', shown: '' } };
    expect(wordsIn(living(viewOf(manager, { ...kimForBob, posts }), config, grantKinds).blocks)).toContain(
      'is waiting for <@UBOB> (<@UKIM> stands in)',
    );
  });

  test('after the mention of a group is named with the one who is away', () => {
    const view = viewOf(inDba, { standIns: { dba: [standsIn(kim, dan), standsIn(lee, dan)] } });
    expect(cardOf(view)).toContain(
      'from <!subteam^S0DBA> (<@UKIM> stands in for <@UDAN> and <@ULEE> stands in for <@UDAN>).',
    );
  });

  test('reads why they are asked', () => {
    const view = viewOf(manager, kimForBob);
    expect(cardOf(view, 'direct', 'UKIM')).toContain(
      'You are asked because you stand in for <@UBOB>, who is away.',
    );
    expect(cardOf(view, 'direct', 'UBOB')).toContain('because you are <@UANA>’s manager.');
  });

  test.each<[string, State, StandIn]>([
    ['may decide in their own right', stateAfter(pending('security')), standsIn(kim, sam)],
    [
      'has voted',
      withVote(stateAfter(pending('2 of security')), vote(person('zoe'), 'security')),
      standsIn(person('zoe'), sam),
    ],
    [
      'stands in for one who has voted',
      withVote(stateAfter(pending('2 of security')), vote(sam, 'security')),
      standsIn(dan, sam),
    ],
    [
      'stands in for one in whose place somebody has voted',
      withVote(stateAfter(pending('2 of security')), { ...vote(lee, 'security'), delegatedBy: sam }),
      standsIn(dan, sam),
    ],
    ['is the requester', stateAfter(pending('security')), standsIn(ana, sam)],
    ['stands in for the requester', stateAfter(pending('security')), standsIn(dan, ana)],
  ])('invariant 17: is not mentioned as one who %s', (_, state, standIn) => {
    const words = cardOf(viewOf(state, { standIns: { security: [standIn] } }));
    expect(words).not.toContain('stands in)');
  });

  test('is not mentioned where they are quiet', () => {
    const quiet = { ...config, stages: config.stages.map((stage) => ({ ...stage, quiet: [kim.email] })) };
    expect(wordsIn(card(viewOf(manager, kimForBob), manager.chain[0]!, quiet).blocks)).not.toContain(
      'stands in',
    );
  });

  test('and has voted, is told of with the one for whom', () => {
    const kimFor: State['votes'][number] = { ...vote(kim, 'manager'), delegatedBy: bob };
    const later = withVote(stateAfter(pending('manager, security')), kimFor);
    const [first, second] = [later.chain[0]!, later.chain[1]!];
    expect(wordsIn(record(viewOf(later), first, config).blocks)).toContain(
      'approved by <@UKIM>, standing in for <@UBOB>',
    );
    expect(wordsIn(decided(viewOf(later), first).blocks)).toContain(
      'approved by <@UKIM>, standing in for <@UBOB>',
    );
    expect(wordsIn(card(viewOf(later), second, config).blocks)).toContain(
      'Already approved by <@UKIM>, standing in for <@UBOB>.',
    );
    const two = withVote(
      stateAfter(pending('3 of security')),
      { ...vote(lee, 'security'), delegatedBy: sam },
      vote(kim, 'security'),
    );
    expect(cardOf(viewOf(two))).toContain(
      '2 of 3 approved by <@ULEE> (standing in for <@USAM>) and <@UKIM>.',
    );
  });
});

describe('a reminder', () => {
  const manager = stateAfter(pending('manager'));

  test('says what waits and until when, leads to the card, and has no buttons', () => {
    const message = reminderFor(
      viewOf(manager),
      manager.chain[0]!,
      bob,
      '<https://x.example/1|Open the card>',
    );
    expect(problemsOf(message)).toEqual([]);
    expect(actionsIn(message.blocks)).toEqual([]);
    expect(wordsIn(message.blocks)).toMatch(
      /^Still waiting for you: <@UANA> asks for \*Orders database admin\* for 1 hour\.\nIf nobody decides by <!date[^>]*>, it lapses\.\n<https:\/\/x\.example\/1\|Open the card> · \/jit pending shows all that waits for you$/,
    );
  });

  test('without a link still says where to look; to who stands in, for whom', () => {
    const view = viewOf(manager, { standIns: { manager: [standsIn(kim, bob)] } });
    const words = wordsIn(reminderFor(view, manager.chain[0]!, kim, undefined).blocks);
    expect(words).toContain('You stand in for <@UBOB>, who is away.');
    expect(words).toContain('/jit pending shows all');
  });

  test('in the thread mentions nobody', () => {
    const state = went(inDba, escalation('dba'));
    const message = reminderInThread({ state }, state.chain[0]!, config);
    expect(problemsOf(message)).toEqual([]);
    expect(message.text).toMatch(
      /^Still waiting for dba or security\. If nobody decides by <!date[^>]*>, it lapses\.$/,
    );
    expect(reminderInThread({ state: manager }, manager.chain[0]!, config).text).toContain(
      'waiting for the manager.',
    );
    expect(JSON.stringify(message)).not.toMatch(/<[@!](?!date)/);
  });
});

describe('news of a delegation', () => {
  const delegation: Delegation = { from: bob, to: kim, since: T0, until: T0 + 24 * HOUR };
  const news = (what: DelegationNews['what'], by?: DelegationNews['by']): DelegationNews => ({
    delegation,
    what,
    ...(by && { by }),
    stages: [{ name: 'manager' }, { name: 'dba', channel: 'C0DBA' }],
  });

  test.each<[string, ReturnType<typeof toStandIn>, string]>([
    [
      'to who stands in, at its beginning',
      toStandIn(news('started')),
      'You stand in for <@UBOB> until DATE.\nYou may decide what waits for them as *manager* and *dba*. You decide in your own name. Only one of you two can approve each request.\n/jit pending shows all that waits for you',
    ],
    [
      'to who stood in, when the other is back',
      toStandIn(news('ended', bob)),
      '<@UBOB> is back. You no longer stand in for them.',
    ],
    [
      'to who stood in, when somebody else ended it',
      toStandIn(news('ended', sam)),
      '<@USAM> ended <@UBOB>’s delegation. You no longer stand in for them.',
    ],
    [
      'to who stood in, when time was up',
      toStandIn(news('ended')),
      '<@UBOB> was away until DATE. You no longer stand in for them.',
    ],
    [
      'to who was away, when somebody else ended it',
      toAbsentee(news('ended', sam)),
      '<@USAM> ended your delegation: <@UKIM> no longer stands in for you.\n/jit away begins another one',
    ],
    [
      'to a channel, at its beginning',
      toChannel(news('started')),
      '<@UBOB> is away until DATE. <@UKIM> stands in for them as *manager* and *dba*.',
    ],
    [
      'to a channel, when they are back',
      toChannel(news('ended', bob)),
      '<@UBOB> is back. <@UKIM> no longer stands in for them.',
    ],
  ])('%s', (_, message, words) => {
    expect(problemsOf(message)).toEqual([]);
    expect(wordsIn(message.blocks).replace(/<!date[^>]*>/g, 'DATE')).toBe(words);
    expect(actionsIn(message.blocks)).toEqual([]);
  });
});

test('invariant 11: whatever names say, cards stay within what Slack takes, and nothing in them poses as ours', () => {
  const state = { ...hostileAfter(pending('manager')), escalated: [escalation('manager', { to: HOSTILE })] };
  const crowd = Array.from({ length: 60 }, (_, n) => standsIn(person(`p${n}`), bob));
  const view = viewOf(state, { standIns: { manager: crowd }, asked: { manager: [bob, { email: HOSTILE }] } });
  for (const where of ['channel', 'direct'] as const) {
    const message = card(view, state.chain[0]!, config, where, 'UP1');
    expect(problemsOf(message)).toEqual([]);
    expect(mrkdwnIn(message.blocks).join()).not.toContain('<!channel>');
  }
  expect(problemsOf(reminderInThread(view, state.chain[0]!, config))).toEqual([]);
  expect(problemsOf(reminderFor(view, state.chain[0]!, person('p1'), undefined))).toEqual([]);
});
