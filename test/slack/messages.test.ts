import type { Event } from '../../src/domain/request/event.js';
import type { News } from '../../src/domain/request/effects.js';
import type { State } from '../../src/domain/request/state.js';
import { grantKinds } from '../../src/grants/kinds.js';
import type { GrantKind } from '../../src/ports/access.js';
import type { RequestView } from '../../src/ports/messages.js';
import { card } from '../../src/slack/messages/card.js';
import { credentialsView, noCredentialsView, waitingView } from '../../src/slack/messages/credentials.js';
import { NEWS } from '../../src/slack/messages/news.js';
import { listing, statusOf } from '../../src/slack/messages/requests.js';
import { plainly } from '../../src/slack/messages/blocks.js';
import { submittedView } from '../../src/slack/acts/request-form.js';
import {
  active,
  ana,
  approved,
  bob,
  chain,
  closed,
  complete,
  ending,
  kim,
  min,
  pending,
  person,
  sam,
  T0,
  voted,
} from '../support/requests.js';
import { kindOf } from '../support/kinds.js';
import { checkModal, directory, ID, mrkdwnIn, problemsOf, stateAfter, wordsIn } from '../support/slack.js';

const asked = {
  manager: [bob],
  security: [sam, kim],
  dba: [person('dan')],
};
const viewOf = (state: State): RequestView => ({ state, posts: {}, asked });
const own = (open: State[], closed: State[] = [], more = false) => ({ open, closed, more });
const cardOf = (state: State, stage = 0) => card(viewOf(state), state.chain[stage]!, directory);
const actionsIn = (blocks: unknown): string[] =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"([a-z]+)"/g)].map(([, id]) => id!);

const deniedBy = (text: string): Event[] => [
  ...pending('manager'),
  { type: 'RequestDenied', at: min(2), by: bob, reason: { code: 'vote', stage: 'manager', text } },
];
const histories: [string, Event[]][] = [
  ['a request that is being checked', pending('manager, 2 of security').slice(0, 1)],
  ['an open request', pending('manager, 2 of security')],
  ['a half-approved one', pending('2 of security', voted(sam, 'security'))],
  ['a complete one', complete],
  ['an approved one', approved],
  ['an active one', active],
  ['an ending one', ending],
  ['a closed one', closed],
  ['a denied one', deniedBy('not today')],
  ['a cancelled one', [...pending('manager'), { type: 'RequestCancelled', at: min(2), by: ana }]],
  ['a lapsed one', [...pending('manager'), { type: 'RequestLapsed', at: min(480), by: 'jit' }]],
];

const wordsFor = (text: string, people: Record<string, typeof asked.manager>) => {
  const state = stateAfter(pending(text));
  return wordsIn(card({ state, posts: {}, asked: people }, state.chain[0]!, directory).blocks);
};

describe('the card of a stage', () => {
  test('shows who asks for what, why, and whom it waits for', () => {
    const { text, blocks } = cardOf(stateAfter(pending('manager, 2 of security')));
    const words = wordsIn(blocks);
    expect(text).toBe('<@UANA> asks for *Orders database admin* for 1h (high risk)');
    for (const part of [
      'Access request: Orders database admin',
      '`orders-db-admin`',
      'production',
      '`111122223333`',
      'high',
      '1h',
      '>fixing OPS-12',
      'Asked: <@UBOB>',
      `\`${ID}\``,
      'policies `production`',
    ])
      expect(words).toContain(part);
  });

  test('carries all that approvers can do for this stage and revision while it is open', () => {
    const { blocks } = cardOf(stateAfter(pending('manager, 2 of security'), { revision: 3 }));
    expect(actionsIn(blocks)).toEqual(['approve', 'shorten', 'question', 'deny', 'explain']);
    expect(JSON.stringify(blocks)).toContain(`"value":"${ID}.3.manager"`);
  });

  test('asks again before high risk is approved, and not otherwise', () => {
    const high = stateAfter(pending('manager'));
    const low = stateAfter(pending('manager'), { entitlement: { ...high.entitlement, risk: 'low' } });
    expect(JSON.stringify(cardOf(high).blocks)).toContain('"confirm":{"title"');
    expect(JSON.stringify(cardOf(low).blocks)).not.toContain('"confirm"');
  });

  test('has no buttons before AWS has been asked, for a later stage, and once it is decided', () => {
    expect(actionsIn(cardOf(stateAfter(pending('manager').slice(0, 1))).blocks)).toEqual([]);
    const state = stateAfter(pending('manager, 2 of security', voted(bob, 'manager')));
    expect(actionsIn(cardOf(state, 0).blocks)).toEqual([]);
    expect(actionsIn(cardOf(state, 1).blocks)).toEqual(['approve', 'shorten', 'question', 'deny', 'explain']);
  });

  test('counts the votes', () => {
    const state = stateAfter(pending('2 of security', voted(sam, 'security')));
    expect(wordsIn(cardOf(state).blocks)).toContain('1 of 2 approved by <@USAM>');
  });

  test('names a user group, up to five people, or how many there are', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map(person);
    expect(wordsFor('dba', {})).toContain('Asked: <!subteam^S0DBA>');
    expect(wordsFor('owners', {})).toContain('Asked: <!subteam^S0DBA>');
    expect(wordsFor('2 of security', { security: [sam, kim] })).toContain('Asked: 2 of <@USAM> and <@UKIM>');
    expect(wordsFor('security', { security: many })).toContain('Asked: 1 of the 6 people in security');
    expect(wordsFor('security', {})).toContain('Asked: security');
    expect(wordsFor('security', { security: [ana, sam] })).toContain('Asked: <@USAM>\n');
  });

  test('ends as a record: who approved, how it ended, the proof', () => {
    const words = wordsIn(cardOf(stateAfter(closed)).blocks);
    expect(words).toContain('1 of 1 approved by <@UBOB>');
    expect(words).toContain('Ended on time');
    expect(words).toContain('no inline policy jit-r1 on user ana.lopez');
  });

  test('a denial shows by whom and why, escaped', () => {
    const words = wordsIn(cardOf(stateAfter(deniedBy('no <!channel> & no'))).blocks);
    expect(words).toContain('Denied by <@UBOB>');
    expect(words).toContain('>no &lt;!channel&gt; &amp; no');
  });

  test('the same state gives the same card, whatever the time', () => {
    expect(cardOf(stateAfter(active))).toEqual(cardOf(stateAfter(active)));
  });
});

/** As it would be if whoever may write requests put something in the place of Slack's words (invariant 13). */
const nobodyIn = (state: State): RequestView => {
  const tried = [
    { channel: 'C0DBA', code: 'is_archived' },
    { channel: '<!channel>', code: 'not_in_channel' },
    ...Array.from({ length: 500 }, () => ({ channel: 'C0ACCESS', code: 'no> <!here> `'.repeat(50) })),
  ];
  return {
    ...viewOf(state),
    unasked: Object.fromEntries(state.chain.map(({ name }) => [name, { since: T0, tried }])),
  };
};

const messagesAbout = (state: State) => [
  ...state.chain.map((stage) => card(viewOf(state), stage, directory)),
  ...(Object.keys(NEWS) as News[]).map((news) => NEWS[news](viewOf(state), directory, grantKinds)),
  NEWS.sent(nobodyIn(state), directory, grantKinds),
  statusOf({ ...viewOf(state), records: [] }, directory, true, grantKinds),
];

describe.each(histories)('every message about %s', (_, events) => {
  const state = stateAfter(events);
  const hostile = '<!channel> <@U1> & `*_~ 😀'.repeat(400);
  const huge = stateAfter(events, {
    justification: hostile.slice(0, 1000),
    ticket: hostile.slice(0, 64),
    entitlement: {
      ...state.entitlement,
      name: hostile.slice(0, 300),
      description: hostile,
      environment: hostile.slice(0, 300),
    },
    ruling: {
      policies: Array.from({ length: 60 }, (_, i) => `policy-with-a-long-name-${i}`.padEnd(200, 'x')),
      advice: [hostile.slice(0, 900), hostile.slice(0, 900)],
      bundle: 'b1',
    },
    ...('reason' in state && {
      reason: { code: 'vote' as const, stage: 'manager', text: hostile.slice(0, 3000) },
    }),
  });

  test.each([
    ['as it is', state],
    ['at its largest and most hostile (invariant 11)', huge],
  ])('is one that Slack takes, %s', (_, shown) => {
    for (const message of messagesAbout(shown)) {
      expect(problemsOf(message)).toEqual([]);
      expect(problemsOf(plainly(message))).toEqual([]);
      const read = [message.text, ...mrkdwnIn(message.blocks)].join('\n');
      expect(read).not.toMatch(/<!(?:channel|here|everyone)/);
      expect(read).not.toContain('<@U1>');
    }
    expect(
      problemsOf(listing(own(Array.from({ length: 60 }, () => shown)), grantKinds)).filter(
        (p) => !p.startsWith('a card'),
      ),
    ).toEqual([]);
  });

  test('invariant 8: nothing in it is a link, since whoever opens a link is not known', () => {
    for (const message of [...messagesAbout(state), listing(own([state]), grantKinds)])
      expect(JSON.stringify(message)).not.toMatch(/"url":|https?:/);
  });
});

const tell = (news: News, events: Event[], change: Partial<State> = {}) =>
  NEWS[news](viewOf(stateAfter(events, change)), directory, grantKinds);

describe('what the requester hears', () => {
  const CARD = { place: 'C0ACCESS', ref: '1.1', shown: '' };

  test('sent: who is asked, stage by stage, with a way to take it back', () => {
    const here = { ...viewOf(stateAfter(pending('manager, 2 of security'))), posts: { manager: CARD } };
    const { blocks, text } = NEWS.sent(here, directory, grantKinds);
    expect(text).toBe('Your request for *Orders database admin* for 1h has been sent.');
    expect(wordsIn(blocks)).toContain('• *manager*: asked: <@UBOB>');
    expect(wordsIn(blocks)).toContain('• *security*: will be asked after that: 2 of <@USAM> and <@UKIM>');
    expect(actionsIn(blocks)).toEqual(['cancel']);
  });

  test('invariant 15: asked is said only of those for whom a card stands somewhere', () => {
    expect(wordsIn(tell('sent', pending('manager')).blocks)).toContain('• *manager*: will be asked: <@UBOB>');
    const cancelled = histories.find(([name]) => name === 'a cancelled one')![1];
    const { blocks } = statusOf(
      { ...viewOf(stateAfter(cancelled)), records: [] },
      directory,
      true,
      grantKinds,
    );
    expect(wordsIn(blocks)).toContain('• *manager*: not asked: <@UBOB>');
  });

  test.each([
    ['is_archived', 'the channel <#C0DBA> is archived'],
    ['channel_not_found', 'jit cannot see the channel `C0DBA`'],
    ['not_in_channel', 'jit is not in the channel <#C0DBA>'],
    ['restricted_action', 'jit may not post in the channel <#C0DBA> (`restricted_action`)'],
  ])('invariant 15: that nobody can be asked, why, and what to do (%s)', (error, why) => {
    const state = stateAfter(pending('manager'));
    const tried = [{ channel: 'C0DBA', code: error }];
    // The card that was posted once stands where nobody can press it any more.
    const here = { ...viewOf(state), posts: { manager: CARD }, unasked: { manager: { since: T0, tried } } };
    const { text, blocks } = NEWS.sent(here, directory, grantKinds);
    expect(text).toContain('Your request for *Orders database admin* for 1h cannot reach its approvers');
    expect(wordsIn(blocks)).toContain(`nobody can be asked: ${why}`);
    expect(wordsIn(blocks)).toContain('tell the people who run jit');
    expect(wordsIn(blocks)).not.toContain(': asked:');
    expect(actionsIn(blocks)).toEqual(['cancel']);
    const status = statusOf({ ...here, records: [] }, directory, true, grantKinds);
    expect(wordsIn(status.blocks)).toContain(`nobody can be asked: ${why}`);
  });

  test('sent, too late: nothing to take back any more', () => {
    expect(actionsIn(tell('sent', active).blocks)).toEqual([]);
  });

  test('decided: approved, by whom', () => {
    expect(wordsIn(tell('decided', approved).blocks)).toContain('Approved by <@UBOB>');
  });

  test('decided: denied, by whom and why', () => {
    const words = wordsIn(tell('decided', deniedBy('use the read-only one')).blocks);
    expect(words).toContain('has been denied');
    expect(words).toContain('Denied by <@UBOB>');
    expect(words).toContain('>use the read-only one');
  });

  test('decided: denied by policy, with the advice', () => {
    const words = wordsIn(
      tell('decided', [
        ...pending('manager'),
        {
          type: 'RequestDenied',
          at: min(2),
          by: 'jit',
          reason: { code: 'policy', policies: ['freeze'], advice: ['wait until Monday'], errors: [] },
        },
      ]).blocks,
    );
    expect(words).toContain('wait until Monday');
    expect(words).toContain('Decided by `freeze`.');
  });

  test('active: until when, in the reader’s own time zone, with buttons to open a session and to end it', () => {
    const grant = { kind: 'sts-session', account: '111122223333', config: {}, hash: 'h' };
    const { text, blocks } = tell('active', active, { grant });
    expect(text).toContain(`<!date^${min(65) / 1000}^{date_short_pretty} {time}|2026-11-20 11:05 UTC>`);
    expect(actionsIn(blocks)).toEqual(['credentials', 'revoke']);
  });

  test('active: access on one’s own identity names it, and there is no session to open', () => {
    const grant = {
      kind: 'iam-policy',
      account: '111122223333',
      config: {},
      hash: 'h',
      principal: { type: 'user' as const, name: 'ana.lopez' },
    };
    const { blocks } = tell('active', active, { grant });
    expect(wordsIn(blocks)).toContain('your IAM user `ana.lopez`');
    expect(actionsIn(blocks)).toEqual(['revoke']);
  });

  test('invariant 15: active: only of a kind that ends without jit it is said that it ends by itself', () => {
    const grant = { kind: 'sts-session', account: '111122223333', config: {}, hash: 'h' };
    const said = (kinds: GrantKind[]) =>
      wordsIn(NEWS.active(viewOf(stateAfter(active, { grant })), directory, kinds).blocks);
    expect(said([kindOf('sts-session')])).toContain('it ends by itself');
    expect(said([kindOf('sts-session', { endsAlone: false })])).not.toContain('by itself');
    expect(said([])).not.toContain('by itself');
    expect(said([])).toContain('It is in account `111122223333`.');
  });

  test('active, too late: it says how it is now, and offers nothing', () => {
    const { text, blocks } = tell('active', closed);
    expect(text).toContain('Ended on time');
    expect(actionsIn(blocks)).toEqual([]);
  });

  test('ending soon: when, and what to do', () => {
    const { text, blocks } = tell('ending-soon', active);
    expect(text).toMatch(/ends <!date\^.*ask again with \/jit/);
    expect(actionsIn(blocks)).toEqual(['revoke']);
  });

  test('ended: how, with the proof and when it was looked at', () => {
    const words = wordsIn(tell('ended', closed).blocks);
    expect(words).toContain('Your access *Orders database admin* has ended.');
    expect(words).toMatch(/Gone, checked at <!date\^\d+\^{date_short_pretty} {time_secs}\|[^>]*>: no inline/);
  });

  test('ended on time: the time that it says is the end of the access, not that of the look', () => {
    const state = stateAfter(closed);
    if (state.status !== 'closed' || !state.lease) throw new Error('no lease');
    expect(state.closedAt).toBeGreaterThan(state.lease.endsAt);
    const words = wordsIn(tell('ended', closed).blocks);
    expect(words).toContain(`Ended on time (<!date^${state.lease.endsAt / 1000}^`);
    expect(words).not.toContain(`Ended on time (<!date^${state.closedAt / 1000}^`);
  });

  test('ended without ever having been access', () => {
    const words = wordsIn(tell('ended', histories.at(-1)![1]).blocks);
    expect(words).toContain('is closed');
    expect(words).toContain('Lapsed: nobody decided in time');
  });
});

describe('the credentials modal', () => {
  const credentials = {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'wJalr/Example+Key',
    sessionToken: 'FwoGZXIvYXdzE'.repeat(60),
    expiresAt: min(60),
    consoleUrl: 'https://signin.aws.example/federation?Action=login&SigninToken=abc|<x>',
  };
  const state = stateAfter(active);
  const views = [
    waitingView(state),
    credentialsView(state, credentials),
    credentialsView(state, { ...credentials, sessionToken: 'a'.repeat(9_000) }),
    noCredentialsView('late'),
    noCredentialsView('failed', 'AccessDenied: <!channel>'),
  ];

  test('invariant 9: nothing in it can send the secrets back', () => {
    for (const view of views) {
      expect(view).not.toHaveProperty('submit');
      expect(view).not.toHaveProperty('notify_on_close');
      expect(view).not.toHaveProperty('callback_id');
      expect(view).not.toHaveProperty('private_metadata');
      expect(JSON.stringify(view)).not.toMatch(/"action_id"|"accessory"|"element"|"actions"|"input"/);
      expect(view.blocks.every(({ type }) => type === 'section')).toBe(true);
    }
  });

  test('is one that Slack takes, with the longest tokens too', () => {
    for (const view of views) expect(checkModal(view)).toEqual([]);
  });

  test('gives variables for a shell, whole', () => {
    const words = wordsIn(views[1]!.blocks);
    expect(words).toContain('export AWS_ACCESS_KEY_ID=ASIAEXAMPLE');
    expect(words).toContain('export AWS_SECRET_ACCESS_KEY=wJalr/Example+Key');
    expect(words).toContain(`export AWS_SESSION_TOKEN=${credentials.sessionToken}`);
  });

  test('what is no base64 is quoted: it stays one word', () => {
    const odd = credentialsView(state, { ...credentials, sessionToken: "a b'$(x)" });
    expect(wordsIn(odd.blocks)).toContain(`AWS_SESSION_TOKEN='a b'\\''$(x)'`);
  });

  test('a token longer than a section comes in pieces that a shell joins', () => {
    const words = wordsIn(views[2]!.blocks);
    const pieces = [...words.matchAll(/AWS_SESSION_TOKEN\+?=(a+)/g)].map(([, piece]) => piece);
    expect(pieces.join('')).toBe('a'.repeat(9_000));
    expect(words.match(/export AWS_SESSION_TOKEN=/g)).toHaveLength(1);
  });

  test('a link is a link and nothing else', () => {
    expect(wordsIn(views[1]!.blocks)).toContain(
      '<https://signin.aws.example/federation?Action=login&amp;SigninToken=abc%7C%3Cx%3E|Open the AWS console>',
    );
    const bad = credentialsView(state, { ...credentials, consoleUrl: 'javascript:alert(1)' });
    expect(wordsIn(bad.blocks)).toContain('There is no console link this time');
  });

  test('invariant 9: no message about the same access carries any of it', () => {
    for (const news of Object.keys(NEWS) as News[]) {
      const message = JSON.stringify(NEWS[news](viewOf(state), directory, grantKinds));
      for (const secret of ['ASIAEXAMPLE', 'wJalr', 'FwoGZ']) expect(message).not.toContain(secret);
    }
  });
});

describe('lists', () => {
  test('each request with the one button that makes sense for it', () => {
    const states = [pending('manager'), active, closed].map((events) => stateAfter(events));
    expect(actionsIn(listing(own(states), grantKinds).blocks)).toEqual(['cancel', 'revoke', 'again']);
  });

  test('of a session that is open to them people use it sooner than they end it', () => {
    const session = stateAfter(active);
    const grant = { ...session.grant, kind: 'sts-session' };
    expect(actionsIn(listing(own([{ ...session, grant }]), grantKinds).blocks)).toEqual(['credentials']);
  });

  test('what is not over comes first, however old, and what does not fit is counted or said', () => {
    const states = (events: Event[], n: number) => Array.from({ length: n }, () => stateAfter(events));
    const words = (...lists: Parameters<typeof own>) => wordsIn(listing(own(...lists), grantKinds).blocks);
    expect(words(states(active, 1), states(closed, 19))).not.toContain('older');
    expect(actionsIn(listing(own(states(active, 1), states(closed, 30)), grantKinds).blocks)).toEqual([
      'revoke',
      ...Array.from({ length: 19 }, () => 'again'),
    ]);
    expect(words(states(active, 1), states(closed, 20))).toContain('and 1 older one;');
    expect(words([], states(closed, 20), true)).toContain('and older ones');
  });

  test('nobody is left with an empty list', () => {
    expect(listing(own([]), grantKinds).text).toBe('You have not asked for anything yet. Type /jit to ask.');
  });

  test('a status tells what has happened, and buttons only to the requester', () => {
    const state = stateAfter(active);
    const records = active.map((event, i) => ({ requestId: ID, n: i + 1, event, hash: '' }));
    const mine = statusOf({ ...viewOf(state), records }, directory, true, grantKinds);
    const theirs = statusOf({ ...viewOf(state), records }, directory, false, grantKinds);
    expect(wordsIn(mine.blocks)).toContain(', <@UBOB>: Approved for manager');
    expect(actionsIn(mine.blocks)).toEqual(['revoke']);
    expect(actionsIn(theirs.blocks)).toEqual([]);
  });

  test('invariant 9: not even the id of an access key stands in a status', () => {
    const event: Event = {
      type: 'CredentialsMinted',
      at: T0,
      by: 'jit',
      accessKeyId: 'ASIAEXAMPLE',
      expiresAt: min(60),
    };
    const records = [{ requestId: ID, n: 1, event, hash: '' }];
    const message = statusOf({ ...viewOf(stateAfter(active)), records }, directory, true, grantKinds);
    expect(JSON.stringify(message)).not.toContain('ASIAEXAMPLE');
  });
});

describe('the view after sending', () => {
  test('says who will be asked and what comes next, and nothing in it is sent back', () => {
    const view = submittedView(stateAfter(pending('manager, 2 of security')), asked, directory);
    expect(checkModal(view)).toEqual([]);
    expect(wordsIn(view.blocks)).toContain('• *manager*: will be asked: <@UBOB>');
    expect(view).not.toHaveProperty('submit');
  });

  test('without a chain says that nobody has to agree', () => {
    const view = submittedView(stateAfter(pending('manager'), { chain: chain('auto') }), {}, directory);
    expect(wordsIn(view.blocks)).toContain('No approval is needed');
  });
});
