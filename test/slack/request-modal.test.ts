import type { ModalView } from '@slack/types';
import type { Refusal } from '../../src/domain/refusal.js';
import type { Offer } from '../../src/ports/front.js';
import { errorsFor, parseForm } from '../../src/slack/acts/request/inputs.js';
import { requestModal, suggestionOption } from '../../src/slack/acts/request-modal.js';
import { HOUR, MINUTE } from '../support/requests.js';
import { checkModal, directory, entitlement, wordsIn } from '../support/slack.js';

const offers: Offer[] = [
  { entitlement: entitlement('orders-db-admin'), durations: [15 * MINUTE, HOUR] },
  { entitlement: entitlement('billing', { environment: 'staging', risk: 'low' }), durations: [4 * HOUR] },
];
interface Input {
  block_id: string;
  hint?: unknown;
  optional?: boolean;
  dispatch_action?: boolean;
  element: {
    action_id: string;
    options?: { value: string }[];
    option_groups?: { label: { text: string }; options: { value: string }[] }[];
    initial_option?: { value: string };
    initial_value?: string;
  };
}
const inputsOf = (view: ModalView) =>
  view.blocks.filter(({ type }) => type === 'input') as unknown as Input[];
const inputOf = (view: ModalView, id: string) => inputsOf(view).find(({ block_id }) => block_id === id)!;
const values = (view: ModalView, id: string) => inputOf(view, id).element.options!.map(({ value }) => value);

describe('the form', () => {
  test('has the ids on which outside tests rely', () => {
    const view = requestModal({ offers }, directory, {});
    expect(view.callback_id).toBe('request');
    expect(inputsOf(view).map(({ block_id }) => block_id)).toEqual([
      'entitlement',
      'duration',
      'start',
      'justification',
      'ticket',
    ]);
    for (const { block_id, element } of inputsOf(view)) expect(element.action_id).toBe(block_id);
    expect(checkModal(view)).toEqual([]);
  });

  test('offers entitlements by environment, and tells us of each choice', () => {
    const { element, dispatch_action } = inputOf(requestModal({ offers }, directory, {}), 'entitlement');
    expect(
      element.option_groups!.map(({ label, options }) => [label.text, options.map((o) => o.value)]),
    ).toEqual([
      ['production', ['orders-db-admin']],
      ['staging', ['billing']],
    ]);
    expect(dispatch_action).toBe(true);
  });

  test('offers the durations of what is chosen, of anything while nothing is', () => {
    expect(values(requestModal({ offers }, directory, {}), 'duration')).toEqual(['15m', '1h', '4h']);
    expect(values(requestModal({ offers }, directory, { entitlement: 'billing' }), 'duration')).toEqual([
      '4h',
    ]);
  });

  test('keeps what was typed and chosen, as far as it is offered', () => {
    const view = requestModal({ offers }, directory, {
      entitlement: 'orders-db-admin',
      duration: '60m',
      justification: 'fixing <it>',
      ticket: 'OPS-12',
    });
    expect(inputOf(view, 'entitlement').element.initial_option!.value).toBe('orders-db-admin');
    expect(inputOf(view, 'duration').element.initial_option!.value).toBe('1h');
    expect(inputOf(view, 'justification').element.initial_value).toBe('fixing <it>');
    expect(inputOf(view, 'ticket').element.initial_value).toBe('OPS-12');
    expect(wordsIn(view.blocks)).toContain('What orders-db-admin is for.');
    expect(checkModal(view)).toEqual([]);
    const other = requestModal({ offers }, directory, { entitlement: 'billing', duration: '1h' });
    // Of what is chosen a duration is preselected: what was wanted is not offered for it.
    expect(inputOf(other, 'duration').element.initial_option!.value).toBe('4h');
  });

  test('says of what is chosen what and where it is, by the name of its account, and how to type it', () => {
    const about = (accountNames: Record<string, string>) =>
      wordsIn(
        requestModal({ offers }, { ...directory, accountNames }, { entitlement: 'orders-db-admin' }).blocks,
      );
    const command = '`/jit orders-db-admin`';
    expect(about({ '111122223333': 'Corp Prod' })).toContain(
      `What orders-db-admin is for.\nproduction · Corp Prod · *high risk* · ${command}`,
    );
    expect(about({ '111122223333': 'production' })).toContain(`production · *high risk* · ${command}`);
    expect(about({})).toContain(`production · *high risk* · account \`111122223333\` · ${command}`);
  });

  test.each([
    ['asks for a ticket where one is needed', { pattern: 'X-[0-9]+', required: true }, false],
    ['leaves it free where it is not', { pattern: 'X-[0-9]+', required: false }, true],
  ])('%s', (_, ticket, optional) => {
    const view = requestModal({ offers }, { ...directory, justification: { minLength: 1, ticket } }, {});
    expect(inputOf(view, 'ticket').optional).toBe(optional);
  });

  test('takes a ticket even where the directory asks for none, since a policy may', () => {
    const view = requestModal(
      { offers },
      { ...directory, justification: { minLength: 1 } },
      { ticket: 'OPS-1' },
    );
    expect(inputOf(view, 'ticket')).toMatchObject({ optional: true, element: { initial_value: 'OPS-1' } });
    expect(inputOf(view, 'ticket')).not.toHaveProperty('hint');
  });

  test('two hundred and fifty entitlements in one environment are three groups', () => {
    const many = Array.from({ length: 250 }, (_, i) => ({
      ...offers[0]!,
      entitlement: entitlement(`e-${i}`),
    }));
    const view = requestModal({ offers: many }, directory, { entitlement: 'e-249' });
    const groups = inputOf(view, 'entitlement').element.option_groups!;
    expect(groups.map(({ label, options }) => [label.text, options.length])).toEqual([
      ['production (1)', 100],
      ['production (2)', 100],
      ['production (3)', 50],
    ]);
    expect(checkModal(view)).toEqual([]);
  });

  test('is one that Slack takes at its largest, and below 250 kB', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({
      entitlement: entitlement(`${'x'.repeat(58)}${i}`, {
        name: '😀&<'.repeat(100),
        description: 'é'.repeat(5000),
        environment: `${'e'.repeat(200)}${i % 150}`,
      }),
      durations: Array.from({ length: 150 }, (_, n) => (n + 1) * MINUTE),
    }));
    const view = requestModal({ offers: many }, directory, {
      entitlement: many[0]!.entitlement.id,
      justification: 'x'.repeat(9000),
      ticket: 'y'.repeat(9000),
    });
    expect(checkModal(view)).toEqual([]);
    expect(JSON.stringify(view).length).toBeLessThan(250_000);
  });
});

describe('the form over a catalog that is searched', () => {
  const searched = [15 * MINUTE, HOUR, 4 * HOUR];

  test('has the same ids, and no choice until something is typed', () => {
    const view = requestModal({ offers: [], searched }, directory, {});
    expect(inputOf(view, 'entitlement')).toMatchObject({
      dispatch_action: true,
      element: { type: 'external_select', action_id: 'entitlement', min_query_length: 0 },
    });
    expect(inputOf(view, 'entitlement').element).not.toHaveProperty('initial_option');
    expect(values(view, 'duration')).toEqual(['15m', '1h', '4h']);
    expect(checkModal(view)).toEqual([]);
  });

  test('shows what was chosen as it is suggested, with the durations that go with it', () => {
    const filled = { entitlement: 'orders-db-admin', duration: '1h', justification: 'fixing it' };
    const view = requestModal({ offers: offers.slice(0, 1), searched }, directory, filled);
    expect(inputOf(view, 'entitlement').element.initial_option).toEqual(
      suggestionOption(offers[0]!.entitlement),
    );
    expect(values(view, 'duration')).toEqual(['15m', '1h']);
    expect(inputOf(view, 'duration').element.initial_option!.value).toBe('1h');
    expect(wordsIn(view.blocks)).toContain('What orders-db-admin is for.');
    expect(checkModal(view)).toEqual([]);
  });

  test('what is not offered is not chosen, whoever asks for it', () => {
    const view = requestModal({ offers: [], searched }, directory, { entitlement: 'billing' });
    expect(inputOf(view, 'entitlement').element).not.toHaveProperty('initial_option');
    expect(JSON.stringify(view)).not.toContain('billing');
  });
});

const sent = (values: unknown) => ({ id: 'V1', state: { values } });

describe('what is sent', () => {
  const nothing = { entitlement: '', duration: '', justification: '' };

  test('is read by its ids', () => {
    expect(
      parseForm(
        sent({
          entitlement: { entitlement: { type: 'static_select', selected_option: { value: 'billing' } } },
          duration: { duration: { selected_option: { value: '4h' } } },
          justification: { justification: { value: 'a line\nand another' } },
          ticket: { ticket: { value: 'OPS-12' } },
        }),
      ),
    ).toEqual({
      entitlement: 'billing',
      duration: '4h',
      justification: 'a line\nand another',
      ticket: 'OPS-12',
    });
  });

  test.each([
    ['no view', undefined],
    ['null', null],
    ['a text', 'view'],
    ['no state', {}],
    ['no values', { state: {} }],
    ['values that are a list', sent([])],
    ['blocks that are null', sent({ entitlement: null, duration: null, justification: null, ticket: null })],
    ['inputs that are texts', sent({ entitlement: 'x', duration: 'y', justification: 'z' })],
    [
      'values of another type',
      sent({ justification: { justification: { value: 7 } }, ticket: { ticket: { value: [] } } }),
    ],
    ['nothing chosen', sent({ entitlement: { entitlement: { selected_option: null } } })],
    ['an option without value', sent({ entitlement: { entitlement: { selected_option: {} } } })],
    ['inherited members', sent(Object.create({ justification: { justification: { value: 'inherited' } } }))],
    ['an input under another id', sent({ a: { justification: { value: 'x' } } })],
  ])('%s is a form with nothing in it', (_, view) => {
    expect(parseForm(view)).toEqual(nothing);
  });

  test('is bounded', () => {
    const { justification } = parseForm(
      sent({ justification: { justification: { value: 'x'.repeat(1e6) } } }),
    );
    expect(justification).toHaveLength(3000);
  });
});

describe('what is wrong stands where it can be mended', () => {
  const all = { state: { values: { entitlement: {}, duration: {}, justification: {}, ticket: {} } } };
  test.each<[Refusal, string]>([
    [{ code: 'unknown-entitlement', entitlement: 'x' }, 'entitlement'],
    [{ code: 'denied-by-policy', policies: [], advice: [], errors: [] }, 'entitlement'],
    [{ code: 'unfillable', stage: 's', needed: 2, available: 1 }, 'entitlement'],
    [{ code: 'no-principal', why: 'x' }, 'entitlement'],
    [{ code: 'guest' }, 'entitlement'],
    [{ code: 'unknown-duration', text: 'x' }, 'duration'],
    [{ code: 'duration-not-offered', offered: [] }, 'duration'],
    [{ code: 'justification-too-short', minLength: 1 }, 'justification'],
    [{ code: 'justification-broadcast', found: 'x' }, 'justification'],
    [{ code: 'ticket-required' }, 'ticket'],
    [{ code: 'ticket-malformed', example: 'OPS-12' }, 'ticket'],
  ])('%o', (refusal, input) => {
    expect(errorsFor(refusal, 'no', all)).toEqual({ [input]: 'no' });
  });

  test('an input that the form lacks cannot show it', () => {
    const view = { state: { values: { entitlement: {}, duration: {}, justification: {} } } };
    expect(errorsFor({ code: 'ticket-required' }, 'no', view)).toEqual({ justification: 'no' });
  });
});

describe('an emergency in the form', () => {
  const foreseen = { chain: [], advice: [], needsTicket: false };
  const offered = { preview: { foreseen, emergency: true as const } };
  const chosen = { entitlement: 'orders-db-admin' };
  const rules = { channel: 'C0INCIDENTS', tell: 'security', review: { by: 'security', within: HOUR } };
  const drawn = (filled: object, drawing: object) =>
    requestModal({ offers }, { ...directory, emergency: rules }, { ...chosen, ...filled }, drawing);
  const ticked = (view: ModalView) =>
    (inputOf(view, 'emergency').element as { initial_options?: unknown[] }).initial_options ?? [];

  test('is not offered where it would not help, and whoever means one is told', () => {
    const view = drawn({ emergency: true }, { preview: { foreseen } });
    expect(inputOf(view, 'emergency')).toBeUndefined();
    expect(wordsIn(view)).toMatch(/not offered in an emergency/);
    expect(inputOf(drawn({}, {}), 'emergency')).toBeUndefined();
  });

  test('is a box that tells us of each change, ticked where it was typed, and says who hears of it', () => {
    const view = drawn({}, offered);
    expect(checkModal(view)).toEqual([]);
    expect(inputOf(view, 'emergency')).toMatchObject({
      optional: true,
      dispatch_action: true,
      element: { type: 'checkboxes', action_id: 'emergency' },
    });
    expect(wordsIn(view)).toMatch(/incident channel hears of it at once, and security reviews it/);
    expect(ticked(view)).toEqual([]);
    expect(ticked(drawn({ emergency: true }, offered))).toHaveLength(1);
  });

  test.each<[unknown, boolean]>([
    [[{ value: 'emergency' }], true],
    [[{ value: 'else' }], false],
    [[], false],
    [null, false],
    ['emergency', false],
  ])('is read from what is ticked alone: %j', (selected_options, is) => {
    const view = { state: { values: { emergency: { emergency: { selected_options } } } } };
    expect(parseForm(view).emergency ?? false).toBe(is);
  });

  test('a refusal of one stands at its box', () => {
    const view = { state: { values: { emergency: { emergency: {} }, entitlement: {} } } };
    expect(errorsFor({ code: 'emergency-needless' }, 'no', view)).toEqual({ emergency: 'no' });
  });
});
