import * as fc from 'fast-check';
import type { DirectoryConfig } from '../../../src/domain/directory.js';
import type { Event } from '../../../src/domain/request/event.js';
import type { State } from '../../../src/domain/request/state.js';
import type { AboutRequester, RequestView } from '../../../src/ports/messages.js';
import { card, decided, record } from '../../../src/slack/messages/card.js';
import type { CardPlacing } from '../../../src/slack/messages/parts/whose-turn.js';
import { actionsIn, deniedBy, lives, takenBack, talking, viewOf } from '../../support/messages.js';
import {
  active,
  ana,
  approved,
  bob,
  closed,
  closedAs,
  HOUR,
  kim,
  min,
  MINUTE,
  pending,
  person,
  sam,
  started,
  T0,
  voted,
} from '../../support/requests.js';
import { directory, ID, problemsOf, stateAfter, wordsIn } from '../../support/slack.js';
import { tries } from '../../support/tries.js';

const DAY = 24 * HOUR;
const names = { accountNames: { '111122223333': 'Corp Prod' } };
const named: DirectoryConfig = { ...directory, ...names };
const open = stateAfter(pending('manager, 2 of security'));
const never: AboutRequester['asked'] = { times: 0, approved: 0, denied: 0, since: T0 - 90 * DAY };
const cardOf = (state: State, stage = 0) => card(viewOf(state), state.chain[stage]!, directory);
const wordsOf = (view: RequestView, where?: CardPlacing, stage = 0) =>
  wordsIn(card(view, view.state.chain[stage]!, named, where).blocks);

describe('the card of an open stage', () => {
  test('says at a glance who asks for what, where, how risky, why, and whom it waits for', () => {
    const { text, blocks } = card(
      viewOf(open, { about: { title: 'Backend engineer', live: [], asked: never } }),
      open.chain[0]!,
      named,
    );
    expect(text).toBe('<@UANA> asks for *Orders database admin* for 1 hour (high risk)');
    expect(blocks.slice(0, 3).map((block) => wordsIn(block))).toEqual([
      '<@UANA> (Backend engineer) asks for *Orders database admin* for 1 hour\n' +
        'Schema changes on the orders database.\n' +
        'production · Corp Prod · *high risk*',
      '>fixing OPS-12',
      'Needs approval from <@UBOB>.',
    ]);
    expect(wordsIn(blocks.at(-1))).toBe(
      `Request \`${ID}\` · stage manager · account \`111122223333\` · policy \`production\``,
    );
  });

  test('carries its buttons for this stage and revision while it is open', () => {
    const { blocks } = cardOf({ ...open, revision: 3 });
    expect(actionsIn(blocks)).toEqual(['approve', 'deny', 'shorten', 'question', 'explain']);
    expect(JSON.stringify(blocks)).toContain(`"value":"${ID}.3.manager"`);
  });

  test('offers to approve less only where there is less', () => {
    const { blocks } = card(viewOf(open, { canShorten: false }), open.chain[0]!, directory);
    expect(actionsIn(blocks)).toEqual(['approve', 'deny', 'question', 'explain']);
  });

  test('asks again before high risk is approved, and not otherwise', () => {
    const low: State = { ...open, entitlement: { ...open.entitlement, risk: 'low' } };
    expect(JSON.stringify(cardOf(open).blocks)).toContain('"confirm":{"title"');
    expect(JSON.stringify(cardOf(low).blocks)).not.toContain('"confirm"');
  });

  test('without a name of the account that says more, the first lines have the environment only', () => {
    const called = { ...directory, accountNames: { '111122223333': 'Production' } };
    for (const { blocks } of [cardOf(open), card(viewOf(open), open.chain[0]!, called)])
      expect(wordsIn(blocks[0])).toMatch(/\nproduction · \*high risk\*$/);
  });

  test('shows a ticket, and a title only where there is one', () => {
    expect(wordsIn(cardOf({ ...open, ticket: 'OPS-12' }).blocks[1])).toBe('>fixing OPS-12\nTicket OPS-12');
    const about = { title: ' \u200e ', live: [], asked: never };
    expect(wordsOf(viewOf(open, { about }))).toMatch(/^<@UANA> asks for/);
  });

  test('counts the votes, and says who agreed before', () => {
    const half = stateAfter(pending('2 of security', voted(sam, 'security')));
    expect(wordsOf(viewOf(half))).toContain('1 of 2 approved by <@USAM>.');
    const second = stateAfter(pending('manager, security', voted(bob, 'manager')));
    expect(wordsOf(viewOf(second), undefined, 1)).toContain('Already approved by <@UBOB>.');
  });

  test('names a user group, or up to ten people and how many more there are', () => {
    const wordsFor = (text: string, people: RequestView['asked']) =>
      wordsOf(viewOf(stateAfter(pending(text)), { asked: people }));
    const many = Array.from({ length: 11 }, (_, n) => person(`p${n}`));
    expect(wordsFor('dba', {})).toContain('Needs approval from <!subteam^S0DBA>.');
    expect(wordsFor('owners', {})).toContain('Needs approval from <!subteam^S0DBA>.');
    expect(wordsFor('2 of security', { security: [sam, kim, bob] })).toContain(
      'Needs approval from 2 of <@USAM>, <@UKIM> and <@UBOB>.',
    );
    expect(wordsFor('2 of security', { security: [sam, kim] })).toContain('from <@USAM> and <@UKIM>.');
    expect(wordsFor('security', { security: many.slice(1) })).toContain('<@UP10>');
    expect(wordsFor('security', { security: many })).toContain('<@UP9> and 1 more in security');
    expect(wordsFor('security', {})).toContain('Needs approval from security.');
    expect(wordsFor('security', { security: [ana, sam] })).toContain('from <@USAM>.');
  });

  test('says what was asked and answered, and what waits for an answer', () => {
    const asking = { by: bob, text: 'On <!channel>?', at: T0 };
    const questions = [{ ...asking, answer: { text: 'No, on the replica.', at: T0 } }, asking];
    const words = wordsOf(viewOf(talking(open, { questions })));
    expect(words).toContain(
      '<@UBOB> asked:\n>On &lt;!channel&gt;?\n<@UANA> answered:\n>No, on the replica.\n' +
        '<@UBOB> asked:\n>On &lt;!channel&gt;?\nNot answered yet.',
    );
    const many = { questions: Array.from({ length: 7 }, () => asking) };
    expect(wordsOf(viewOf(talking(open, many)))).toContain('2 earlier questions are on record.');
  });

  test('says that it is for less than was asked', () => {
    const shortened = [{ from: 4 * HOUR, by: bob, at: T0 }];
    expect(wordsOf(viewOf(talking(open, { shortened })))).toContain(
      '<@UBOB> approved it for 1 hour instead of 4 hours.',
    );
  });

  test('the same request gives the same card, whatever the time', () => {
    expect(cardOf(stateAfter(active))).toEqual(cardOf(stateAfter(active)));
  });
});

describe('a copy of the card tells its reader why it is they', () => {
  test.each([
    ['manager', 'You are asked because you are <@UANA>’s manager.'],
    ['dba', 'You are asked because you are in *dba*.'],
    ['owners', 'You are asked because you are in *dba*, which owns this.'],
  ])('%s', (stage, why) => {
    expect(wordsOf(viewOf(stateAfter(pending(stage))), 'direct')).toContain(why);
  });

  test('of several owners, it is one of them', () => {
    const state = stateAfter(pending('owners'));
    const owners = ['dba', 'payments'];
    expect(wordsOf(viewOf({ ...state, entitlement: { ...state.entitlement, owners } }), 'direct')).toContain(
      'because you are in *dba* or *payments*, which own this.',
    );
  });

  test('how far others are is not said, since it is not drawn again at each vote', () => {
    const half = stateAfter(pending('2 of security', voted(sam, 'security')));
    const before = card(viewOf(stateAfter(pending('2 of security'))), half.chain[0]!, directory, 'direct');
    expect(card(viewOf(half), half.chain[0]!, directory, 'direct')).toEqual(before);
    expect(wordsIn(before.blocks)).toContain('2 of you must approve.');
  });

  test('invariant 15: what it says once its reader has nothing more to decide stays true, whatever comes', () => {
    const half = stateAfter(pending('2 of security', voted(sam, 'security')));
    const done = decided(viewOf(half), half.chain[0]!);
    expect(done.text).toBe('<@UANA> · *Orders database admin* · approved by <@USAM>');
    expect(actionsIn(done.blocks)).toEqual([]);
    expect(decided(viewOf(open), open.chain[0]!).text).toBe(
      '<@UANA> · *Orders database admin* · your approval is not needed any more',
    );
    // A second line about the same request tells itself from the first.
    const { chain, votes, requestedAt, ruling, revision } = half;
    const more = { number: 1, more: 1_800_000, total: 5_400_000, endsAt: min(90) };
    const extension = { ...more, chain, votes, requestedAt, ruling, revision };
    expect(decided({ ...viewOf(half), extension }, chain[0]!).text).toBe(
      '<@UANA> · *Orders database admin* · 30 minutes more · approved by <@USAM>',
    );
  });
});

describe('what is known of the requester', () => {
  const known = (about: Partial<AboutRequester>) =>
    wordsOf(viewOf(open, { about: { live: [], asked: never, ...about } }));

  test('what they have', () => {
    expect(known({})).toContain('No other access now.');
    const live = ['Orders logs', '<!here>', 'C', 'D', 'E'].map((name, n) => ({ name, until: min(n) }));
    expect(known({ live: live.slice(0, 1) })).toMatch(/Also has Orders logs until <!date\^\d+\^[^>]*>\./);
    expect(known({ live })).toMatch(/, &lt;!here&gt; until .*, C until .* and 2 more\./);
  });

  test('how often they asked, and how it went', () => {
    const since = T0 - 90 * DAY;
    expect(known({})).toContain('First request for this in 90 days.');
    expect(known({ asked: { times: 1, approved: 1, denied: 0, since } })).toContain(
      'Asked for this once in 90 days: 1 approved.',
    );
    expect(known({ asked: { times: 6, approved: 3, denied: 1, since } })).toContain(
      'Asked for this 6 times in 90 days: 3 approved, 1 denied and 2 without a decision.',
    );
    expect(known({ asked: { ...never, since: since + 1 } })).toMatch(
      /First request for this since <!date\^\d+\^\{date_short\}\|2026-08-22>\./,
    );
  });

  test('invariant 15: nothing is said of what could not be looked up', () => {
    expect(wordsOf(viewOf(open))).not.toMatch(/other access|for this (?:in|since)|ends it/);
  });

  test('who ends the access', () => {
    expect(wordsOf(viewOf(open, { endsAlone: true }))).toContain('AWS ends it on time, even with jit down.');
    expect(wordsOf(viewOf(open, { endsAlone: false }))).toContain('jit ends it; AWS alone would not.');
  });
});

describe('the record that a card ends as', () => {
  const lineOf = (events: Event[], stage = 0) => {
    const state = stateAfter(events);
    const { text, blocks } = card(viewOf(state), state.chain[stage]!, directory);
    expect(blocks).toHaveLength(1);
    expect(wordsIn(blocks)).toBe(text);
    expect(text).not.toContain('\n');
    return text;
  };
  const AT = '<!date\\^\\d+\\^[^>]*>';
  const begins = '<@UANA> · *Orders database admin* · 1 hour · ';

  test.each([
    [
      'waiting for others',
      pending('manager, security', voted(bob, 'manager')),
      'approved by <@UBOB> · waiting for security',
    ],
    [
      'waiting for the owners',
      pending('manager, owners', voted(bob, 'manager')),
      'approved by <@UBOB> · waiting for the owners',
    ],
    [
      'complete',
      pending('manager', voted(bob, 'manager')),
      'approved by <@UBOB> · one last check is running',
    ],
    ['being set up', approved, 'approved by <@UBOB> · being set up'],
    ['active', active, `approved by <@UBOB> · until ${AT}`],
    ['ending', [...active, started('expired')], 'approved by <@UBOB> · ending'],
    ['on time', closed, `approved by <@UBOB> · ended on time, ${AT}`],
    [
      'handed back',
      [...active, { ...started('released'), by: ana }, { ...closedAs('released'), at: min(25) }],
      'approved by <@UBOB> · handed back, gone after 20 minutes',
    ],
    ['taken back', takenBack('now'), 'approved by <@UBOB> · taken back by <@USAM>, gone after 1 h 5 min'],
    [
      'failed',
      [...approved, started('failed'), closedAs('failed')],
      'approved by <@UBOB> · could not be set up',
    ],
    ['denied', deniedBy('not today'), 'denied by <@UBOB>'],
    [
      'denied in somebody’s place',
      deniedBy('no', { delegatedBy: sam }),
      'denied by <@UBOB>, standing in for <@USAM>',
    ],
    ['cancelled', [...pending('manager'), { type: 'RequestCancelled', at: min(2), by: ana }], 'cancelled'],
    [
      'lapsed',
      [...pending('manager'), { type: 'RequestLapsed', at: min(480), by: 'jit' }],
      'nobody decided in time',
    ],
  ] as [string, Event[], string][])('is one line: %s', (_, events, rest) => {
    const text = lineOf(events);
    expect(text.startsWith(begins)).toBe(true);
    expect(text.slice(begins.length)).toMatch(new RegExp(`^${rest.replace(/[.]/g, '\\.')}$`));
  });

  test('names those who approved this stage while others still have to, and all of them in the end', () => {
    const both = pending(
      'manager, 2 of security',
      voted(bob, 'manager'),
      voted(sam, 'security'),
      voted(kim, 'security'),
    );
    const state = stateAfter(both);
    expect(record(viewOf(state), state.chain[1]!, directory).text).toContain(
      'approved by <@USAM> and <@UKIM> ·',
    );
    const done = stateAfter([...both, approved.at(-1)!]);
    expect(record(viewOf(done), done.chain[1]!, directory).text).toContain(
      'approved by <@UBOB>, <@USAM> and <@UKIM> ·',
    );
  });

  test('has no buttons before AWS has been asked, and for a later stage', () => {
    expect(actionsIn(cardOf(stateAfter(pending('manager').slice(0, 1))).blocks)).toEqual([]);
    expect(actionsIn(cardOf(open, 1).blocks)).toEqual([]);
  });
});

// What a regular expression in a policy folder looks like, what AWS and jit call things.
const ID_LIKE = /01[0-9A-HJKMNP-TV-Z]{24}|arn:|\b\d{12}\b|\[[A-Z]-|\\d|orders-db-admin|production-two/;
const words = fc
  .array(fc.stringMatching(/^[\p{Lu}\p{Ll}\u0590-\u06ff]{1,12}$/u), { minLength: 1, maxLength: 12 })
  .map((all) => all.join(' '));
const views: fc.Arbitrary<{ view: RequestView; where: CardPlacing }> = fc
  .record({
    name: words,
    description: words,
    environment: words,
    justification: words,
    title: fc.option(words, { nil: undefined }),
    risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
    live: fc.array(fc.record({ name: words, until: fc.integer({ min: T0, max: T0 + DAY }) }), {
      maxLength: 9,
    }),
    times: fc.nat({ max: 99 }),
    minutes: fc.integer({ min: 1, max: 7 * 24 * 60 }),
    text: fc.constantFrom('manager', 'owners', 'dba', 'security', '2 of security', 'manager, 2 of security'),
    where: fc.constantFrom('channel' as const, 'direct' as const),
    said: fc.array(words, { maxLength: 5 }),
    endsAlone: fc.boolean(),
  })
  .map(({ text, title, live, times, minutes, said, where, endsAlone, ...rest }) => {
    const { name, description, environment, justification, risk } = rest;
    const questions = said.map((one) => ({ by: bob, text: one, at: T0 }));
    const state = talking(stateAfter(pending(text)), { questions });
    const asked = { times, approved: 0, denied: times, since: T0 - 90 * DAY };
    return {
      where,
      view: viewOf(
        {
          ...state,
          justification,
          duration: minutes * MINUTE,
          entitlement: { ...state.entitlement, name, description, environment, risk },
        },
        { about: { ...(title !== undefined && { title }), live, asked }, endsAlone },
      ),
    };
  });

test('no id, no pattern and no number of an account stands in the first three blocks of any open card', () => {
  fc.assert(
    fc.property(views, ({ view, where }) => {
      const message = card(view, view.state.chain[0]!, named, where);
      expect(problemsOf(message)).toEqual([]);
      expect(wordsIn(message.blocks.slice(0, 3))).not.toMatch(ID_LIKE);
      expect(message.text).not.toMatch(ID_LIKE);
      expect(wordsIn(message.blocks.at(-1))).toContain(`Request \`${ID}\``);
    }),
    { numRuns: tries(200, 3_000) },
  );
});

test('each way in which a request stands gives a card or a record that Slack takes', () => {
  for (const [, events] of lives) {
    const state = stateAfter(events);
    for (const stage of state.chain) expect(problemsOf(card(viewOf(state), stage, named))).toEqual([]);
  }
});
