import type { JsonObject } from '../../../domain/entitlement.js';
import { apiMessage } from './content.js';
import { page, refuse, word, yes, type Args, type Method, type MethodReply } from './reply.js';
import type { PostedMessage } from '../surface.js';
import { BOT_USER_ID, dmOf, isMember, isOurs, type Workspace } from '../workspace.js';

export const conversations: Record<string, Method> = {
  'conversations.open': {
    scope: 'im:write',
    run(ws, args) {
      const id = word(args, 'channel');
      if (id !== undefined)
        return ws.dms.has(id) ? { ok: true, channel: { id } } : refuse('channel_not_found');
      const ids = word(args, 'users')?.split(',') ?? [];
      if (ids.length === 0) return refuse('users_list_not_supplied');
      if (ids.length > 1) return refuse('method_not_supported_for_channel_type');
      const user = ws.users.get(ids[0]!);
      if (!user) return refuse('user_not_found');
      if (user.deleted) return refuse('user_disabled');
      if (user.bot) return refuse('cannot_dm_bot');
      const open = [...ws.dms.values()].includes(user.id);
      if (!open && yes(args, 'prevent_creation')) return refuse('channel_not_found');
      const channel = {
        id: dmOf(ws, user.id),
        ...(yes(args, 'return_im') && { is_im: true, user: user.id }),
      };
      return { ok: true, channel, ...(open && { no_op: true, already_open: true }) };
    },
  },

  'conversations.info': {
    scope: 'channels:read',
    run(ws, args) {
      const id = word(args, 'channel') ?? '';
      const user = ws.dms.get(id);
      if (user !== undefined) return { ok: true, channel: { id, is_im: true, user, is_archived: false } };
      const channel = visible(ws, id);
      if (!channel) return refuse('channel_not_found');
      const shared = [...ws.users.values()].some((one) => !isOurs(ws, one) && isMember(ws, id, one.id));
      const info: JsonObject = {
        id,
        name: channel.name,
        name_normalized: channel.name,
        is_channel: !channel.private,
        is_group: false,
        is_im: false,
        is_mpim: false,
        is_private: channel.private ?? false,
        is_archived: channel.archived ?? false,
        is_member: channel.bot ?? true,
        is_shared: shared,
        is_ext_shared: shared,
        context_team_id: ws.teamId,
      };
      return { ok: true, channel: info };
    },
  },

  'conversations.members': {
    scope: 'channels:read',
    run(ws, args) {
      const id = word(args, 'channel') ?? '';
      if (ws.dms.has(id)) return { ok: true, members: [ws.dms.get(id)!, BOT_USER_ID] };
      if (!visible(ws, id)) return refuse('channel_not_found');
      const limit = Number(args['limit'] ?? 0);
      if (!Number.isInteger(limit) || limit < 0 || limit > 999) return refuse('invalid_limit');
      const all = [...ws.users.values()].filter((user) => !user.deleted && isMember(ws, id, user.id));
      const { items, cursor } = page(all, { limit: 100, ...args }, 999);
      return { ok: true, members: items.map((user) => user.id), response_metadata: { next_cursor: cursor } };
    },
  },

  'conversations.history': {
    scope: 'channels:history',
    run: (ws, args) =>
      reading(ws, args, (channel) => {
        const top = inChannel(ws, channel).filter(({ threadTs, broadcast }) => !threadTs || broadcast);
        return top.toReversed();
      }),
  },

  'conversations.replies': {
    scope: 'channels:history',
    run: (ws, args) =>
      reading(ws, args, (channel) => {
        const asked = inChannel(ws, channel).find(({ ts }) => ts === word(args, 'ts'));
        if (!asked) return refuse('thread_not_found');
        const parent = asked.threadTs ?? asked.ts;
        return inChannel(ws, channel).filter(({ ts, threadTs }) => ts === parent || threadTs === parent);
      }),
  },
};

function reading(
  ws: Workspace,
  args: Args,
  select: (channel: string) => PostedMessage[] | MethodReply,
): MethodReply {
  const id = word(args, 'channel') ?? '';
  if (!ws.dms.has(id) && !visible(ws, id)) return refuse('channel_not_found');
  if (!isMember(ws, id, BOT_USER_ID)) return refuse('not_in_channel');
  const selected = select(id);
  if (!Array.isArray(selected)) return selected;
  const within = selected.filter(({ ts }) => inRange(ts, args));
  const { items, cursor } = page(within, args, 999);
  return {
    ok: true,
    messages: items.map((message) => apiMessage(ws, message, yes(args, 'include_all_metadata'))),
    has_more: cursor !== '',
    response_metadata: { next_cursor: cursor },
  };
}

/** `oldest` and `latest` themselves belong to it only with `inclusive`. */
function inRange(ts: string, args: Args): boolean {
  const [at, oldest, latest] = [ts, args['oldest'] ?? 0, args['latest'] ?? Infinity].map(Number) as [
    number,
    number,
    number,
  ];
  return yes(args, 'inclusive') ? at >= oldest && at <= latest : at > oldest && at < latest;
}

function inChannel(ws: Workspace, channel: string): PostedMessage[] {
  return ws.messages.filter((message) => message.channel === channel && !message.to);
}

function visible(ws: Workspace, id: string) {
  const channel = ws.channels.get(id);
  return channel?.private && channel.bot === false ? undefined : channel;
}
