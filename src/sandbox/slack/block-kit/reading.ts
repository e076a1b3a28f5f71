import type { JsonObject } from '../../../domain/entitlement.js';
import { elementsOf, textIn } from './blocks.js';
import { str } from './schema.js';
import type { PostedMessage, Modal } from '../surface.js';

const blocks = (shown: PostedMessage | Modal): JsonObject[] =>
  'view' in shown ? shown.view.blocks : shown.blocks;

/** All that somebody reads in a message or modal, one text a line: the blocks where there are any, else the text. */
export function textOf(shown: PostedMessage | Modal): string {
  const texts = textIn('view' in shown ? [shown.view['title'], shown.view.blocks] : shown.blocks);
  return texts.length === 0 && 'text' in shown ? shown.text : texts.join('\n');
}

/** The buttons, in order. */
export function buttonsOf(
  shown: PostedMessage | Modal,
): { actionId: string; value: string; text: string; url?: string }[] {
  return blocks(shown)
    .flatMap(elementsOf)
    .filter(({ type }) => type === 'button')
    .map((button) => ({
      actionId: str(button, 'action_id'),
      value: str(button, 'value'),
      text: textIn(button['text']).join(''),
      ...(typeof button['url'] === 'string' && { url: button['url'] }),
    }));
}
