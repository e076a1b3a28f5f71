import type { RespondFn } from '@slack/bolt';
import type { Desk } from './acts/handler-context.js';
import type { Message } from './messages/blocks.js';
import { at, textAt } from './wire/payload.js';

/**
 * Answers the person who clicked, for their eyes only: by the response URL, else in the channel, else by a direct
 * message, as where the bot is not in the channel, or the channel was archived since.
 */
export async function tell(
  { slack, log }: Pick<Desk, 'slack' | 'log'>,
  body: unknown,
  respond: RespondFn | undefined,
  message: Message,
): Promise<void> {
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
