import type { HomeView } from '@slack/types';
import type { State } from '../../src/domain/request/state.js';
import { grantKinds } from '../../src/grants/kinds.js';
import type { Home } from '../../src/ports/front.js';
import { checkHome, checkModal } from '../../src/sandbox/slack/block-kit/blocks.js';
import { homeView, pageView, parsePage, strangersView } from '../../src/slack/home/view.js';
import { menuValue, parseMenuValue } from '../../src/slack/ids.js';
import { button } from '../../src/slack/messages/blocks.js';
import { active, ana, closed, kim, pending, person, T0 } from '../support/requests.js';
import { directory, ID, stateAfter, wordsIn } from '../support/slack.js';

const waits = stateAfter(pending('manager, 2 of security'));
const live = stateAfter(active);
const over = stateAfter(closed);

/** So many, each with an id of its own. */
const many = (state: State, count: number, more: Partial<State> = {}): State[] =>
  Array.from({ length: count }, (_, n) => {
    const id = ID.slice(0, -4) + String(n).padStart(4, '0');
    return { ...state, ...more, id } as State;
  });
const NOTHING: Home = {
  open: [],
  closed: [],
  closedCount: 0,
  more: false,
  waiting: [],
  unseen: false,
  delegated: {},
  delegations: { forMe: [] },
  at: T0,
};
const known = {
  kinds: grantKinds,
  directory: { ...directory, accountNames: { '111122223333': 'Production' } },
};
const draw = (home: Partial<Home>) =>
  homeView({ ...NOTHING, closedCount: home.closed?.length ?? 0, ...home }, known);
/** What its menus offer, by section. */
const menus = ({ blocks }: { blocks: unknown[] }) =>
  (
    blocks as { accessory?: { options?: { text: { text: string }; value: string }[]; confirm?: object } }[]
  ).flatMap(({ accessory }) => (accessory?.options ? [accessory] : []));
const labels = (view: { blocks: unknown[] }) =>
  menus(view).map(({ options = [] }) => options.map(({ text }) => text.text));

describe('App Home', () => {
  test('of somebody who has nothing says so, and opens the form', () => {
    const view = draw({});
    expect(checkHome(view)).toEqual([]);
    const words = wordsIn(view.blocks);
    for (const none of ['You have no access now', 'Nothing is waiting for you', 'Ask for access'])
      expect(words).toContain(none);
    expect(menus(view)).toEqual([]);
  });

  test('of very much fits into what Slack takes, and counts all of it', () => {
    const long = { justification: '<!channel> &'.repeat(300) };
    const view = draw({
      open: [
        ...many(live, 50, long),
        ...many(waits, 60, long).map((state) => ({ ...state, id: `${state.id.slice(0, -1)}Z` })),
      ],
      waiting: many(waits, 40, long).map((state) => ({ ...state, id: `${state.id.slice(0, -1)}X` })),
      closed: many(over, 20).map((state) => ({ ...state, id: `${state.id.slice(0, -1)}Y` })),
      closedCount: 200,
      more: true,
      delegations: {
        mine: { from: ana, to: kim, since: T0, until: T0 },
        forMe: [{ from: kim, to: ana, since: T0, until: T0 }],
      },
    });
    const ids = (view.blocks as { block_id?: string }[]).map(({ block_id: id }) => id).filter(Boolean);
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    expect(JSON.stringify(view).length).toBeLessThan(250_000);
    expect(checkHome(unique(view))).toEqual([]);
    expect(ids).toHaveLength(40 + 20 + 10 + 20);
    const words = wordsIn(view.blocks);
    expect(words).toContain('*Your access* (50)');
    expect(words).toContain('*Waiting for you to decide* (40)');
    expect(words).toContain('*Your pending requests* (60)');
    expect(words).toContain('*Past requests* (200 and more)');
    expect(words).not.toContain('<!channel>');
  });

  test('each menu offers what the buttons do, as it is possible now', () => {
    expect(labels(draw({ open: [live] }))).toEqual([['End now', 'Show']]);
    expect(labels(draw({ open: [waits] }))).toEqual([['Cancel request', 'Why?', 'Show']]);
    expect(labels(draw({ waiting: [waits] }))).toEqual([['Approve', 'Deny…', 'Why?', 'Show']]);
    expect(labels(draw({ closed: [over] }))).toEqual([['Ask again', 'Show', 'Why?']]);
  });

  test('high risk is asked about once more: who, what, how long, where and until when', () => {
    const [sure] = menus(
      draw({ waiting: [{ ...waits, entitlement: { ...waits.entitlement, risk: 'high' } }] }),
    );
    const said = JSON.stringify(sure!.confirm);
    for (const one of [
      waits.requester.email,
      waits.entitlement.name,
      'Production (111122223333)',
      'at the latest',
    ])
      expect(said).toContain(one);
    const [low] = menus(
      draw({ waiting: [{ ...waits, entitlement: { ...waits.entitlement, risk: 'low' } }] }),
    );
    expect(low!.confirm).toBeUndefined();
  });

  test('the reason of another stands as a quotation', () => {
    const [state] = many(waits, 1, { justification: 'one\n*jit* says: approved' });
    expect(wordsIn(draw({ waiting: [state!] }).blocks)).toContain('\n>one\n>*jit* says: approved\n');
  });

  test('live access says until when, and how long that is when it is read', () => {
    expect(wordsIn(draw({ open: [live] }).blocks)).toMatch(/until <!date\^\d+\^[^|]*\{ago\}/);
  });

  test('invariant 15: nothing waits is said only where all was looked at', () => {
    expect(wordsIn(draw({ unseen: true }).blocks)).not.toContain('Nothing is waiting for you');
  });

  test('a guest reads in one sentence that jit is for members; who cannot be known, why', () => {
    for (const code of ['guest', 'other-workspace'] as const) {
      const view = strangersView({ code });
      expect(checkHome(view)).toEqual([]);
      expect(wordsIn(view.blocks)).toMatch(/^jit is for full members of this workspace[^.]*\.$/);
    }
    expect(wordsIn(strangersView({ code: 'directory-unavailable' }).blocks)).toContain('cannot be checked');
  });
});

describe('who is away, in App Home', () => {
  const until = T0 + 86_400_000;
  const mine = { from: ana, to: kim, since: T0, until };
  const forMe = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ from: person(`p${n}`), to: ana, since: T0, until }));

  test('it says who stands in, until when, and has the button that ends it', () => {
    const view = draw({ delegations: { mine, forMe: [] } });
    expect(checkHome(view)).toEqual([]);
    expect(wordsIn(view.blocks)).toMatch(
      /^\*You are away\*: <@UKIM> stands in for you until <!date[^>]*>\.\nI’m back\n/,
    );
    expect(view.blocks[0]).toMatchObject({ accessory: { action_id: 'back' } });
    expect(view.blocks[0]).not.toHaveProperty('accessory.value');
  });

  test('it says for whom the reader stands in, however many there are', () => {
    const view = draw({ delegations: { mine, forMe: forMe(30) } });
    expect(checkHome(view)).toEqual([]);
    expect(wordsIn(view.blocks)).toMatch(/You stand in for <@UP0> until <!date[^>]*>, .* and 10 more\./);
    expect(wordsIn(draw({ delegations: { forMe: forMe(1) } }).blocks)).toMatch(
      /^You stand in for <@UP0> until <!date[^>]*>\.\n/,
    );
  });

  test('where nobody is away, it says nothing of it', () => {
    expect(wordsIn(draw({}).blocks)).not.toMatch(/away|stand/);
  });

  test('what waits only in another’s place is marked, in the list and on its pages', () => {
    const home = { waiting: [waits], delegated: { [waits.id]: kim } };
    expect(wordsIn(draw(home).blocks)).toContain('For <@UKIM>, who is away');
    const page = pageView({ ...NOTHING, ...home }, { list: 'waiting', page: 1 }, known);
    expect(wordsIn(page.blocks)).toContain('For <@UKIM>, who is away');
    expect(wordsIn(draw({ waiting: [waits] }).blocks)).not.toContain('who is away');
  });
});

describe('its pages', () => {
  const home = { ...NOTHING, closed: many(over, 45), closedCount: 45, more: true };

  test('show twenty each, with the way on and back', () => {
    const pages = [1, 2, 3].map((page) => pageView(home, { list: 'past', page }, known));
    for (const page of pages) expect(checkModal(page)).toEqual([]);
    expect(pages.map((page) => menus(page).length)).toEqual([20, 20, 5]);
    const ways = pages.map((page) => wordsIn(page.blocks));
    expect(ways.map((words) => [words.includes('Back'), words.includes('Next')])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
    expect(ways[2]).toContain('/jit status with an id');
  });

  test('all are counted, also those that were not read', () => {
    const read = { ...home, closed: many(over, 20) };
    expect(wordsIn(pageView(read, { list: 'past', page: 1 }, known).blocks)).toContain('Page 1 of 3');
    expect(wordsIn(draw(read).blocks)).toContain('*Past requests* (45 and more)\nShow all');
  });

  test('one that is no longer there is the last; of nothing there is one', () => {
    expect(wordsIn(pageView(home, { list: 'past', page: 99 }, known).blocks)).toContain('Page 3 of 3');
    const none = pageView(NOTHING, { list: 'waiting', page: 2 }, known);
    expect(checkModal(none)).toEqual([]);
    expect(wordsIn(none.blocks)).toContain('Nothing is waiting for you');
  });

  test('offer nothing that opens a window of its own', () => {
    const waiting = pageView({ ...NOTHING, waiting: [waits] }, { list: 'waiting', page: 1 }, known);
    expect(labels(waiting)).toEqual([['Approve', 'Why?', 'Show']]);
  });

  test.each(['', 'past', 'past.0', 'past.1.2', 'nothing.1', 'constructor.1', 'past.99999', 7, undefined])(
    '%j is no page',
    (value) => {
      expect(parsePage(value)).toBeUndefined();
    },
  );
});

describe('the value of an option', () => {
  test('is the press on a button, and nothing else is', () => {
    const value = menuValue(button('approve', 'Approve', `${ID}.3.manager`));
    expect(parseMenuValue(value)).toEqual({ action: 'approve', value: `${ID}.3.manager` });
    for (const odd of ['approve', 'approve ', ' x', 'Approve x', `approve a b`, 7, null])
      expect(parseMenuValue(odd)).toBeUndefined();
  });

  test('is not written where Slack would refuse it', () => {
    expect(menuValue(button('approve', 'Approve', `${ID}.3.${'s'.repeat(200)}`))).toBeUndefined();
  });
});

/** Ids of requests are unique; those of this test need only be so within their list. */
function unique(view: HomeView): HomeView {
  return { ...view, blocks: view.blocks.map((block, n) => ({ ...block, block_id: `b${n}` })) };
}
