import { valuesOf as heldIn } from '../../../../src/sandbox/slack/block-kit/inputs.js';
import type { Modal } from '../../../../src/sandbox/slack/surface.js';
import { hrefOf } from '../../../../src/sandbox/page/browser/slack/text/reference.js';
import { richText } from '../../../../src/sandbox/page/browser/slack/text/rich-text.js';
import {
  dispatches,
  fieldsOf,
  heldBy,
  localTime,
  optionGroups,
  secondsOf,
  submitted,
  valueOf,
} from '../../../../src/sandbox/page/browser/slack/form/values.js';

const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value });
const input = (id: string, element: Modal['view'], more = {}) => ({
  type: 'input',
  block_id: id,
  element: { action_id: `${id}-action`, ...element },
  ...more,
});
const blocks = [
  input('text', { type: 'plain_text_input', initial_value: 'before' } as never),
  input('one', {
    type: 'static_select',
    options: [option('a'), option('b')],
    initial_option: option('b'),
  } as never),
  input('some', { type: 'checkboxes', options: [option('a')], initial_options: [option('a')] } as never),
  input('found', { type: 'external_select', initial_option: option('x') } as never, {
    dispatch_action: true,
  }),
  {
    type: 'actions',
    block_id: 'row',
    elements: [
      { type: 'button', action_id: 'press' },
      { type: 'datepicker', action_id: 'from', initial_date: '2026-11-20' },
      { type: 'users_select', action_id: 'who' },
    ],
  },
];
const modal: Modal = {
  id: 'V1',
  hash: '',
  user: 'U1',
  view: { blocks },
  values: heldIn(blocks),
  errors: {},
  rootId: 'V1',
};
const fields = fieldsOf(modal.view.blocks);

test('fields go by their block, and by their own id where a block has several', () => {
  expect(fields.map(({ name }) => name)).toEqual(['text', 'one', 'some', 'found', 'from', 'who']);
});

test('each kind of value of Slack’s is read', () => {
  expect(fields.map((field) => valueOf(heldBy(modal, field)))).toEqual([
    'before',
    'b',
    ['a'],
    'x',
    '2026-11-20',
    null,
  ]);
  expect(valueOf(undefined)).toBeNull();
});

test('what is no longer offered is not chosen', () => {
  expect(valueOf({ type: 'static_select', selected_option: option('b') }, ['a'])).toBeNull();
  expect(valueOf({ type: 'checkboxes', selected_options: [option('a'), option('b')] }, ['a'])).toEqual(['a']);
});

test('the bot hears at once of what stands outside an input, or is marked so', () => {
  expect(fields.filter(dispatches).map(({ name }) => name)).toEqual(['found', 'from', 'who']);
});

test('a submission carries everything as it is shown, and a suggestion only when it has changed', () => {
  const shown = (entered: Record<string, string>) => (field: (typeof fields)[number]) =>
    entered[field.name] ?? valueOf(heldBy(modal, field));
  expect(submitted(modal, shown({ text: 'now' }))).toEqual({
    text: 'now',
    one: 'b',
    some: ['a'],
    from: '2026-11-20',
    who: null,
  });
  expect(submitted(modal, shown({ found: 'y' }))).toMatchObject({ found: 'y' });
});

test('options come in their groups', () => {
  const grouped = { option_groups: [{ label: { text: 'production' }, options: [option('a')] }] };
  expect(optionGroups(grouped)).toEqual([
    { label: 'production', options: [{ value: 'a', text: 'A', description: '' }] },
  ]);
});

test('rich text reads like mrkdwn, and shows what it does not know', () => {
  const rich = {
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'x', style: { bold: true, italic: true } },
          { type: 'link', url: 'javascript:alert(1)', text: 'click' },
          { type: 'novelty' },
        ],
      },
      { type: 'rich_text_poll' },
    ],
  };
  expect(richText(rich)).toEqual([
    {
      kind: 'text',
      inside: [
        { kind: 'bold', inside: [{ kind: 'italic', inside: [{ kind: 'text', text: 'x' }] }] },
        { kind: 'text', text: 'click' },
        { kind: 'text', text: 'unsupported: novelty' },
      ],
    },
    { kind: 'text', inside: [{ kind: 'text', text: 'unsupported: rich_text_poll' }] },
  ]);
});

test.each(['javascript:alert(1)', ' https://a.example', 'https://a.example/ x', 'file:///etc', ''])(
  '%j leads nowhere',
  (url) => expect(hrefOf(url)).toBeUndefined(),
);

describe('a date and a time of day', () => {
  test.each(['2026-11-20T10:00:00Z', '2026-03-29T01:30:00Z', '2026-10-25T03:30:00Z'])(
    'of %s is the same instant when it comes back',
    (text) => {
      const seconds = String(Date.parse(text) / 1000);
      const local = localTime(seconds);
      expect(local).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d$/);
      expect(secondsOf(local)).toBe(seconds);
    },
  );

  test('may be open', () => {
    expect([localTime(null), localTime(''), secondsOf('')]).toEqual(['', '', null]);
  });
});
