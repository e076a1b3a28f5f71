import {
  anything,
  flag,
  integer,
  list,
  oneOf,
  problem,
  shape,
  string,
  byType,
  all,
  isObject,
  str,
  type SchemaCheck,
} from './schema.js';

export const plain = (max: number): SchemaCheck => byType({ plain_text: textOf('plain_text', max, 'emoji') });
export const text = (max: number): SchemaCheck =>
  byType({ plain_text: textOf('plain_text', max, 'emoji'), mrkdwn: textOf('mrkdwn', max, 'verbatim') });
function textOf(type: string, max: number, extra: string): SchemaCheck {
  return shape({ type: oneOf(type), text: string(max, 1) }, { [extra]: flag });
}

const option = shape({ text: text(75), value: string(150, 1) }, { description: text(75), url: string(3000) });
const confirm = shape(
  { title: plain(100), text: text(300), confirm: plain(30), deny: plain(30) },
  { style: oneOf('primary', 'danger') },
);
const groups = list(shape({ label: plain(75), options: list(option, 100, 1) }), 100, 1);
const options = (max: number): SchemaCheck => list(option, max, 1);

/** An element with the members that all interactive ones share. */
function element(
  type: string,
  required: Record<string, SchemaCheck> = {},
  optional: Record<string, SchemaCheck> = {},
): SchemaCheck {
  return shape(
    { type: oneOf(type), ...required },
    { action_id: string(255, 1), focus_on_load: flag, confirm, ...optional },
  );
}
const picker = (type: string, optional: Record<string, SchemaCheck>): SchemaCheck =>
  element(type, {}, { placeholder: plain(150), ...optional });

/** A select has either options or groups of them, and what it shows first must be among them. */
const optionsOrGroups: SchemaCheck = (value, at) => {
  if (!isObject(value)) return [];
  if ((value['options'] === undefined) === (value['option_groups'] === undefined))
    return [problem('must have either options or option_groups', at)];
  const all = isObject(value) ? optionValues(value) : [];
  const initial = [value['initial_option'], value['initial_options']].flat().filter(isObject);
  const stray = initial.find((one) => !all.includes(str(one, 'value')));
  return stray ? [problem('initial option must be one of the options', at)] : [];
};
function optionValues(element: { [key: string]: unknown }): string[] {
  const groups = Array.isArray(element['option_groups']) ? element['option_groups'].filter(isObject) : [];
  return [element, ...groups]
    .flatMap(({ options }) => (Array.isArray(options) ? options : []))
    .filter(isObject)
    .map((one) => str(one, 'value'));
}

const button = element(
  'button',
  { text: plain(75) },
  {
    url: string(3000),
    value: string(2000),
    style: oneOf('primary', 'danger'),
    accessibility_label: string(75),
  },
);
const image = shape(
  { type: oneOf('image'), alt_text: string(2000) },
  { image_url: string(3000), slack_file: anything },
);
const selects: Record<string, SchemaCheck> = {
  static_select: all(
    picker('static_select', { options: options(100), option_groups: groups, initial_option: option }),
    optionsOrGroups,
  ),
  external_select: picker('external_select', { initial_option: option, min_query_length: integer(0, 255) }),
  users_select: picker('users_select', { initial_user: string(255) }),
  conversations_select: picker('conversations_select', {
    initial_conversation: string(255),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: anything,
  }),
  channels_select: picker('channels_select', { initial_channel: string(255), response_url_enabled: flag }),
};
const several = { max_selected_items: integer(1, 100) };
const multis: Record<string, SchemaCheck> = {
  multi_static_select: all(
    picker('multi_static_select', {
      options: options(100),
      option_groups: groups,
      initial_options: options(100),
      ...several,
    }),
    optionsOrGroups,
  ),
  multi_external_select: picker('multi_external_select', {
    initial_options: options(100),
    min_query_length: integer(0, 255),
    ...several,
  }),
  multi_users_select: picker('multi_users_select', { initial_users: anything, ...several }),
  multi_conversations_select: picker('multi_conversations_select', {
    initial_conversations: anything,
    default_to_current_conversation: flag,
    filter: anything,
    ...several,
  }),
  multi_channels_select: picker('multi_channels_select', { initial_channels: anything, ...several }),
};
const dates: Record<string, SchemaCheck> = {
  datepicker: picker('datepicker', { initial_date: string(10) }),
  timepicker: picker('timepicker', { initial_time: string(5), timezone: string(100) }),
  datetimepicker: element('datetimepicker', {}, { initial_date_time: integer(1, 9_999_999_999) }),
};
const choices: Record<string, SchemaCheck> = {
  checkboxes: all(
    element('checkboxes', { options: options(10) }, { initial_options: options(10) }),
    optionsOrGroups,
  ),
  radio_buttons: all(
    element('radio_buttons', { options: options(10) }, { initial_option: option }),
    optionsOrGroups,
  ),
};
const written = (type: string, optional: Record<string, SchemaCheck> = {}): SchemaCheck =>
  picker(type, { initial_value: string(3000), dispatch_action_config: anything, ...optional });
const texts: Record<string, SchemaCheck> = {
  plain_text_input: written('plain_text_input', {
    multiline: flag,
    min_length: integer(0, 3000),
    max_length: integer(1, 3000),
  }),
  email_text_input: written('email_text_input'),
  url_text_input: written('url_text_input'),
  number_input: element(
    'number_input',
    { is_decimal_allowed: flag },
    {
      placeholder: plain(150),
      initial_value: string(100),
      min_value: string(100),
      max_value: string(100),
      dispatch_action_config: anything,
    },
  ),
};
const overflow = element('overflow', { options: options(5) });

/** What may stand where. */
export const inActions = byType({ button, overflow, ...selects, ...dates, ...choices });
export const inSection = byType({ button, overflow, image, ...selects, ...multis, ...dates, ...choices });
export const inInput = byType({ ...selects, ...multis, ...dates, ...choices, ...texts });
export const inContext = byType({
  image,
  plain_text: plain(3000),
  mrkdwn: text(3000),
});
