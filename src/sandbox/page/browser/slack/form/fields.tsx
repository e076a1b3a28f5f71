import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { str } from '../../../../slack/block-kit/schema.js';
import { Choice, Many, Radios } from './choices.js';
import { Combobox } from './combobox.js';
import type { FieldType } from '../supported.js';
import { On } from '../surroundings.js';
import { localTime, secondsOf, textIn, type Field } from './values.js';

/** How a field is tied to its label, hint and error. */
export interface Ties {
  id: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  'aria-required'?: boolean;
}
export interface Drawn {
  field: Field;
  ties: Ties;
}

const CONTROLS: Record<FieldType, (props: Drawn) => JSX.Element> = {
  plain_text_input: Text,
  email_text_input: Text,
  url_text_input: Text,
  number_input: Text,
  datepicker: Text,
  timepicker: Text,
  datetimepicker: Moment,
  static_select: Choice,
  users_select: Choice,
  conversations_select: Choice,
  channels_select: Choice,
  external_select: Combobox,
  multi_static_select: Many,
  multi_users_select: Many,
  multi_conversations_select: Many,
  multi_channels_select: Many,
  checkboxes: Many,
  radio_buttons: Radios,
};

export function Control({ type, ...drawn }: Drawn & { type: FieldType }) {
  const Drawing = CONTROLS[type];
  return <Drawing {...drawn} />;
}

/** Whether it is drawn as several inputs, so that its label must be a legend. */
export const isGroup = (type: FieldType): boolean =>
  type === 'radio_buttons' || type === 'checkboxes' || type.startsWith('multi_');

const KINDS = {
  email_text_input: { type: 'email' },
  url_text_input: { type: 'url' },
  datepicker: { type: 'date' },
  timepicker: { type: 'time' },
  number_input: { type: 'text', inputMode: 'decimal' },
  plain_text_input: { type: 'text' },
} as const;
const kindOf = (type: string) =>
  Object.entries(KINDS).find(([name]) => name === type)?.[1] ?? KINDS.plain_text_input;

/** A date and a time of day in the reader's zone, which Slack hands over as seconds since the epoch. */
function Moment({ field, ties }: Drawn) {
  const { shown, type, leave, frozen } = useContext(On);
  return (
    <input
      {...ties}
      type="datetime-local"
      disabled={frozen}
      value={localTime(shown(field))}
      onInput={(event) => type(field, secondsOf(event.currentTarget.value))}
      onBlur={() => leave(field)}
    />
  );
}

/** Whatever a person writes rather than picks. */
function Text({ field, ties }: Drawn) {
  const { shown, type, leave, frozen } = useContext(On);
  const { element } = field;
  const value = String(shown(field) ?? '');
  const most = element['max_length'];
  const shared = {
    ...ties,
    value,
    disabled: frozen,
    placeholder: textIn(element['placeholder']),
    onInput: (event: { currentTarget: { value: string } }) => type(field, event.currentTarget.value),
    onBlur: () => leave(field),
  };
  return (
    <>
      {element['multiline'] === true ? (
        <textarea {...shared} rows={4} />
      ) : (
        <input {...shared} {...kindOf(str(element, 'type'))} />
      )}
      {typeof most === 'number' && (
        <p class={value.length > most ? 'slack-error' : 'slack-hint'}>
          {value.length} of at most {most} characters
        </p>
      )}
    </>
  );
}
