import { buttonsOf, cardWith, HOUR, livingIn, MINUTE, serveCompany, textOf } from '../support/company.js';
import type { PostedMessage as Shown } from '../../src/sandbox/slack/surface.js';
import { checkBlocks, checkModal } from '../../src/sandbox/slack/block-kit/blocks.js';
import { approveButton, shortenButton } from '../../src/slack/messages/buttons.js';
import { card } from '../../src/slack/messages/card.js';
import { living } from '../../src/slack/messages/living.js';
import { answerModal, questionModal } from '../../src/slack/acts/questions.js';
import { parseShorter, shortenModal } from '../../src/slack/acts/shorten.js';
import type { Event } from '../../src/domain/request/event.js';
import { ana, bob, min, pending, submitted } from '../support/requests.js';
import { directory, ID, stateAfter } from '../support/slack.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
const HOSTILE = '<!channel> & <@U1> *bold*\n> not a quote';
const asks = { at: min(1), by: bob, stage: 'manager' } as const;
const asked: Event = { type: 'QuestionAsked', ...asks, text: HOSTILE };
const open = stateAfter([...pending('manager, 2 of security'), asked]);
const manager = { name: 'manager', quorum: 1 };

describe('in Slack', () => {
  let it: Company;
  beforeAll(async () => {
    it = await serveCompany();
  });
  afterAll(() => it.close());

  const production = {
    entitlement: 'orders-db-admin',
    duration: '4h',
    justification: 'adding an index to orders',
    ticket: 'OPS-12',
  };
  const managersCard = () => cardWith(it.slack.dms('U0BOB'), 'approve');
  const lastToldTo = (who: string) => textOf(it.slack.ephemerals(who).at(-1)!);

  /** An older update that landed last: HEAD knows nothing of it. */
  async function showAgain({ channel, ts }: Shown, { blocks, text }: Pick<Shown, 'blocks' | 'text'>) {
    const body = new URLSearchParams({ channel, ts, text, blocks: JSON.stringify(blocks) });
    const headers = { authorization: `Bearer ${it.slack.botToken}` };
    const update = await fetch(`${it.slack.apiUrl}chat.update`, { method: 'POST', headers, body });
    expect(await update.json()).toMatchObject({ ok: true });
  }

  test('an approver asks, the requester answers, and both stand on the card', async () => {
    await it.ask('U0ANA', production);
    await it.click('U0BOB', managersCard(), 'question');
    const window = it.slack.views('U0BOB').at(-1)!;
    expect(textOf(window)).toContain('<@U0ANA> asks for');
    await it.slack.as('U0BOB').submit(window, { question: `Which index? ${HOSTILE}` });
    await it.quiet();
    const dm = cardWith(it.slack.dms('U0ANA'), 'answer');
    expect(textOf(dm)).toContain('>Which index? &lt;!channel&gt;');
    await it.click('U0BOB', dm, 'answer');
    expect(lastToldTo('U0BOB')).toContain('someone else’s request');
    await it.click('U0ANA', dm, 'answer');
    const answering = it.slack.views('U0ANA').at(-1)!;
    await it.slack.as('U0ANA').submit(answering, { answer: 'The one on orders.id' });
    await it.quiet();
    expect(textOf(managersCard())).toContain('The one on orders.id');
    await it.click('U0ANA', dm, 'answer');
    expect(lastToldTo('U0ANA')).toContain('already answered');
  });

  test('one who approves it for less chooses among what is shorter, and the requester hears it', async () => {
    await it.click('U0BOB', managersCard(), 'shorten');
    const window = it.slack.views('U0BOB').at(-1)!;
    expect(JSON.stringify(window)).toContain('"15m"');
    expect(JSON.stringify(window)).toContain('"1h"');
    expect(JSON.stringify(window)).not.toContain('"value":"4h"');
    expect(textOf(window)).toContain('in account Production (111122223333)');
    expect(textOf(window)).toMatch(/It lasts at most 1 hour .* at the latest/);
    await it.slack.as('U0BOB').submit(window, { duration: '1h' });
    await it.quiet();
    expect(textOf(it.slack.dms('U0ANA').at(-1)!)).toContain(
      '<@U0BOB> approved it for 1 hour instead of 4 hours.',
    );
    expect(textOf(cardWith(it.slack.messages('C0SECURITY'), 'approve'))).toContain(
      '1 hour instead of 4 hours',
    );
  });

  /** A card as it was while there was still less to approve. */
  let asItWas: Pick<Shown, 'blocks' | 'text'>;

  test('two in one window at once: one wins, the other reads in it how the request stands', async () => {
    const second = cardWith(it.slack.messages('C0SECURITY'), 'shorten');
    asItWas = structuredClone({ blocks: second.blocks, text: second.text });
    for (const who of ['U0SAM', 'U0KIM']) await it.click(who, second, 'shorten');
    const [sams, kims] = ['U0SAM', 'U0KIM'].map((who) => it.slack.views(who).at(-1)!);
    await it.slack.as('U0SAM').submit(sams!, { duration: '15m' });
    await it.slack.as('U0KIM').submit(kims!, { duration: '15m' });
    expect(JSON.stringify(it.slack.views('U0KIM').at(-1)!.errors)).toContain('nothing shorter is offered');
    await it.quiet();
    const drawn = cardWith(it.slack.messages('C0SECURITY'), 'approve');
    expect(textOf(drawn)).toContain('15 minutes instead of 4 hours');
    expect(buttonsOf(drawn).map(({ actionId }) => actionId)).toEqual([
      'approve',
      'deny',
      'question',
      'explain',
    ]);
  });

  test('a late click is told how it stands, and a card that Slack shows as it was is drawn again', async () => {
    await it.click('U0KIM', cardWith(it.slack.messages('C0SECURITY'), 'approve'), 'approve');
    const [record] = it.slack.messages('C0SECURITY').slice(-1);
    expect(textOf(record!)).toContain(' · until ');
    // Those that would open a window, too.
    for (const action of ['approve', 'deny', 'shorten', 'question']) {
      await showAgain(record!, asItWas);
      await it.click('U0LEE', cardWith(it.slack.messages('C0SECURITY'), action), action);
      expect(lastToldTo('U0LEE')).toContain('already been decided. It was approved, and access is active.');
      expect(() => cardWith(it.slack.messages('C0SECURITY'), 'approve')).toThrow('no message with a button');
    }
    expect(it.slack.views('U0LEE')).toEqual([]);
  });

  test('so it is with a copy in direct messages, while others decide and when it is over', async () => {
    await it.ask('U0ANA', production);
    const copy = managersCard();
    const { blocks, text } = structuredClone({ blocks: copy.blocks, text: copy.text });
    await it.click('U0BOB', copy, 'approve');
    const now = () => it.slack.dms('U0BOB').find(({ ts }) => ts === copy.ts)!;
    const after = textOf(now());
    expect(after).toContain('approved by <@U0BOB>');
    await showAgain(now(), { blocks, text });
    await it.click('U0BOB', managersCard(), 'shorten');
    expect(lastToldTo('U0BOB')).toContain('You have already approved this request');
    expect(textOf(now())).toBe(after);
    await it.click('U0SAM', cardWith(it.slack.messages('C0SECURITY'), 'deny'), 'deny');
    await it.slack.as('U0SAM').submit(it.slack.views('U0SAM').at(-1)!, { reason: 'not today' });
    await it.quiet();
    await showAgain(now(), { blocks, text });
    await it.click('U0BOB', managersCard(), 'approve');
    expect(textOf(now())).toContain('denied');
    expect(buttonsOf(now())).toEqual([]);
  });

  test('a copy that somebody has deleted is sent again while its stage is open, and not afterwards', async () => {
    const remove = async ({ channel, ts }: Shown) => {
      const body = new URLSearchParams({ channel, ts });
      const headers = { authorization: `Bearer ${it.slack.botToken}` };
      await fetch(`${it.slack.apiUrl}chat.delete`, { method: 'POST', headers, body });
    };
    await it.ask('U0ANA', production);
    const copy = managersCard();
    await remove(copy);
    await it.click('U0BOB', copy, 'question');
    await it.slack.as('U0BOB').submit(it.slack.views('U0BOB').at(-1)!, { question: 'Which index?' });
    await it.quiet();
    expect(textOf(managersCard())).toContain('Which index?');
    await it.click('U0BOB', managersCard(), 'approve');
    const had = it.slack.dms('U0BOB').length;
    await remove(it.slack.dms('U0BOB').at(-1)!);
    await it.click('U0ANA', livingIn(it.slack.dms('U0ANA')), 'cancel');
    expect(it.slack.dms('U0BOB')).toHaveLength(had - 1);
  });

  test('a question to a request that has lapsed gets a sentence', async () => {
    await it.ask('U0ANA', production);
    const waiting = managersCard();
    await it.click('U0BOB', waiting, 'question');
    const window = it.slack.views('U0BOB').at(-1)!;
    await it.pass(8 * HOUR + MINUTE);
    await it.slack.as('U0BOB').submit(window, { question: 'Which index?' });
    expect(JSON.stringify(it.slack.views('U0BOB').at(-1)!.errors)).toContain(
      'It lapsed: nobody decided in time.',
    );
    await it.click('U0BOB', waiting, 'shorten');
    expect(lastToldTo('U0BOB')).toContain('It lapsed');
  });
});

describe('what is drawn', () => {
  test('invariant 11: what people said is quoted line by line, and nothing in it is a mention', () => {
    const answered = stateAfter([
      ...pending('manager'),
      asked,
      { type: 'QuestionAnswered', at: min(2), by: ana, question: 1, text: HOSTILE },
    ]);
    const views = [
      questionModal(answered, { id: ID, stage: 'manager', revision: 0 }),
      answerModal(answered, { id: ID, question: 1 }),
    ];
    for (const view of views) expect(checkModal(view)).toEqual([]);
    const view = { state: answered, asked: {}, posts: {} };
    const messages = [
      card(view, manager, directory),
      living({ ...view, state: open }, directory, []),
      living(view, directory, []),
    ];
    for (const { blocks } of messages) expect(checkBlocks(blocks)).toEqual([]);
    const drawn = JSON.stringify([...views, ...messages]);
    expect(drawn).toContain('>&lt;!channel&gt; &amp; &lt;@U1&gt;');
    expect(drawn).toContain('\\n>&gt; not a quote');
    expect(drawn).not.toMatch(/<!channel>|<@U1>/);
  });

  test('a card of five long questions and answers still goes into one message', () => {
    const text = '<'.repeat(1000);
    const history = [1, 2, 3, 4, 5].flatMap((question): Event[] => [
      { type: 'QuestionAsked', ...asks, text },
      { type: 'QuestionAnswered', at: min(2), by: ana, question, text },
    ]);
    const state = stateAfter([...pending('manager'), ...history]);
    expect(checkBlocks(card({ state, asked: {}, posts: {} }, manager, directory).blocks)).toEqual([]);
  });

  test('high risk asks once more: who, what, in which account, until when at the latest', () => {
    const named = { ...directory, accountNames: { '111122223333': 'Production' }, timezone: 'Europe/Berlin' };
    const { confirm } = approveButton(open, manager, named);
    expect(confirm?.text.text).toBe(
      'ana@corp.example gets Orders database admin in account Production (111122223333): Schema changes on the orders database. It lasts 1 hour from the last approval, until 20 Nov, 20:00 (Europe/Berlin) at the latest.',
    );
    expect(approveButton(open, manager, directory).confirm?.text.text).toContain('in account 111122223333:');
    const low = { ...open, entitlement: { ...open.entitlement, risk: 'medium' as const } };
    expect(approveButton(low, manager, named)).not.toHaveProperty('confirm');
    expect(shortenButton(open, manager)).not.toHaveProperty('confirm');
  });

  test('and keeps account and end however long the rest is, within what Slack takes', () => {
    const long = 'very long '.repeat(60);
    const entitlement = { ...open.entitlement, name: long, description: long };
    const requester = { ...open.requester, email: `${'a'.repeat(300)}@corp.example` };
    const named = { ...directory, accountNames: { '111122223333': long } };
    const { text } = approveButton({ ...open, entitlement, requester }, manager, named).confirm!.text;
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text).toContain('(111122223333)');
    expect(text).toMatch(/until 20 Nov, 19:00 \(UTC\) at the latest\.$/);
  });

  test('an account called like a member of every object has no name by that', () => {
    const odd = stateAfter([submitted('manager')], {
      entitlement: { ...open.entitlement, account: 'constructor' },
    });
    expect(approveButton(odd, manager, { ...directory, accountNames: {} }).confirm?.text.text).toContain(
      'in account constructor:',
    );
  });

  test('the window for less offers each duration, and reads back what was chosen', () => {
    const button = { id: ID, stage: 'manager', revision: 0 };
    const view = shortenModal(open, button, [15 * MINUTE], directory);
    expect(checkModal(view)).toEqual([]);
    // The only one is chosen already; of several, none is.
    expect(JSON.stringify(view)).toContain(
      '"initial_option":{"text":{"type":"plain_text","text":"15 minutes"',
    );
    const two = shortenModal(open, button, [15 * MINUTE, 30 * MINUTE], directory);
    expect(JSON.stringify(two)).not.toContain('initial_option');
    const values = { duration: { duration: { selected_option: { value: '15m' } } } };
    expect(parseShorter({ private_metadata: view.private_metadata, state: { values } })).toEqual({
      button,
      duration: '15m',
    });
    expect(parseShorter({ private_metadata: 'x', state: 7 })).toEqual({ button: undefined, duration: '' });
  });
});
