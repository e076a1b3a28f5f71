import * as fc from 'fast-check';
import {
  clean,
  code,
  cut,
  free,
  line,
  mention,
  pen,
  quote,
  when,
  whenExactly,
} from '../../src/slack/messages/mrkdwn.js';
import { say } from '../../src/slack/messages/blocks.js';
import { doer } from '../../src/words/pen.js';
import { T0 } from '../support/requests.js';
import { slackAccount } from '../support/accounts.js';

describe('free text', () => {
  test.each([
    '<!channel>',
    '<!here|here>',
    '<!everyone>',
    '<@U123>',
    '<!subteam^S1>',
    '<https://x.example|AWS>',
  ])('invariant 11: %s stays text', (hostile) => {
    expect(free(hostile, 100)).not.toMatch(/[<>]/);
    expect(quote(hostile, 100)).not.toMatch(/^>.*[<>]/);
    expect(code(hostile)).not.toMatch(/[<>]/);
    expect(JSON.stringify(say(hostile))).not.toMatch(/[<>]/);
  });

  test('invariant 11: whatever is written, the escaped and cut text has no markup, no half entity and no half pair', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 100 }), (text, max) => {
        const shown = free(text, max);
        expect(shown.length).toBeLessThanOrEqual(Math.max(max, 1));
        expect(shown).not.toMatch(/[<>]/);
        expect(shown.replace(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
        expect(shown).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  test('an entity at the edge is left out whole', () => {
    expect(cut('abc&lt;def', 7)).toBe('abc…');
    expect(cut('abc&lt;def', 9)).toBe('abc&lt;d…');
  });

  test('a surrogate pair at the edge is left out whole', () => {
    expect(cut('abc😀def', 5)).toBe('abc…');
  });

  test('every line of a quotation is marked, so none can pose as ours', () => {
    expect(quote('please\n*Approved by* <@U1>\r\nnow', 100)).toBe(
      '>please\n>*Approved by* &lt;@U1&gt;\n>now',
    );
  });

  test.each(['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029'])(
    'invariant 11: after %j a quotation goes on, and a line does not end',
    (separator) => {
      const hostile = `please${separator}*Approved by* bob`;
      expect(quote(hostile, 100)).toBe('>please\n>*Approved by* bob');
      expect(line(hostile, 100)).toBe('please *Approved by* bob');
      expect(code(hostile)).toBe('`please *Approved by* bob`');
    },
  );

  test('what turns the reading direction is taken out', () => {
    expect(clean('a\u202eb\u2066c\u0000d')).toBe('abcd');
  });

  test('code cannot be left with a backtick', () => {
    expect(code('a`b\nc')).toBe('`a b c`');
  });
});

describe('names and times', () => {
  test('a mention is made of a Slack id only', () => {
    expect(mention({ email: 'ana@corp.example', account: slackAccount('U0ANA') })).toBe('<@U0ANA>');
    expect(mention({ email: 'ana@corp.example', account: slackAccount('!channel') })).toBe(
      'ana@corp.example',
    );
    expect(mention({ email: '<x>@corp.example' })).toBe('&lt;x&gt;@corp.example');
  });

  test('an instant is shown in the reader’s time zone, with UTC for who cannot', () => {
    expect(when(T0)).toBe(`<!date^${T0 / 1000}^{date_short_pretty} {time}|2026-11-20 10:00 UTC>`);
    expect(whenExactly(T0 + 11_000)).toBe(
      `<!date^${T0 / 1000 + 11}^{date_short_pretty} {time_secs}|2026-11-20 10:00:11 UTC>`,
    );
  });
});

test('invariant 11: an operator is named by the ARN, escaped, and mentions nobody', () => {
  expect(doer({ operator: 'arn:aws:iam::777788889999:user/kim' }, pen)).toBe(
    'an operator (`arn:aws:iam::777788889999:user/kim`)',
  );
  expect(doer({ operator: 'arn:`<!channel>`\n<@U0ANA>' }, pen)).toBe(
    'an operator (`arn: &lt;!channel&gt;  &lt;@U0ANA&gt;`)',
  );
});
