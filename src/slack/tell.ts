import type { RespondFn } from '@slack/bolt';
import type { Desk } from './acts/handler-context.js';
import type { WebClient } from '@slack/web-api';
import { PAGE_MODAL } from './ids.js';
import { notice, type Message } from './messages/blocks.js';
import { at, textAt } from './wire/payload.js';

/**
 * Answers the person who clicked, for their eyes only: in a window where they were in one or in App Home, by the response URL, else in the channel, else by a direct
 * message, as where the bot is not in the channel, or the channel was archived since.
 */
export async function tell(
  { slack, log }: Pick<Desk, 'slack' | 'log'>,
  body: unknown,
  respond: RespondFn | undefined,
  message: Message,
): Promise<void> {
  try {
    if (await inWindow(slack, body, message)) return;
  } catch (error) {
    log.warn({ err: error }, 'a person could not be told in a window');
  }
  try {
    if (respond) {
      // A choice that only they see gives way to its result; a card or a DM stays.
      const replace = at(body, 'container', 'is_ephemeral') === true;
      await respond({ response_type: 'ephemeral', replace_original: replace, ...message });
      return;
    }
  } catch (error) {
    log.warn({ err: error }, 'a response URL did not work');
  }
  const channel = textAt(body, 'channel', 'id');
  const user = textAt(body, 'user', 'id');
  if (user === undefined) return;
  try {
    if (channel !== undefined) {
      await slack.chat.postEphemeral({ channel, user, parse: 'none', ...message });
      return;
    }
  } catch (error) {
    log.warn({ err: error }, 'a person could not be told where they clicked');
  }
  try {
    const { channel: dm } = await slack.conversations.open({ users: user });
    await slack.chat.postMessage({ channel: dm?.id ?? user, parse: 'none', ...message });
  } catch (error) {
    log.warn({ err: error }, 'a person could not be told');
  }
}

/**
 * Where there is no conversation to answer in: a window, over the one that is open. Its buttons stay away, since what
 * opens a window of its own cannot do so out of one.
 * @returns false where there is a conversation
 */
async function inWindow(slack: WebClient, body: unknown, { blocks }: Message): Promise<boolean> {
  const trigger_id = textAt(body, 'trigger_id');
  const overPage = textAt(body, 'view', 'callback_id') === PAGE_MODAL;
  const outOfHome = textAt(body, 'view', 'type') === 'home' || at(body, 'type') === 'shortcut';
  if (trigger_id === undefined || !(overPage || outOfHome)) return false;
  const view = notice(
    'jit',
    blocks.filter(({ type }) => type !== 'actions'),
  );
  await (overPage ? slack.views.push({ trigger_id, view }) : slack.views.open({ trigger_id, view }));
  return true;
}
