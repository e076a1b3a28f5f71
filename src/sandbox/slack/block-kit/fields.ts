import type { JsonObject } from '../../../domain/entitlement.js';
import { elementsOf } from './blocks.js';
import { isObject, str } from './schema.js';
import type { Modal } from '../surface.js';

/** A field by its block_id or its action_id. */
export function field(
  modal: Modal,
  name: string,
): { block: JsonObject; blockId: string; element: JsonObject } {
  for (const block of modal.view.blocks)
    for (const element of elementsOf(block))
      if ((block['block_id'] === name || element['action_id'] === name) && element['type'] !== 'button')
        return { block, blockId: str(block, 'block_id'), element };
  throw new Error(`the modal ${modal.id} has no field "${name}"`);
}

/** The action that Slack sends for a button, or for an entry of an overflow menu. */
export function clicked(blocks: JsonObject[], actionId: string, value?: string): JsonObject {
  const found = blocks.flatMap((block) =>
    elementsOf(block)
      .filter((element) => element['action_id'] === actionId)
      .flatMap((element): JsonObject[] => {
        const shared = {
          type: element['type'] ?? '',
          action_id: actionId,
          block_id: block['block_id'] ?? '',
        };
        if (element['type'] === 'overflow') {
          const options = Array.isArray(element['options']) ? element['options'].filter(isObject) : [];
          const chosen = options.filter((one) => value === undefined || one['value'] === value);
          return chosen.map((option) => ({ ...shared, selected_option: option }));
        }
        if (element['type'] !== 'button' || (value !== undefined && element['value'] !== value)) return [];
        const { confirm: _asked, ...rest } = element;
        return [{ ...rest, ...shared }];
      }),
  );
  if (found.length === 1) return structuredClone(found[0]!);
  const there = blocks.flatMap(elementsOf).map((element) => str(element, 'action_id'));
  throw new Error(
    found.length > 1
      ? `there are ${found.length} buttons "${actionId}": say which by its value`
      : `there is no button "${actionId}"${value === undefined ? '' : ' with that value'}, only: ${there.join(', ')}`,
  );
}

/** The options that a bot offers for an external select. */
export function offered({ options, option_groups: groups }: JsonObject): JsonObject[] {
  const grouped = (Array.isArray(groups) ? groups : [])
    .filter(isObject)
    .flatMap((group) => group['options'] ?? []);
  return [options ?? [], grouped].flat().filter(isObject);
}
