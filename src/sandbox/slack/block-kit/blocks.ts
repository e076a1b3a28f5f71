import type { JsonObject } from '../../../domain/entitlement.js';
import { inActions, inContext, inInput, inSection, plain, text } from './elements.js';
import {
  all,
  anything,
  byType,
  flag,
  isObject,
  list,
  oneOf,
  problem,
  shape,
  string,
  type SchemaCheck,
} from './schema.js';

function block(
  type: string,
  required: Record<string, SchemaCheck> = {},
  optional: Record<string, SchemaCheck> = {},
): SchemaCheck {
  return shape({ type: oneOf(type), ...required }, { block_id: string(255), ...optional });
}

const BLOCKS: Record<string, SchemaCheck> = {
  section: all(
    block(
      'section',
      {},
      { text: text(3000), fields: list(text(2000), 10, 1), accessory: inSection, expand: flag },
    ),
    (value, at) =>
      isObject(value) && !value['text'] && !value['fields']
        ? [problem('missing required field: text', at)]
        : [],
  ),
  header: block('header', { text: plain(150) }),
  divider: block('divider'),
  context: block('context', { elements: list(inContext, 10, 1) }),
  actions: block('actions', { elements: list(inActions, 25, 1) }),
  image: block(
    'image',
    { alt_text: string(2000) },
    { image_url: string(3000), slack_file: anything, title: plain(2000) },
  ),
  input: block(
    'input',
    { label: plain(2000), element: inInput },
    { hint: plain(2000), optional: flag, dispatch_action: flag },
  ),
  rich_text: block('rich_text', { elements: list(anything, 1000) }),
};
const IN_MESSAGES = byType({ ...BLOCKS, markdown: block('markdown', { text: string(12_000, 1) }) });
const IN_MODALS = byType(BLOCKS);

const MODAL = shape(
  { type: oneOf('modal'), title: plain(24), blocks: all(list(IN_MODALS, 100), uniqueIds) },
  {
    submit: plain(24),
    close: plain(24),
    private_metadata: string(3000),
    callback_id: string(255),
    external_id: string(255),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
);

const HOME = shape(
  { type: oneOf('home'), blocks: all(list(IN_MODALS, 100), uniqueIds) },
  { private_metadata: string(3000), callback_id: string(255), external_id: string(255) },
);

/** Checks the Home tab of an app. @returns Slack's messages, none when it is good */
export function checkHome(view: unknown): string[] {
  return HOME(view, '/view');
}

/** Checks the blocks of a message. @returns Slack's messages, none when they are good */
export function checkBlocks(blocks: unknown): string[] {
  return all(list(IN_MESSAGES, 50), uniqueIds)(blocks, '/blocks');
}

/** Checks a whole modal. @returns Slack's messages, none when it is good */
export function checkModal(view: unknown): string[] {
  return all(MODAL, (modal, at) => {
    const inputs = isObject(modal) && blocksOf(modal).some(({ type }) => type === 'input');
    return inputs && modal['submit'] === undefined
      ? [problem('must define `submit` to use an `input` block in modals', at)]
      : [];
  })(view, '/view');
}

/** block_ids are unique in a message or view, action_ids in a block. */
function uniqueIds(value: unknown, at: string): string[] {
  const blocks = Array.isArray(value) ? value.filter(isObject) : [];
  return [
    ...twice(blocks.map(({ block_id: id }) => id)).map((id) =>
      problem(`block_id \`${id}\` already exists`, at),
    ),
    ...blocks.flatMap((one, index) =>
      twice(elementsOf(one).map(({ action_id: id }) => id)).map((id) =>
        problem(`action_id \`${id}\` already exists`, `${at}/${index}`),
      ),
    ),
  ];
}
function twice(ids: unknown[]): string[] {
  const given = ids.filter((id) => typeof id === 'string');
  return [...new Set(given.filter((id, index) => given.indexOf(id) !== index))];
}

/** The interactive elements of a block, and images beside them. */
export function elementsOf({ type, accessory, element, elements }: JsonObject): JsonObject[] {
  const inside = type === 'actions' && Array.isArray(elements) ? elements : [accessory, element];
  return inside.filter(isObject);
}

export function blocksOf(holder: JsonObject): JsonObject[] {
  const { blocks } = holder;
  return Array.isArray(blocks) ? blocks.filter(isObject) : [];
}

/** The blocks with an id for every block and element that has none, as Slack gives them back. */
export function withIds(blocks: JsonObject[], nextId: () => string): JsonObject[] {
  const copy = structuredClone(blocks);
  for (const one of copy) {
    one['block_id'] ??= nextId();
    for (const element of elementsOf(one)) if (element['type'] !== 'image') element['action_id'] ??= nextId();
  }
  return copy;
}

/** All text that people read in it, in order, for length checks and for tests. */
export function textIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'text' && typeof member === 'string' ? [member] : textIn(member),
  );
}
