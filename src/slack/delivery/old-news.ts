import type { WebClient } from '@slack/web-api';
import type { KnownBlock } from '@slack/types';
import type { State } from '../../domain/request/state.js';
import { isObject } from '../../domain/is-object.js';
import { NEWS_EVENT } from '../ids.js';
import { notifyFault } from '../wire/faults.js';
import { at, textAt } from '../wire/payload.js';
import { ownMessages, type Mark } from './find-own-message.js';
import type { Send } from './send.js';

/**
 * Takes the buttons from the direct messages that earlier versions wrote about a request: where they stand was not kept,
 * so they are looked up, by the caller once a request. What Slack does not let us see stays as it is.
 */
export function oldNews(of: { client: WebClient; send: Send; botUserId: string }) {
  const { client, send, botUserId } = of;

  return async function strip({ id, requestedAt }: State, channel: string): Promise<void> {
    const mark: Mark = { event_type: NEWS_EVENT, event_payload: { request: id } };
    try {
      const all = await ownMessages(client, { channel, mark, botUserId, since: requestedAt });
      for (const message of all) {
        const [ref, text] = [textAt(message, 'ts'), textAt(message, 'text') ?? ''];
        const blocks = at(message, 'blocks');
        if (ref === undefined || !Array.isArray(blocks) || !blocks.some(hasButtons)) continue;
        const rest = blocks.filter((block) => !hasButtons(block)) as KnownBlock[];
        const payload = at(message, 'metadata', 'event_payload');
        const sealed = { ...mark, event_payload: texts(payload) };
        await send.update({ place: channel, ref }, { text, blocks: rest }, sealed);
      }
    } catch (error) {
      const fault = notifyFault(error);
      if (!fault.permanent) throw fault;
    }
  };
}

const hasButtons = (block: unknown): boolean => at(block, 'type') === 'actions';

function texts(payload: unknown): Record<string, string> {
  const entries = Object.entries(isObject(payload) ? payload : {});
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}
