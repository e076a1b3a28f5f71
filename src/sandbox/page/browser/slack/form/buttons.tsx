import type { ComponentChildren } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { JsonObject } from '../../../../../domain/entitlement.js';
import { isObject, str } from '../../../../slack/block-kit/schema.js';
import { Confirm } from './confirm.js';
import { On } from '../surroundings.js';
import { optionGroups, textIn } from './values.js';

/** Presses after the person has confirmed it, where that is asked for, and once at a time. */
function usePress(element: JsonObject) {
  const { click } = useContext(On);
  const [asking, setAsking] = useState<{ value: string | undefined }>();
  const [busy, setBusy] = useState(false);
  const confirm = element['confirm'];

  async function send(value: string | undefined): Promise<void> {
    setBusy(true);
    await click(str(element, 'action_id'), value);
    setBusy(false);
  }
  function press(value: string | undefined): void {
    if (busy) return;
    if (isObject(confirm)) setAsking({ value });
    else void send(value);
  }
  function answer(yes: boolean): void {
    setAsking(undefined);
    if (yes && asking) void send(asking.value);
  }
  const question: ComponentChildren = asking && isObject(confirm) && (
    <Confirm of={confirm} onAnswer={answer} />
  );
  return { press, busy, question };
}

export function Button({ element }: { element: JsonObject }) {
  const { press, busy, question } = usePress(element);
  const { value, url } = element;
  const label = str(element, 'accessibility_label');
  const leads = typeof url === 'string';
  return (
    <>
      <button
        type="button"
        class={`slack-button ${str(element, 'style')}`}
        aria-busy={busy}
        aria-disabled={busy}
        {...(label !== '' && { 'aria-label': label })}
        {...(leads && { title: `In Slack this opens ${url}` })}
        onClick={() => press(typeof value === 'string' ? value : undefined)}
      >
        {textIn(element['text'])}
        {leads && ' ↗'}
      </button>
      {question}
    </>
  );
}

export function Overflow({ element }: { element: JsonObject }) {
  const { press, busy, question } = usePress(element);
  return (
    <>
      <select
        class="slack-overflow"
        aria-label="More actions"
        aria-busy={busy}
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = '';
          if (value !== '') press(value);
        }}
      >
        <option value="">⋯</option>
        {optionGroups(element)
          .flatMap(({ options }) => options)
          .map(({ value, text }) => (
            <option value={value}>{text}</option>
          ))}
      </select>
      {question}
    </>
  );
}
