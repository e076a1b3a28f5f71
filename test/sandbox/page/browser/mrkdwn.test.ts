import * as fc from 'fast-check';
import {
  mrkdwn,
  type Inline,
  type Paragraph,
} from '../../../../src/sandbox/page/browser/slack/text/mrkdwn.js';
import { growth } from '../../../support/growth.js';

/** As a short line: what stands in which mark. */
function drawn(paragraphs: Paragraph[]): string {
  return paragraphs.map(({ kind, inside }) => (kind === 'text' ? '' : `${kind}:`) + line(inside)).join(' / ');
}
function line(inlines: Inline[]): string {
  return inlines
    .map((one) => {
      if (one.kind === 'text') return one.text;
      if ('inside' in one) return `[${one.kind} ${line(one.inside)}]`;
      const { kind, ...rest } = one;
      return `[${kind} ${Object.values(rest).join(' ')}]`;
    })
    .join('');
}
const read = (text: string) => drawn(mrkdwn(text));

describe('marks', () => {
  test.each([
    ['*bold*, _italic_ and ~gone~', '[bold bold], [italic italic] and [strike gone]'],
    ['*a _b_ c*', '[bold a [italic b] c]'],
    ['_*both*_', '[italic [bold both]]'],
    ['(*in brackets*)', '([bold in brackets])'],
    ['*one* *two*', '[bold one] [bold two]'],
    ['*Grüße*', '[bold Grüße]'],
    ['*<@U1>*', '[bold [user U1]]'],
  ])('%s is drawn as Slack draws it', (text, expected) => expect(read(text)).toBe(expected));

  test.each([
    ['a*b*c'],
    ['snake_case_name'],
    ['2 * 3 * 4'],
    ['* not bold*'],
    ['*not bold *'],
    ['*no end'],
    ['no start*'],
    ['**'],
    ['*'],
    ['****'],
    ['`'],
    ['``'],
    ['```'],
    ['*over\nlines*'],
    [':tada: stays'],
    ['• one\n• two'],
  ])('%j stands as it is', (text) => expect(read(text)).toBe(text));

  test('what crosses is closed by what began first', () => {
    expect(read('*a _b* c_')).toBe('[bold a _b] c_');
  });
});

describe('code, and quotations', () => {
  test.each([
    ['`a *b* c`', '[code a *b* c]'],
    ['*`a`*', '[bold [code a]]'],
    ['`&lt;b&gt; &amp;amp;`', '[code <b> &amp;]'],
    ['```\nexport A=*1*\n  B\n```', 'pre:export A=*1*\n  B'],
    ['before\n```x``` after', 'before / pre:x /  after'],
    ['a ``` b', 'a ``` b'],
    ['> one\n&gt; *two*\nthree', 'quote:one\n[bold two] / three'],
    ['*Why*\n>x', '[bold Why] / quote:x'],
    ['a > b', 'a > b'],
    ['', ''],
  ])('%j', (text, expected) => expect(read(text)).toBe(expected));
});

describe('references', () => {
  test.each([
    ['<@U1>', '[user U1]'],
    ['<@U1|ana>', '[user U1 ana]'],
    ['<#C1|access>', '[channel C1 access]'],
    ['<!subteam^S1|@dba>', '[group S1 @dba]'],
    ['<!here> <!channel> <!everyone>', '[everyone here] [everyone channel] [everyone everyone]'],
    [
      '<https://example.com/a?b=1&amp;c=2|see &lt;here&gt;>',
      '[link https://example.com/a?b=1&c=2 see <here>]',
    ],
    ['<https://example.com>', '[link https://example.com https://example.com]'],
    ['<mailto:a@b.example|a>', '[link mailto:a@b.example a]'],
    ['<https://a.example/*x*|*y*>', '[link https://a.example/*x* *y*]'],
    ['<!date^1763649005^{date_num}|then>', '[date 1763649005 {date_num} then]'],
    ['<!date^1^{time}^https://a.example|then>', '[date 1 {time} then https://a.example]'],
    ['<!date^soon^{time}|then>', '[date NaN {time} then]'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected));
});

describe('hostile texts', () => {
  test.each([
    ['<javascript:alert(1)|click>'],
    ['<data:text/html,x|click>'],
    ['<JaVaScRiPt:alert(1)>'],
    ['<//evil.example|click>'],
    ['<https://|click>'],
    ['<img src=x onerror=alert(1)>'],
    ['<script>alert(1)</script>'],
    ['<@U1'],
    ['<>'],
    ['<|x>'],
    ['<@U1 onclick>'],
  ])('%s is text', (text) => expect(read(text)).toBe(text));

  test('a date leads nowhere that a link could not', () => {
    expect(mrkdwn('<!date^1^{time}^javascript:alert(1)|then>')[0]?.inside).toEqual([
      { kind: 'date', seconds: 1, format: '{time}', fallback: 'then' },
    ]);
  });

  test('escaped text makes no mention, and is unescaped only once', () => {
    expect(read('&lt;!channel&gt; &amp;lt;@U1&amp;gt;')).toBe('<!channel> &lt;@U1&gt;');
  });

  test('every text can be read, and loses nothing but marks', () => {
    const hostile = fc.array(
      fc.constantFrom(...'* _ ~ ` < > | & ^ ! @ # a'.split(' '), ' ', '\n', '&lt;', '```', '<@U1>'),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = parts.join('');
        const letters = (one: string) => one.replace(/[^a]/g, '').length;
        expect(letters(read(text.replaceAll('&lt;', '')).replace(/\[\w+ /g, ''))).toBe(
          letters(text.replaceAll('&lt;', '')),
        );
      }),
    );
  });

  test.each(['*a ', '_', '<', '`', '```', '> ', '*_~', '<@U1'])(
    '3,000 characters of %j are read at once',
    async (part) => {
      const reading = (length: number) => {
        const text = part.repeat(length / part.length);
        return () => mrkdwn(text);
      };
      // Slack takes no more than these: to compare each with each, 4 times, is well enough; each pair with each, 16, is not.
      expect(await growth(3000, reading, 4)).toBeLessThan(8);
    },
  );
});
