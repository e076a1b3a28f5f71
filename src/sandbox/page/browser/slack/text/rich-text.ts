import type { JsonObject } from '../../../../../domain/entitlement.js';
import { isObject, str } from '../../../../slack/block-kit/schema.js';
import type { Inline, Paragraph } from './mrkdwn.js';
import { hrefOf } from './reference.js';

/** A rich_text block as the paragraphs that mrkdwn has; what is not known shows up as its type. */
export function richText(block: JsonObject): Paragraph[] {
  return members(block).flatMap((element, index): Paragraph[] => {
    switch (element['type']) {
      case 'rich_text_section':
        return [{ kind: 'text', inside: members(element).map(inline) }];
      case 'rich_text_quote':
        return [{ kind: 'quote', inside: members(element).map(inline) }];
      case 'rich_text_preformatted':
        return [{ kind: 'pre', inside: members(element).map(inline) }];
      case 'rich_text_list':
        return members(element).map((item, at) => {
          const sign = element['style'] === 'ordered' ? `${at + 1}. ` : '• ';
          return { kind: 'text', inside: [{ kind: 'text', text: sign }, ...members(item).map(inline)] };
        });
      default:
        return [{ kind: 'text', inside: [unsupported(element, index)] }];
    }
  });
}

function members({ elements }: JsonObject): JsonObject[] {
  return Array.isArray(elements) ? elements.filter(isObject) : [];
}

function unsupported(element: JsonObject, index: number): Inline {
  return { kind: 'text', text: `unsupported: ${str(element, 'type') || `element ${index}`}` };
}

function inline(element: JsonObject, index: number): Inline {
  const text = str(element, 'text');
  switch (element['type']) {
    case 'text':
      return styled({ kind: 'text', text }, element['style']);
    case 'link': {
      const url = str(element, 'url');
      const href = hrefOf(url);
      return href === undefined
        ? { kind: 'text', text: text || url }
        : { kind: 'link', href, text: text || url };
    }
    case 'user':
      return { kind: 'user', id: str(element, 'user_id') };
    case 'channel':
      return { kind: 'channel', id: str(element, 'channel_id') };
    case 'usergroup':
      return { kind: 'group', id: str(element, 'usergroup_id') };
    case 'broadcast':
      return { kind: 'everyone', who: str(element, 'range') };
    case 'emoji':
      return { kind: 'text', text: `:${str(element, 'name')}:` };
    case 'date':
      return {
        kind: 'date',
        seconds: Number(element['timestamp']),
        format: str(element, 'format'),
        fallback: str(element, 'fallback'),
      };
    default:
      return unsupported(element, index);
  }
}

function styled(text: Inline, style: unknown): Inline {
  if (!isObject(style)) return text;
  const kinds = (['code', 'strike', 'italic', 'bold'] as const).filter((kind) => style[kind] === true);
  return kinds.reduce<Inline>((inside, kind) => ({ kind, inside: [inside] }), text);
}
