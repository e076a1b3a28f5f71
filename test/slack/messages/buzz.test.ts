import type { Event } from '../../../src/domain/request/event.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import { buzz, type BuzzNews } from '../../../src/slack/messages/buzz.js';
import {
  actionsIn,
  deniedBy,
  hostileAfter,
  later,
  laterComplete,
  laterInDoubt,
  lives,
  takenBack,
  viewOf,
  talkedAfter,
} from '../../support/messages.js';
import {
  active,
  ana,
  approved,
  bob,
  closed,
  closedAs,
  complete,
  HOUR,
  min,
  pending,
  started,
  T0,
  sam,
} from '../../support/requests.js';
import { directory, stateAfter, wordsIn } from '../../support/slack.js';

const ALL: BuzzNews[] = [
  'decided',
  'active',
  'ending-soon',
  'ended',
  'question',
  'shortened',
  'scheduled',
  'doubted',
];
const hear = (news: BuzzNews, events: Event[], change: Parameters<typeof talkedAfter>[1] = {}) => {
  const message = buzz(news, viewOf(talkedAfter(events, change)), directory, grantKinds);
  return message && wordsIn(message.blocks);
};
const session = { kind: 'sts-session', account: '111122223333', config: {}, hash: 'h' };
const failed = [...approved, started('failed'), closedAs('failed')];
const released: Event[] = [...active, { ...started('released'), by: ana }, closedAs('released')];
const AT = '<!date\\^\\d+\\^[^>]*>';
const IT = '\\*Orders database admin\\*';

describe('a phone buzzes', () => {
  test.each([
    [
      'approved',
      'decided',
      approved,
      `Your request for ${IT} for 1 hour is approved by <@UBOB>\\. Access is being set up\\.`,
    ],
    [
      'denied, with why',
      'decided',
      deniedBy('not today\n<!here>'),
      `Your request for ${IT} for 1 hour was denied by <@UBOB>\\.\n>not today &lt;!here&gt;`,
    ],
    [
      'denied in somebody’s place',
      'decided',
      deniedBy('no', { delegatedBy: sam }),
      `Your request for ${IT} for 1 hour was denied by <@UBOB>, standing in for <@USAM>\\.\n>no`,
    ],
    ['active', 'active', active, `You have ${IT} until ${AT}, approved by <@UBOB>\\.\n.*`],
    [
      'decided and active at once, with one message',
      'decided',
      active,
      `You have ${IT} until ${AT}, approved by <@UBOB>\\.\n.*`,
    ],
    [
      'approved for later',
      'scheduled',
      laterComplete,
      `Your request for ${IT} for 1 hour from ${AT} is approved by <@UBOB>\\.\nIt begins then, .*`,
    ],
    [
      'in doubt before its start',
      'doubted',
      laterInDoubt,
      `Your request for ${IT} for 1 hour from ${AT} would be refused at its start, as things are now\\.\n.*`,
    ],
    ['ending soon', 'ending-soon', active, `${IT} ends ${AT}\\. If you need longer, ask again with /jit\\.`],
    [
      'taken back by somebody else, with why',
      'ended',
      takenBack('we need it'),
      `Your access ${IT} was taken back by <@USAM>\\.\n>we need it`,
    ],
    [
      'taken back without a word',
      'ended',
      takenBack(' \u200b'),
      `Your access ${IT} was taken back by <@USAM>\\.`,
    ],
    [
      'not set up',
      'ended',
      failed,
      `${IT} was approved, but could not be set up\\.\nThe message about your request says why\\.`,
    ],
    [
      'lapsed',
      'ended',
      [...pending('manager'), { type: 'RequestLapsed', at: min(480), by: 'jit' }],
      `Your request for ${IT} for 1 hour has lapsed: nobody decided in time\\.\nYou can ask again with /jit\\.`,
    ],
  ] as [string, BuzzNews, Event[], string][])('when it is %s', (_, news, events, words) => {
    expect(hear(news, events)).toMatch(new RegExp(`^${words}$`));
  });

  test('with where the button is to open a session', () => {
    expect(hear('active', active, { grant: session })).toContain(
      '\nOpen a session from the message about your request.',
    );
  });

  test('when somebody asks, with the newest question that is not answered', () => {
    const asking = { by: bob, text: 'On <!here>\nor there?', at: T0 };
    const questions = [{ ...asking, text: 'older' }, asking];
    expect(hear('question', pending('manager'), { questions })).toBe(
      '<@UBOB> asks about *Orders database admin* for 1 hour:\n>On &lt;!here&gt; or there?',
    );
    const answered = [{ ...asking, answer: { text: 'yes', at: T0 } }];
    expect(hear('question', pending('manager'), { questions: answered })).toBeUndefined();
    expect(hear('question', active, { questions })).toBeUndefined();
  });

  test('when it is for less time', () => {
    const shortened = { shortened: [{ from: 4 * HOUR, by: bob, at: T0 }] };
    const less = '<@UBOB> approved it for 1 hour instead of 4 hours.';
    expect(hear('shortened', pending('manager'), shortened)).toBe(
      `Your request for *Orders database admin*: ${less}`,
    );
    expect(hear('active', active, shortened)).toContain(`\n${less}`);
    expect(hear('shortened', pending('manager'))).toBeUndefined();
  });
});

describe('a phone stays still', () => {
  test.each([
    ['what ended on time', 'ended', closed],
    ['what they handed back', 'ended', released],
    [
      'what they cancelled',
      'ended',
      [...pending('manager'), { type: 'RequestCancelled', at: min(2), by: ana }],
    ],
    ['a denial, told already', 'ended', deniedBy('no')],
    ['an approval that is over', 'decided', closed],
    ['access that is over', 'active', closed],
    ['an end that has come', 'ending-soon', closed],
    ['no question', 'question', pending('manager')],
    ['a start that nobody has agreed to', 'scheduled', later('manager')],
    ['one that begins at once', 'scheduled', complete],
    ['a start that nothing is in the way of', 'doubted', laterComplete],
  ] as [string, BuzzNews, Event[]][])('for %s', (_, news, events) => {
    expect(hear(news, events)).toBeUndefined();
  });
});

test.each(lives)('about %s: a line or two, and no buttons', (_, events) => {
  for (const state of [stateAfter(events), hostileAfter(events)])
    for (const news of ALL) {
      const message = buzz(news, viewOf(state), directory, grantKinds);
      if (!message) continue;
      expect(wordsIn(message.blocks).split('\n').length).toBeLessThanOrEqual(2);
      expect(actionsIn(message.blocks)).toEqual([]);
    }
});
