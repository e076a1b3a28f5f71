import { apiMessage, contentOf } from './content.js';
import { missing, refuse, word, yes, type Method, type MethodReply } from './reply.js';
import type { PostedMessage } from '../surface.js';
import { BOT_USER_ID, dmOf, findMessage, isMember, type Workspace } from '../workspace.js';

const POST = { scope: 'chat:write' };

export const chat: Record<string, Method> = {
  'chat.postMessage': {
    ...POST,
    run(ws, args) {
      const place = whereTo(ws, word(args, 'channel'));
      if (typeof place !== 'string') return place;
      const content = contentOf(ws, args);
      if ('refused' in content) return content.refused;
      const threadTs = word(args, 'thread_ts');
      const parent = threadTs === undefined ? undefined : findMessage(ws, place, threadTs);
      if (threadTs !== undefined && (!parent || parent.to)) return refuse('cannot_reply_to_message');
      const message: PostedMessage = {
        channel: place,
        ts: ws.nextTs(),
        user: BOT_USER_ID,
        blocks: [],
        ...content,
        ...(parent && { threadTs: parent.threadTs ?? parent.ts }),
        ...(parent && yes(args, 'reply_broadcast') && { broadcast: true }),
      };
      ws.messages.push(message);
      ws.changed();
      return { ok: true, channel: place, ts: message.ts, message: apiMessage(ws, message, true) };
    },
  },

  'chat.postEphemeral': {
    ...POST,
    run(ws, args) {
      const place = whereTo(ws, word(args, 'channel'));
      if (typeof place !== 'string') return place;
      const user = word(args, 'user');
      if (user === undefined) return missing('user');
      if (!ws.users.has(user) || !isMember(ws, place, user)) return refuse('user_not_in_channel');
      const content = contentOf(ws, args);
      if ('refused' in content) return content.refused;
      const ts = ws.nextTs();
      ws.messages.push({ channel: place, ts, user: BOT_USER_ID, to: user, blocks: [], ...content });
      ws.changed();
      return { ok: true, message_ts: ts };
    },
  },

  'chat.update': {
    ...POST,
    run(ws, args) {
      const message = own(ws, word(args, 'channel'), word(args, 'ts'), 'cant_update_message');
      if ('ok' in message) return message;
      // What is not given stays: blocks and metadata go only when they are sent empty.
      const keepsBlocks = args['blocks'] === undefined && message.blocks.length > 0;
      const content = contentOf(
        ws,
        keepsBlocks && !word(args, 'text') ? { ...args, text: message.text } : args,
      );
      if ('refused' in content) return content.refused;
      Object.assign(message, content, { edited: ws.nextTs() });
      if (message.metadata && Object.keys(message.metadata).length === 0) delete message.metadata;
      ws.changed();
      const { channel, ts, text } = message;
      return { ok: true, channel, ts, text, message: apiMessage(ws, message, true) };
    },
  },

  'chat.getPermalink': {
    run(ws, args) {
      const channel = word(args, 'channel') ?? '';
      const place = ws.channels.get(channel);
      const hidden = place?.private === true && place.bot === false;
      if (hidden || !(place || ws.dms.has(channel))) return refuse('channel_not_found');
      const ts = word(args, 'message_ts');
      if (ts === undefined) return missing('message_ts');
      const message = findMessage(ws, channel, ts);
      if (!message || message.to) return refuse('message_not_found');
      const { domain = 'sandbox' } = ws.setup.team;
      const thread = message.threadTs === undefined ? '' : `?thread_ts=${message.threadTs}&cid=${channel}`;
      const permalink = `https://${domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}${thread}`;
      return { ok: true, channel, permalink };
    },
  },

  'chat.delete': {
    ...POST,
    run(ws, args) {
      const message = own(ws, word(args, 'channel'), word(args, 'ts'), 'cant_delete_message');
      if ('ok' in message) return message;
      ws.messages.splice(ws.messages.indexOf(message), 1);
      ws.changed();
      return { ok: true, channel: message.channel, ts: message.ts };
    },
  },
};

/** The channel that a post goes to: a channel's id or #name, a direct channel, or a person's id. */
function whereTo(ws: Workspace, to: string | undefined): string | MethodReply {
  if (to === undefined) return refuse('channel_not_found');
  const user = ws.users.get(to) ?? ws.users.get(ws.dms.get(to) ?? '');
  if (user) {
    if (user.bot) return refuse('cannot_dm_bot');
    if (user.deleted) return refuse('channel_not_found');
    return user.takesNoDms ? refuse(user.takesNoDms) : dmOf(ws, user.id);
  }
  const channel =
    ws.channels.get(to) ?? [...ws.channels.values()].find(({ name }) => `#${name}` === to || name === to);
  if (!channel || (channel.private && channel.bot === false)) return refuse('channel_not_found');
  if (channel.archived) return refuse('is_archived');
  return channel.bot === false ? refuse('not_in_channel') : channel.id;
}

/** A message of the bot's own, not an ephemeral one. */
function own(
  ws: Workspace,
  channel: string | undefined,
  ts: string | undefined,
  notOurs: string,
): PostedMessage | MethodReply {
  if (channel === undefined || !(ws.channels.has(channel) || ws.dms.has(channel)))
    return refuse('channel_not_found');
  const message = findMessage(ws, channel, ts ?? '');
  if (!message || message.to) return refuse('message_not_found');
  return message.user === BOT_USER_ID ? message : refuse(notOurs);
}
