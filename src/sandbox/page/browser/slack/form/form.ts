import { useEffect, useRef, useState } from 'preact/hooks';
import type { JsonObject } from '../../../../../domain/entitlement.js';
import { isObject, str } from '../../../../slack/block-kit/schema.js';
import type { Modal } from '../../../../slack/surface.js';
import type { Perform } from '../doing.js';
import type { Surface } from '../surroundings.js';
import {
  dispatches,
  fieldsOf,
  heldBy,
  optionGroups,
  textIn,
  valueOf,
  type Field,
  type Value,
} from './values.js';

/** A modal's fields: what the server holds, and over it what has been entered on this page since. */
export function useForm(
  modal: Modal,
  act: Perform,
): Surface & { send: (submit: () => Promise<unknown>) => Promise<void> } {
  const [entered, setEntered] = useState<Record<string, Value>>({});
  const ids = fieldsOf(modal.view.blocks).map(idOf);
  useEffect(() => {
    // A field that comes back later begins afresh.
    setEntered((now) => Object.fromEntries(Object.entries(now).filter(([id]) => ids.includes(id))));
  }, [modal.hash]);

  const held = (field: Field) => valueOf(heldBy(modal, field), offered(field.element));
  const shown = (field: Field): Value =>
    idOf(field) in entered
      ? valueOf({ entered: entered[idOf(field)] ?? null }, offered(field.element))
      : held(field);
  // Once it is sent, what is left is in what was sent, until somebody writes again: a field that goes away with its window
  // is left, too.
  const sending = useRef(false);
  const set = (field: Field, value: Value) => {
    sending.current = false;
    setEntered((now) => ({ ...now, [idOf(field)]: value }));
  };
  // A field that is left by pressing the button is told to the server before the form is sent.
  const filling = useRef<Promise<unknown>>(Promise.resolve());
  const fill = (field: Field, value: Value) => {
    const told = act({ do: 'fill', modal: modal.id, values: { [field.name]: value } });
    filling.current = Promise.allSettled([filling.current, told]);
  };

  const pick = (field: Field, value: Value) => {
    set(field, value);
    if (dispatches(field)) void act({ do: 'choose', modal: modal.id, block: field.name, value });
    else fill(field, value);
  };

  return {
    id: modal.id,
    frozen: false,
    async send(submit) {
      sending.current = true;
      await filling.current;
      await submit();
    },
    click: (action, value) =>
      act({ do: 'click-modal', modal: modal.id, action, ...(value !== undefined && { value }) }),
    shown,
    words: (field) => textIn(chosen(heldBy(modal, field))['text']),
    error: ({ block }) => modal.errors[str(block, 'block_id')],
    type: set,
    leave(field) {
      if (sending.current || (shown(field) ?? '') === (held(field) ?? '')) return;
      // A date and a time are typed here part by part, and are picked when they are done.
      const settle = field.element['type'] === 'datetimepicker' ? pick : fill;
      settle(field, shown(field));
    },
    pick,
    suggest: async (field, query) =>
      (await act({ do: 'suggest', modal: modal.id, block: field.name, query })).options ?? [],
  };
}

/** With another action_id it is another field, as in Slack: what the bot says it holds is shown. */
function idOf({ block, element }: Field): string {
  return `${str(block, 'block_id')}/${str(element, 'action_id')}`;
}

/** The values among which a choice must be, where the modal itself says so. */
function offered(element: JsonObject): string[] | undefined {
  const groups = optionGroups(element);
  return groups.length === 0 ? undefined : groups.flatMap(({ options }) => options.map(({ value }) => value));
}

function chosen(held: JsonObject | undefined): JsonObject {
  const option = held?.['selected_option'];
  return isObject(option) ? option : {};
}
