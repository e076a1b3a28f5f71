import { useContext } from 'preact/hooks';
import { str } from '../../../../slack/block-kit/schema.js';
import type { Drawn } from './fields.js';
import { Around, On, type Surroundings } from '../surroundings.js';
import { optionGroups, textIn, type Field, type Option } from './values.js';

/** What a field lets people choose from: its own options, or the workspace's people or channels. */
function offeredBy(
  { element }: Field,
  { people, channels }: Surroundings,
): { label: string; options: Option[] }[] {
  const type = str(element, 'type');
  const option = (value: string, text: string): Option => ({ value, text, description: '' });
  if (type.endsWith('users_select'))
    return [{ label: '', options: people.map(({ id, realName }) => option(id, realName)) }];
  if (/(?:conversations|channels)_select$/.test(type))
    return [{ label: '', options: channels.map(({ id, name }) => option(id, `#${name}`)) }];
  return optionGroups(element);
}

/** A native select. What an option says of itself stands in the opened list only, as in Slack. */
export function Choice({ field, ties }: Drawn) {
  const { shown, pick, frozen } = useContext(On);
  const groups = offeredBy(field, useContext(Around));
  const value = shown(field) ?? '';
  const drawn = (options: Option[]) =>
    options.map((one) => (
      <option value={one.value}>
        {one.text}
        {one.description && one.value !== value && `: ${one.description}`}
      </option>
    ));
  return (
    <select
      {...ties}
      disabled={frozen}
      value={String(value)}
      onChange={(event) => pick(field, event.currentTarget.value || null)}
    >
      <option value="">{textIn(field.element['placeholder']) || 'Choose…'}</option>
      {groups.map(({ label, options }) =>
        label ? <optgroup label={label}>{drawn(options)}</optgroup> : drawn(options),
      )}
    </select>
  );
}

export function Radios({ field, ties }: Drawn) {
  const { shown, pick } = useContext(On);
  const value = shown(field);
  return (
    <Ticks
      {...{ field, ties }}
      type="radio"
      isOn={(one) => one === value}
      onTick={(one) => pick(field, one)}
    />
  );
}

export function Many({ field, ties }: Drawn) {
  const { shown, pick } = useContext(On);
  const value = [shown(field) ?? []].flat();
  const most = field.element['max_selected_items'];
  const full = typeof most === 'number' && value.length >= most;
  return (
    <Ticks
      {...{ field, ties, full }}
      type="checkbox"
      isOn={(one) => value.includes(one)}
      onTick={(one) =>
        pick(field, value.includes(one) ? value.filter((other) => other !== one) : [...value, one])
      }
    />
  );
}

function Ticks({
  field,
  ties,
  type,
  full = false,
  isOn,
  onTick,
}: Drawn & {
  type: 'radio' | 'checkbox';
  full?: boolean;
  isOn: (value: string) => boolean;
  onTick: (value: string) => void;
}) {
  const { frozen } = useContext(On);
  const { id, 'aria-label': label, 'aria-required': _required, ...rest } = ties;
  const groups = offeredBy(field, useContext(Around));
  return (
    <div class="slack-ticks" id={id} {...(label !== undefined && { role: 'group', 'aria-label': label })}>
      {groups.flatMap(({ label: group, options }) => [
        group && <p class="slack-hint">{group}</p>,
        ...options.map(({ value, text, description }) => (
          <label>
            <input
              {...rest}
              type={type}
              name={id}
              checked={isOn(value)}
              disabled={frozen || (full && !isOn(value))}
              onChange={() => onTick(value)}
            />
            <span>
              {text}
              {description && <small>{description}</small>}
            </span>
          </label>
        )),
      ])}
    </div>
  );
}
