import type { Json, JsonObject } from '../../../domain/entitlement.js';
import { elementsOf } from './blocks.js';
import { isObject, str } from './schema.js';
import type { Modal } from '../surface.js';

/** Per type of element: the member of its value in `state.values`, and the member that it starts from. */
const FIELDS: Record<string, { value: string; initial: string; many?: boolean }> = {
  plain_text_input: { value: 'value', initial: 'initial_value' },
  email_text_input: { value: 'value', initial: 'initial_value' },
  url_text_input: { value: 'value', initial: 'initial_value' },
  number_input: { value: 'value', initial: 'initial_value' },
  static_select: { value: 'selected_option', initial: 'initial_option' },
  external_select: { value: 'selected_option', initial: 'initial_option' },
  radio_buttons: { value: 'selected_option', initial: 'initial_option' },
  multi_static_select: { value: 'selected_options', initial: 'initial_options', many: true },
  multi_external_select: { value: 'selected_options', initial: 'initial_options', many: true },
  checkboxes: { value: 'selected_options', initial: 'initial_options', many: true },
  users_select: { value: 'selected_user', initial: 'initial_user' },
  conversations_select: { value: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { value: 'selected_channel', initial: 'initial_channel' },
  multi_users_select: { value: 'selected_users', initial: 'initial_users', many: true },
  multi_conversations_select: {
    value: 'selected_conversations',
    initial: 'initial_conversations',
    many: true,
  },
  multi_channels_select: { value: 'selected_channels', initial: 'initial_channels', many: true },
  datepicker: { value: 'selected_date', initial: 'initial_date' },
  timepicker: { value: 'selected_time', initial: 'initial_time' },
  datetimepicker: { value: 'selected_date_time', initial: 'initial_date_time' },
};
type Values = Modal['values'];

/** Every field of these blocks with its value: what was entered before under the same ids, else what it starts from. */
export function valuesOf(blocks: JsonObject[], before: Values = {}): Values {
  const values: Values = {};
  for (const block of blocks)
    for (const element of elementsOf(block)) {
      const field = FIELDS[str(element, 'type')];
      if (!field) continue;
      const [blockId, actionId] = [str(block, 'block_id'), str(element, 'action_id')];
      const kept = before[blockId]?.[actionId];
      const value = element[field.initial] ?? (field.many ? [] : null);
      (values[blockId] ??= {})[actionId] =
        kept && kept['type'] === element['type']
          ? kept
          : { type: str(element, 'type'), [field.value]: value };
    }
  return values;
}

/**
 * The value object after a person entered something. Throws where Slack's client would not let them.
 * @param suggested options that an external select has offered
 */
export function entered(
  element: JsonObject,
  value: string | string[] | null,
  suggested: JsonObject[],
): JsonObject {
  const type = str(element, 'type');
  const field = FIELDS[type];
  if (!field) throw new Error(`nothing can be entered into a ${type}`);
  const given = value === null || value === '' ? [] : [value].flat();
  if (given.length > 1 && !field.many) throw new Error(`a ${type} takes one value`);
  const read = given.map((one): Json => {
    if (field.value === 'selected_date_time') return Number(one);
    return field.value.startsWith('selected_option') ? optionOf(element, one, suggested) : one;
  });
  return { type, [field.value]: field.many ? read : (read[0] ?? null) };
}

function optionOf(element: JsonObject, value: string, suggested: JsonObject[]): JsonObject {
  const offered = [...optionsOf(element), ...suggested];
  const option = offered.find((one) => one['value'] === value);
  if (option) return option;
  const values = offered.map((one) => str(one, 'value')).join(', ');
  throw new Error(`${str(element, 'action_id')} offers no option "${value}", only: ${values}`);
}

function optionsOf(element: JsonObject): JsonObject[] {
  const { options, option_groups: groups, initial_option: initial } = element;
  const grouped = (Array.isArray(groups) ? groups : [])
    .filter(isObject)
    .flatMap((group) => group['options'] ?? []);
  return [options ?? [], grouped, initial ?? []].flat().filter(isObject);
}

/** What keeps Slack's client from submitting: a required field that is empty, a text that is too short or long. */
export function incomplete(blocks: JsonObject[], values: Values): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const block of blocks) {
    const [element] = elementsOf(block);
    if (block['type'] !== 'input' || !element) continue;
    const blockId = str(block, 'block_id');
    const field = FIELDS[str(element, 'type')];
    const value = field && values[blockId]?.[str(element, 'action_id')]?.[field.value];
    const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    if (empty && block['optional'] !== true) wrong[blockId] = 'Please complete this required field.';
    if (typeof value !== 'string') continue;
    const { min_length: min, max_length: max } = element;
    if (typeof min === 'number' && value.length < min)
      wrong[blockId] = `Please enter at least ${min} characters.`;
    if (typeof max === 'number' && value.length > max)
      wrong[blockId] = `Please enter at most ${max} characters.`;
  }
  return wrong;
}
