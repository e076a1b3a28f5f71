import type { JsonObject } from '../../../../../domain/entitlement.js';
import { elementsOf } from '../../../../slack/block-kit/blocks.js';
import { isObject, str } from '../../../../slack/block-kit/schema.js';
import type { Modal } from '../../../../slack/surface.js';
import { isField } from '../supported.js';

/** What a field holds: text, an option's value, an id, a date; several; or nothing. */
export type Value = string | string[] | null;

/** A field of a modal, by the name under which it is filled in. */
export interface Field {
  name: string;
  block: JsonObject;
  element: JsonObject;
}

export function fieldsOf(blocks: JsonObject[]): Field[] {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter((element) => isField(str(element, 'type')))
      .map((element) => ({ name: nameOf(block, element), block, element })),
  );
}

/** A block of actions may hold several, so there the element's own id is the name. */
function nameOf(block: JsonObject, element: JsonObject): string {
  return str(
    block['type'] === 'actions' ? element : block,
    block['type'] === 'actions' ? 'action_id' : 'block_id',
  );
}

/** What the server holds for a field, as Slack's value object. */
export function heldBy(modal: Modal, { block, element }: Field): JsonObject | undefined {
  return modal.values[str(block, 'block_id')]?.[str(element, 'action_id')];
}

/** A value object of Slack's as a plain value; where its option is no longer offered, nothing. */
export function valueOf(held: JsonObject | undefined, offered?: string[]): Value {
  const [value = null] = Object.entries(held ?? {}).flatMap(([key, member]) =>
    key === 'type' ? [] : [member],
  );
  const stays = (one: string | null) => one !== null && (!offered || offered.includes(one));
  if (Array.isArray(value)) return value.map(single).filter((one): one is string => stays(one));
  const one = single(value);
  return stays(one) ? one : null;
}

function single(value: unknown): string | null {
  if (isObject(value)) return str(value, 'value');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** Whether Slack tells the bot at once what was chosen. */
export function dispatches({ block }: Field): boolean {
  return block['type'] !== 'input' || block['dispatch_action'] === true;
}

/** One thing to choose. */
export interface Option {
  value: string;
  text: string;
  description: string;
}

/** Options by their group's label; those in no group are under an empty one. */
export function optionGroups(element: JsonObject): { label: string; options: Option[] }[] {
  const groups = Array.isArray(element['option_groups']) ? element['option_groups'].filter(isObject) : [];
  return [element, ...groups]
    .map((group) => ({ label: textIn(group['label']), options: options(group['options']) }))
    .filter((group) => group.options.length > 0);
}

function options(given: unknown): Option[] {
  return (Array.isArray(given) ? given : []).filter(isObject).map((one) => ({
    value: str(one, 'value'),
    text: textIn(one['text']),
    description: textIn(one['description']),
  }));
}

/** Seconds since the epoch as the browser writes a date and a time of day: `2026-12-05T18:00`, in the reader's zone. */
export function localTime(seconds: Value): string {
  const at = Number(seconds);
  if (seconds === null || seconds === '' || !Number.isFinite(at)) return '';
  const ahead = new Date(at * 1000).getTimezoneOffset() * 60;
  return new Date((at - ahead) * 1000).toISOString().slice(0, 16);
}

/** The same back; nothing where nothing is chosen. */
export function secondsOf(local: string): Value {
  const at = new Date(local).getTime();
  return Number.isNaN(at) ? null : String(at / 1000);
}

/** The words of a text object. */
export function textIn(text: unknown): string {
  return isObject(text) ? str(text, 'text') : '';
}

/**
 * What a submission carries: every field as it is shown. What the bot had suggested and is unchanged stays at home,
 * because the double knows only the latest suggestions.
 */
export function submitted(modal: Modal, shown: (field: Field) => Value): Record<string, Value> {
  return Object.fromEntries(
    fieldsOf(modal.view.blocks)
      .filter(
        (field) =>
          field.element['type'] !== 'external_select' || shown(field) !== valueOf(heldBy(modal, field)),
      )
      .map((field) => [field.name, shown(field)]),
  );
}
