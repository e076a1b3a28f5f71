import { SHELLS } from '../../src/ports/shell.js';
import { linesFor, shellName } from '../../src/slack/messages/sessions/shells.js';
import type { Event } from '../../src/domain/request/event.js';
import type { State } from '../../src/domain/request/state.js';
import { grantKinds } from '../../src/grants/kinds.js';
import type { RequestView } from '../../src/ports/messages.js';
import { buzz, type BuzzNews } from '../../src/slack/messages/buzz.js';
import { card, decided, record } from '../../src/slack/messages/card.js';
import {
  credentialsView,
  noCredentialsView,
  waitingView,
} from '../../src/slack/messages/sessions/credentials.js';
import { history } from '../../src/slack/messages/history.js';
import { living } from '../../src/slack/messages/living.js';
import { listing, statusOf } from '../../src/slack/messages/requests.js';
import { plainly } from '../../src/slack/messages/blocks.js';
import { submittedView } from '../../src/slack/acts/request-form.js';
import { actionsIn, asked, hostileAbout, hostileAfter, HOSTILE, lives, viewOf } from '../support/messages.js';
import { active, chain, closed, min, pending, T0 } from '../support/requests.js';
import { checkModal, directory, ID, mrkdwnIn, problemsOf, stateAfter, wordsIn } from '../support/slack.js';

const own = (open: State[], closed: State[] = [], more = false) => ({ open, closed, more });

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

const BUZZES: BuzzNews[] = [
  'decided',
  'active',
  'ending-soon',
  'ended',
  'question',
  'shortened',
  'scheduled',
  'doubted',
];

const messagesAbout = (state: State) => {
  const view = viewOf(state, { about: hostileAbout, endsAlone: true });
  const records = Array.from({ length: 300 }, (_, n) => ({
    requestId: ID,
    n,
    event: {
      type: 'VotesVoided' as const,
      at: T0,
      by: { operator: HOSTILE },
      people: [HOSTILE],
      why: HOSTILE,
    },
    hash: '',
  }));
  return [
    ...state.chain.flatMap((stage) => [
      card(view, stage, directory),
      card(view, stage, directory, 'direct'),
      record(view, stage, directory),
      decided(view, stage),
    ]),
    living(view, directory, grantKinds),
    living(nobodyIn(state), directory, grantKinds),
    ...BUZZES.flatMap((news) => buzz(news, view, directory, grantKinds) ?? []),
    statusOf({ ...view, records }, directory, true, grantKinds),
    history(records, state),
  ];
};

describe.each(lives)('every message about %s', (_, events) => {
  const state = stateAfter(events);
  const huge = hostileAfter(events);

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

describe('the credentials modal', () => {
  const credentials = {
    accessKeyId: 'ASIAEXAMPLE',
    secretAccessKey: 'wJalr/Example+Key',
    sessionToken: 'FwoGZXIvYXdzE'.repeat(60),
    expiresAt: min(60),
    region: 'eu-west-1',
    consoleUrl: 'https://signin.aws.example/federation?Action=login&SigninToken=abc|<x>',
  };
  const state = stateAfter(active);
  const views = [
    waitingView(state),
    credentialsView(state, credentials, 'bash'),
    credentialsView(state, { ...credentials, sessionToken: 'a'.repeat(9_000) }, 'bash'),
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
    const odd = credentialsView(state, { ...credentials, sessionToken: "a b'$(x)" }, 'bash');
    expect(wordsIn(odd.blocks)).toContain(`AWS_SESSION_TOKEN='a b'\\''$(x)'`);
  });

  test.each(SHELLS)(
    '%s: each of its lines sets one variable, pieces are joined, and one line says how to change it',
    (shell) => {
      const token = 'a'.repeat(4_096);
      const words = wordsIn(credentialsView(state, { ...credentials, sessionToken: token }, shell).blocks);
      const pieces = {
        bash: /^(?:export )?AWS_SESSION_TOKEN(\+?)=(a+)$/gm,
        powershell: /^\$env:AWS_SESSION_TOKEN (\+?)= '(a+)'$/gm,
        cmd: /^set "AWS_SESSION_TOKEN=(%AWS_SESSION_TOKEN%)?(a+)"$/gm,
        fish: /^set -gx AWS_SESSION_TOKEN ("\$AWS_SESSION_TOKEN")?(a+)$/gm,
      }[shell];
      const found = [...words.replaceAll('```', '').matchAll(pieces)];
      expect(found.map(([, , piece]) => piece).join('')).toBe(token);
      expect(found.map(([, joins]) => Boolean(joins))).toEqual([false, true]);
      expect(words).toContain(`Or in a shell (${shellName(shell)}):`);
      expect(words).toContain('`/jit shell`');
    },
  );

  test.each([
    ['bash', "'a$b'\\''c'"],
    ['powershell', "'a$b''c'"],
    ['cmd', "a$b'c"],
    ['fish', "'a$b\\'c'"],
  ] as const)('%s keeps a value that is no base64 one word', (shell, written) => {
    const lines = linesFor(shell, [['X', "a$b'c"]])!;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(written);
  });

  test('what cmd cannot write at all it is not shown; the others are named', () => {
    expect(linesFor('cmd', [['X', '%PATH%']])).toBeUndefined();
    const words = wordsIn(credentialsView(state, { ...credentials, sessionToken: '%PATH%' }, 'cmd').blocks);
    expect(words).toMatch(/cmd has no way to write these values: choose another shell/);
    expect(words).not.toContain('set "');
    expect(linesFor('powershell', [['X', 'a’b']])).toEqual(["$env:X = 'a’’b'"]);
  });

  test('a profile is ready to paste, unless the token is too long for one line of a message', () => {
    const words = wordsIn(views[1]!.blocks);
    expect(words).toMatch(
      /\[profile jit-orders-db-admin\]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = .*\naws_session_token = \S+\nregion = eu-west-1\n/,
    );
    expect(words).toContain('`--profile jit-orders-db-admin`');
    expect(wordsIn(views[2]!.blocks)).not.toContain('[profile');
    const odd = credentialsView(state, { ...credentials, sessionToken: 'a\n[default]' }, 'bash');
    expect(wordsIn(odd.blocks)).not.toContain('[profile');
  });

  test('the region is set where the access has none but it, and else left to the person', () => {
    expect(wordsIn(views[1]!.blocks)).not.toContain('AWS_REGION');
    const regions = ['eu-west-1', 'eu-central-1'];
    const words = wordsIn(credentialsView(state, { ...credentials, regions }, 'fish').blocks);
    expect(words).toContain('They work in `eu-west-1` and `eu-central-1` only');
    expect(words).toContain('set -gx AWS_REGION eu-west-1');
    expect(words).toContain('set -gx AWS_DEFAULT_REGION eu-west-1');
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
    const bad = credentialsView(state, { ...credentials, consoleUrl: 'javascript:alert(1)' }, 'bash');
    expect(wordsIn(bad.blocks)).toContain('There is no console link this time');
  });

  test('invariant 9: no message about the same access carries any of it', () => {
    for (const one of messagesAbout(state)) {
      const message = JSON.stringify(one);
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
    expect(wordsIn(mine.blocks)).toContain(', <@UBOB>: Approved (manager)');
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
    expect(wordsIn(view.blocks)).toContain('• *manager*: next <@UBOB>');
    expect(view).not.toHaveProperty('submit');
  });

  test('without a chain says that nobody has to agree', () => {
    const view = submittedView(stateAfter(pending('manager'), { chain: chain('auto') }), {}, directory);
    expect(wordsIn(view.blocks)).toContain('No approval is needed');
  });
});
