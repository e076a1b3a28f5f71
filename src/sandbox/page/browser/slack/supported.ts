/** What this page draws of Block Kit. Another type shows up as a box that says so. */
export const BLOCKS = [
  'section',
  'header',
  'divider',
  'context',
  'actions',
  'image',
  'input',
  'rich_text',
] as const;

/** Elements that hold a value. */
export const FIELDS = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'multi_static_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
  'radio_buttons',
  'checkboxes',
  'datepicker',
  'timepicker',
  'datetimepicker',
] as const;

/** Elements that are only seen or pressed. */
export const SIMPLE = ['button', 'overflow', 'image', 'plain_text', 'mrkdwn'] as const;

/** What Slack's double accepts and this page does not draw: the bot uses none of it. */
export const NOT_DRAWN = ['markdown', 'multi_external_select'] as const;

export type BlockType = (typeof BLOCKS)[number];
export type FieldType = (typeof FIELDS)[number];
export type SimpleType = (typeof SIMPLE)[number];

export const isBlock = (type: string): type is BlockType => BLOCKS.some((one) => one === type);
export const isField = (type: string): type is FieldType => FIELDS.some((one) => one === type);
export const isSimple = (type: string): type is SimpleType => SIMPLE.some((one) => one === type);
