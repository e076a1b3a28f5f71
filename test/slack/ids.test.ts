import {
  answerValue,
  bare,
  parseAnswerValue,
  parseRequestValue,
  parseStageValue,
  parseTypedId,
  stageValue,
} from '../../src/slack/ids.js';
import { ID } from '../support/slack.js';
import { growth } from '../support/growth.js';

describe('what a button carries', () => {
  test('a stage, a revision and a request come back as they were', () => {
    const button = { id: ID, stage: 'two-person-rule', revision: 12 };
    expect(parseStageValue(stageValue(button))).toEqual(button);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', { id: ID }],
    ['an array', [`${ID}.0.security`]],
    ['an empty text', ''],
    ['an id alone', ID],
    ['a lower-case id', `${ID.toLowerCase()}.0.security`],
    ['an id with a letter that Crockford leaves out', `${ID.slice(0, 25)}U.0.security`],
    ['an id too large for 128 bits', `8${ID.slice(1)}.0.security`],
    ['a revision that is none', `${ID}.x.security`],
    ['a negative revision', `${ID}.-1.security`],
    ['a very large revision', `${ID}.99999999.security`],
    ['a stage in upper case', `${ID}.0.Security`],
    ['a stage with a space', `${ID}.0.security team`],
    ['a second line', `${ID}.0.security\n`],
    ['more parts', `${ID}.0.security.1`],
    ['a very long stage', `${ID}.0.${'a'.repeat(201)}`],
    ['megabytes', 'a'.repeat(5_000_000)],
  ])('%s is not a button of ours', (_, value) => {
    expect(parseStageValue(value)).toBeUndefined();
  });

  test.each([undefined, null, 1, '', ID.toLowerCase(), `${ID}\n`, ` ${ID}`, `${ID}.0.security`])(
    'a request value is exactly an id: %p is none',
    (value) => {
      expect(parseRequestValue(value)).toBeUndefined();
    },
  );

  test('a question of a request comes back as it was, and nothing else is one', () => {
    for (const question of [1, 5, 99])
      expect(parseAnswerValue(answerValue({ id: ID, question }))).toEqual({ id: ID, question });
    const others = [
      undefined,
      7,
      '',
      ID,
      `${ID}.0`,
      `${ID}.100`,
      `${ID}.-1`,
      `${ID}.1\n`,
      `${ID}.1.1`,
      `${ID}.0.security`,
    ];
    for (const other of others) expect(parseAnswerValue(other)).toBeUndefined();
  });

  test('people may type an id in any case', () => {
    expect(parseTypedId(ID.toLowerCase())).toBe(ID);
    expect(parseTypedId('orders-db-admin')).toBeUndefined();
  });

  test.each([
    `\`${ID}\``,
    `\`${ID.toLowerCase()}\`.`,
    `*${ID}*`,
    `_${ID}_`,
    `<${ID}>`,
    `“${ID}”`,
    `‘${ID}’`,
    `"${ID}",`,
    `«${ID}»`,
    `(${ID})`,
    `\u2060${ID}\u200b`,
  ])('and copy it from a message, or have a phone write around it: %s', (written) => {
    expect(parseTypedId(written)).toBe(ID);
  });

  test('but no two, and nothing within', () => {
    for (const written of [`${ID}${ID}`, `${ID.slice(0, 13)}-${ID.slice(13)}`, `${ID}x`, '``', ''])
      expect(parseTypedId(written)).toBeUndefined();
  });

  test('a word of a megabyte takes no time', async () => {
    const word = (length: number) => '!'.repeat(length);
    expect(bare(word(1_000_000))).toBe('');
    expect(await growth(1_000_000, (length) => () => bare(word(length)))).toBeLessThan(4);
  });
});
