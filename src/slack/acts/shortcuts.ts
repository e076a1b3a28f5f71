import type { WebClient } from '@slack/web-api';
import { say } from '../messages/blocks.js';
import { slackError } from '../wire/faults.js';
import type { Desk, SignedAct, Told } from './handler-context.js';
import { openRequestForm } from './request-form.js';

/** A shortcut, or the button of App Home that does the same. */
interface Shortcut extends SignedAct {
  triggerId: string;
}

/** A shortcut on a message. What does not say which message is one on none. */
export interface MessageShortcut extends Shortcut {
  channel: string | undefined;
  ts: string | undefined;
}

/** Opens the form, as `/jit` does. */
export function askByShortcut({ actor, triggerId }: Shortcut, desk: Desk): Promise<Told> {
  return openRequestForm({ actor, triggerId }, {}, desk);
}

/** The same with the message's link as the reason. Where there is no link the form opens without, and that is said. */
export async function askFromMessage(
  { actor, triggerId, channel, ts }: MessageShortcut,
  desk: Desk,
): Promise<Told> {
  const link = await linkOf(desk, channel, ts);
  const filled = 'url' in link ? { justification: link.url } : {};
  const told = await openRequestForm({ actor, triggerId }, filled, desk);
  return told ?? ('url' in link ? undefined : say(link.why));
}

const BY_HAND =
  'so the form says nothing of it. To refer to it, copy its link and paste it under “What for?”.';
const NO_LINK: Record<string, string> = {
  message_not_found: 'The message is no longer there, so the form says nothing of it.',
  channel_not_found: `jit cannot see the conversation that this message is in, ${BY_HAND}`,
};

async function linkOf(
  { slack, log }: Desk,
  channel: string | undefined,
  ts: string | undefined,
): Promise<{ url: string } | { why: string }> {
  const none = { why: `Slack gave no link to the message, ${BY_HAND}` };
  if (channel === undefined || ts === undefined) return none;
  try {
    return { url: await permalink(slack, channel, ts) };
  } catch (error) {
    log.warn({ err: error }, 'Slack gave no link to a message');
    const why = NO_LINK[slackError(error) ?? ''];
    return why === undefined ? none : { why };
  }
}

async function permalink(slack: WebClient, channel: string, ts: string): Promise<string> {
  const { permalink: url } = await slack.chat.getPermalink({ channel, message_ts: ts });
  if (url === undefined) throw new Error('Slack gave no permalink');
  return url;
}
