import { checkBlocks, checkModal } from '../../../src/sandbox/slack/block-kit/blocks.js';
import { FORM } from '../../support/sandbox-slack.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const long = (length: number) => 'x'.repeat(length);
const section = { type: 'section', text: { type: 'mrkdwn', text: 'hello' } };
const button = { type: 'button', action_id: 'approve', text: plain('Approve') };
const option = (n: number) => ({ text: plain(`option ${n}`), value: `${n}` });
const select = { type: 'static_select', action_id: 'pick', options: [option(1)] };
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const many = (count: number, item: (n: number) => object) => Array.from({ length: count }, (_, n) => item(n));

describe('a message', () => {
  test.each<[string, unknown, string]>([
    ['that is not a list', {}, 'must be an array [json-pointer:/blocks]'],
    ['with 51 blocks', many(51, () => section), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [
      'with an unknown block',
      [{ type: 'hologram' }],
      'unsupported type: hologram [json-pointer:/blocks/0/type]',
    ],
    ['with an empty section', [{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'with an empty text',
      [{ type: 'section', text: plain('') }],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'with a section of 3,001 characters',
      [{ type: 'section', text: plain(long(3001)) }],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'with a field of 2,001',
      [{ type: 'section', fields: [plain(long(2001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'with a header of 151',
      [{ type: 'header', text: plain(long(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'with a misspelt member',
      [{ ...section, blockid: 'a' }],
      'invalid additional property: blockid [json-pointer:/blocks/0]',
    ],
    [
      'with mrkdwn on a button',
      [actions({ ...button, text: { type: 'mrkdwn', text: 'x' } })],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]',
    ],
    [
      'with a button of 76',
      [actions({ ...button, text: plain(long(76)) })],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'with a value of 2,001',
      [actions({ ...button, value: long(2001) })],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'with a purple button',
      [actions({ ...button, style: 'purple' })],
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'with 26 elements in a row',
      [actions(...many(26, (n) => ({ ...button, action_id: `${n}` })))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'with 101 options',
      [actions({ ...select, options: many(101, option) })],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'with no options',
      [actions({ type: 'static_select' })],
      'must have either options or option_groups [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'with an option of 76',
      [actions({ ...select, options: [{ text: plain(long(76)), value: 'a' }] })],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
    ],
    [
      'with 101 option groups',
      [
        actions({
          type: 'static_select',
          option_groups: many(101, () => ({ label: plain('g'), options: [option(1)] })),
        }),
      ],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups]',
    ],
    [
      'with a first choice that is no option',
      [actions({ ...select, initial_option: option(2) })],
      'initial option must be one of the options [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'with a text input among buttons',
      [actions({ type: 'plain_text_input' })],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'with one block_id twice',
      [
        { ...section, block_id: 'a' },
        { ...section, block_id: 'a' },
      ],
      'block_id `a` already exists [json-pointer:/blocks]',
    ],
    [
      'with one action_id twice in a block',
      [actions(button, button)],
      'action_id `approve` already exists [json-pointer:/blocks/0]',
    ],
  ])('%s is refused', (_, blocks, message) => {
    expect(checkBlocks(blocks)).toEqual([`[ERROR] ${message}`]);
  });

  test('at the very limits is good, and one action_id may stand in two blocks', () => {
    const blocks = [
      ...many(46, () => ({ type: 'section', text: plain(long(3000)) })),
      { type: 'header', text: plain(long(150)) },
      actions({ ...button, value: long(2000), text: plain(long(75)) }),
      actions(button, { ...select, options: many(100, option) }),
      {
        type: 'context',
        elements: [
          { type: 'mrkdwn', text: 'small' },
          { type: 'image', image_url: 'https://e.example/x.png', alt_text: '' },
        ],
      },
    ];
    expect(checkBlocks(blocks)).toEqual([]);
  });
});

describe('a modal', () => {
  test.each<[string, object, string]>([
    [
      'with a title of 25',
      { title: plain(long(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'with a submit of 25',
      { submit: plain(long(25)) },
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'with 3,001 characters of private_metadata',
      { private_metadata: long(3001) },
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      'with 101 blocks',
      { blocks: many(101, () => section) },
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    ['without a type', { type: undefined }, 'missing required field: type [json-pointer:/view]'],
    [
      'with inputs and no submit',
      { submit: undefined },
      'must define `submit` to use an `input` block in modals [json-pointer:/view]',
    ],
    [
      'with a button as an input',
      { blocks: [{ type: 'input', label: plain('x'), element: button }] },
      'unsupported type: button [json-pointer:/view/blocks/0/element/type]',
    ],
  ])('%s is refused', (_, change, message) => {
    const view = JSON.parse(JSON.stringify({ ...FORM, ...change })) as object;
    expect(checkModal(view)).toEqual([`[ERROR] ${message}`]);
  });

  test('with 100 blocks is good', () => {
    expect(checkModal({ ...FORM, blocks: [...FORM.blocks, ...many(97, () => section)] })).toEqual([]);
  });
});
