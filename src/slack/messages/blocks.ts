import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  KnownBlock,
  ModalView,
  PlainTextElement,
  SectionBlock,
} from '@slack/types';
import type { State } from '../../domain/request/state.js';
import { clean, code, cut, escape } from './mrkdwn.js';

/** `text` is what a phone's notification shows, and what is left where Slack cannot draw the blocks. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}

const SECTION = 3000;

/** @param text mrkdwn in which all free text has been escaped; a longer one is cut at 3,000 */
export function section(text: string, accessory?: Button): SectionBlock {
  return { type: 'section', text: mrkdwn(cut(text, SECTION)), ...(accessory && { accessory }) };
}

/** A section for each of these texts that says something. */
export function sections(...texts: string[]): SectionBlock[] {
  return texts.filter((text) => text !== '').map((text) => section(text));
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(cut(text, SECTION))] };
}

/** The last line of a message: which request it is about, and what else there is to say. */
export function reference({ id }: State, ...notes: string[]): ContextBlock {
  return context([`Request ${code(id)}`, ...notes].join(' · '));
}

/** No block where there are no buttons. */
export function actions(buttons: Button[]): ActionsBlock[] {
  return buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : [];
}

export function button(
  action: string,
  label: string,
  value: string,
  look: { style?: 'primary' | 'danger'; confirm?: ConfirmationDialog } = {},
): Button {
  return { type: 'button', action_id: action, text: plain(label, 75), value, ...look };
}

export function confirm(title: string, text: string, yes: string): ConfirmationDialog {
  return {
    title: plain(title, 100),
    text: plain(text, 300),
    confirm: plain(yes, 30),
    deny: plain('Go back', 30),
  };
}

export function plain(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: cut(clean(text).trim() || '–', max), emoji: false };
}

/** A modal without input or submit: Slack sends nothing of it back. */
export function notice(title: string, blocks: KnownBlock[]): ModalView {
  return { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks: blocks.slice(0, 100) };
}

/** A message of plain sentences, in which Slack interprets nothing. */
export function say(text: string): Message {
  const escaped = escape(text);
  return { text: cut(escaped, SECTION), blocks: [section(escaped)] };
}

/** The same in blocks that every Slack can draw, for when it refuses the others: buttons stay. */
export function plainly({ text, blocks }: Message): Message {
  const buttons = blocks.flatMap((block) => {
    if (block.type === 'actions') return [block];
    if (block.type === 'section' && block.accessory?.type === 'button') return actions([block.accessory]);
    return [];
  });
  return { text, blocks: [section(wordsOf(blocks).join('\n') || text), ...buttons] };
}

function wordsOf(blocks: KnownBlock[]): string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'section') return block.text?.text ?? [];
    if (block.type === 'context') return block.elements.flatMap((t) => ('text' in t ? [t.text] : []));
    return [];
  });
}

// Without `verbatim` Slack would still turn plain words into mentions and links (invariant 11).
function mrkdwn(text: string) {
  return { type: 'mrkdwn' as const, text, verbatim: true };
}
