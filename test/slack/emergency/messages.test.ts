import type { Event } from '../../../src/domain/request/event.js';
import type { State } from '../../../src/domain/request/state.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import { parseReview, reviewModal } from '../../../src/slack/acts/emergency/review.js';
import type { Message } from '../../../src/slack/messages/blocks.js';
import { buzz } from '../../../src/slack/messages/buzz.js';
import { card } from '../../../src/slack/messages/card.js';
import { alertMessage } from '../../../src/slack/messages/emergency/alert.js';
import { incidentPost } from '../../../src/slack/messages/emergency/incident.js';
import { reviewCard } from '../../../src/slack/messages/emergency/review.js';
import { living } from '../../../src/slack/messages/living.js';
import { homeView } from '../../../src/slack/home/view.js';
import { viewOf } from '../../support/messages.js';
import { active, ana, closed, HOUR, kim, min, pending, sam } from '../../support/requests.js';
import { checkModal, directory, problemsOf, stateAfter, wordsIn } from '../../support/slack.js';

const RULES = { channel: 'C0INCIDENTS', tell: 'board', review: { by: 'security', within: 72 * HOUR } };
const rules = { ...directory, emergency: RULES };
const EMERGENCY = { emergency: true as const, passedOver: [{ name: 'manager', quorum: 1 }] };
const HOSTILE = '<!channel> *all* `x`\n>said';
const state = (events: Event[], more: object = {}) => stateAfter(events, { ...EMERGENCY, ...more });
const over = (...reviews: object[]) =>
  state(closed, { owesReview: true, ...(reviews.length > 0 && { reviews }) });
const contested = { by: kim, at: min(99), verdict: 'contested', text: HOSTILE };
const sound = (message: Message) => expect(problemsOf(message)).toEqual([]);

test('every message about an emergency names it as one', () => {
  const [waits, has] = [state(pending('manager')), state(active)];
  const stage = { name: 'manager', quorum: 1 };
  const home = { ...EMPTY, open: [has, waits], waiting: [waits] };
  const drawn = [
    card(viewOf(waits), stage, rules),
    living(viewOf(waits), rules, grantKinds),
    living(viewOf(has), rules, grantKinds),
    incidentPost(viewOf(has), rules),
    reviewCard(viewOf(over()), [], [], rules),
    alertMessage(has, { what: 'passed-over', others: 0 }, rules),
    alertMessage(over(), { what: 'review-overdue', others: 0 }, rules),
  ];
  for (const message of drawn) {
    sound(message);
    expect(wordsIn(message)).toMatch(/\(emergency\)/);
  }
  expect(wordsIn(homeView(home, { kinds: grantKinds, directory: rules }))).toMatch(/\(emergency\)/);
});
const EMPTY = {
  closed: [],
  closedCount: 0,
  more: false,
  unseen: false,
  delegated: {},
  delegations: { forMe: [] },
  at: min(1),
};

test('the incident channel reads who was passed over, and nothing that somebody wrote is ours', () => {
  const text = wordsIn(
    incidentPost(viewOf(state(active, { justification: HOSTILE, chain: [], votes: [] })), rules),
  );
  expect(text).toMatch(
    /Nobody had to approve it\.\nWithout the emergency, it would have needed approval from manager\./,
  );
  expect(text).not.toContain('<!channel>');
  const { passedOver: _, ...refused } = state(active);
  expect(wordsIn(incidentPost(viewOf(refused as State), rules))).toMatch(/policy would have refused it/);
});

describe('the card of a review', () => {
  test('has what the record knows, names those who owe it, and has its button until it is signed off', () => {
    const minted: Event = {
      type: 'CredentialsMinted',
      at: min(7),
      by: 'jit',
      accessKeyId: 'A',
      expiresAt: min(9),
    };
    const open = reviewCard(viewOf(over()), [...closed, minted, minted], [sam, kim], rules);
    expect(wordsIn(open)).toMatch(/2 sessions were opened/);
    expect(wordsIn(open)).toContain(`<@${sam.account.id}> or <@${kim.account.id}>`);
    expect(JSON.stringify(open)).toContain('"action_id":"review"');
    const done = reviewCard(viewOf(over({ by: sam, at: min(99), verdict: 'signed-off' })), closed, [], rules);
    expect(wordsIn(done)).toMatch(/\*Signed off\* by/);
    expect(JSON.stringify(done)).not.toContain('action_id');
    expect(wordsIn(done)).toMatch(/No session was opened/);
  });

  test('of a contested one says what that means, keeps the button, and escapes the words', () => {
    const drawn = reviewCard(viewOf(over(contested)), closed, [], rules);
    sound(drawn);
    expect(wordsIn(drawn)).toMatch(
      /\*Contested\* by .*\n>.*\nUntil another reviewer signs it off, <@.*> gets no emergency access/,
    );
    expect(wordsIn(drawn)).not.toContain('<!channel>');
    expect(JSON.stringify(drawn)).toContain('"action_id":"review"');
  });
});

test('who needs it for longer asks once it has ended, as there is one emergency at a time', () => {
  const soon = buzz('ending-soon', viewOf(state(active)), rules, grantKinds);
  expect(wordsIn(soon!)).toContain('If you need longer, ask again with /jit once it has ended.');
});

test('the requester reads that others hear of it, and what came of the review', () => {
  expect(wordsIn(living(viewOf(state(active)), rules, grantKinds))).toMatch(
    /<#C0INCIDENTS> hears of it, and security reviews it/,
  );
  expect(wordsIn(living(viewOf(over()), rules, grantKinds))).toMatch(/Its review by security is due/);
  expect(wordsIn(living(viewOf(over(contested)), rules, grantKinds))).toMatch(/\*Contested\* by/);
  const { emergency: _e, passedOver: _p, ...none } = state(active);
  expect(wordsIn(living(viewOf(none as State), rules, grantKinds))).not.toMatch(/emergency/);
});

describe('the window of a review', () => {
  test('lets a contested one only be signed off', () => {
    for (const [of, ways] of [
      [over(), ['sign-off', 'contest']],
      [over(contested), ['sign-off']],
    ] as const) {
      const view = reviewModal(of);
      expect(checkModal(view)).toEqual([]);
      expect(view.callback_id).toBe('review');
      expect([...JSON.stringify(view).matchAll(/"value":"([a-z-]+)"/g)].map(([, value]) => value)).toEqual(
        expect.arrayContaining([...ways]),
      );
      expect(JSON.stringify(view).includes('"contest"')).toBe(ways.length === 2);
      expect(wordsIn(view)).not.toContain('<!channel>');
    }
  });

  test.each<[unknown, boolean]>([
    ['sign-off', false],
    ['contest', true],
    ['anything', true],
    [undefined, true],
    [{}, true],
  ])('what is not signed off is contested: %j', (value, contests) => {
    const values = {
      verdict: { verdict: { selected_option: { value } } },
      words: { words: { value: ' why ' } },
    };
    expect(parseReview({ state: { values } })).toEqual({ contests, text: 'why' });
  });
});

test('an alert says what to do, how many others there are, and the way there', () => {
  const told = wordsIn(
    alertMessage(state(active), { what: 'passed-over', others: 4 }, rules, '<https://x|Open>'),
  );
  expect(told).toMatch(/without your approval/);
  expect(told).toMatch(/4 more read it there/);
  expect(told).toContain('<https://x|Open>');
  const due = wordsIn(alertMessage(over(contested), { what: 'review-overdue', others: 0 }, rules));
  expect(due).toMatch(/is contested by .*, and nobody has settled it/);
  expect(due).not.toContain(ana.email);
});
