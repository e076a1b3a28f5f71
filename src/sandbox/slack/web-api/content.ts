import type { JsonObject } from '../../../domain/entitlement.js';
import { checkBlocks, textIn, withIds } from '../block-kit/blocks.js';
import { refuse, word, type Args, type MethodReply } from './reply.js';
import { isObject } from '../block-kit/schema.js';
import { APP_ID, BOT_ID, BOT_USER_ID, type Workspace } from '../workspace.js';
import type { PostedMessage } from '../surface.js';

const LONGEST_TEXT = 40_000;
/** Not documented; seen in practice for all texts of a message's blocks together. */
const LONGEST_BLOCKS = 13_200;
const LONGEST_METADATA = 16_000;

export interface PostContent {
  text: string;
  blocks?: JsonObject[];
  metadata?: JsonObject;
}

/** Reads and checks what a message is to say. @returns it, or Slack's refusal */
export function contentOf(ws: Workspace, args: Args): PostContent | { refused: MethodReply } {
  const text = word(args, 'text') ?? '';
  const { blocks, metadata } = args;
  if (text.length > LONGEST_TEXT) return { refused: refuse('msg_too_long') };
  if (typeof blocks === 'string' && blocks !== '') return { refused: refuse('invalid_blocks_format') };
  const given = Array.isArray(blocks) ? blocks.filter(isObject) : undefined;
  const problems = Array.isArray(blocks) ? checkBlocks(blocks) : [];
  if (problems.length > 0) return { refused: refuse('invalid_blocks', problems) };
  if (textIn(given ?? []).join('').length > LONGEST_BLOCKS) return { refused: refuse('msg_blocks_too_long') };
  if (text === '' && !given?.length) return { refused: refuse('no_text') };
  const wrong = metadata === undefined || metadata === '' ? undefined : wrongMetadata(metadata);
  if (wrong) return { refused: refuse(wrong) };
  return {
    text,
    ...(given && { blocks: withIds(given, () => ws.nextId('b')) }),
    ...(isObject(metadata) && { metadata }),
  };
}

function wrongMetadata(metadata: unknown): string | undefined {
  if (!isObject(metadata)) return 'invalid_metadata_format';
  if (Object.keys(metadata).length === 0) return undefined;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || type === '' || !isObject(payload)) return 'invalid_metadata_schema';
  return JSON.stringify(metadata).length > LONGEST_METADATA ? 'metadata_too_large' : undefined;
}

/** A message as Slack's API and its payloads show it. */
export function apiMessage(ws: Workspace, message: PostedMessage, withMetadata = false): JsonObject {
  const replies = ws.messages.filter(
    ({ channel, threadTs }) => channel === message.channel && threadTs === message.ts,
  );
  const thread = message.threadTs ?? (replies.length > 0 ? message.ts : undefined);
  return {
    type: 'message',
    ...(message.broadcast && { subtype: 'thread_broadcast' }),
    user: message.user,
    ...(message.user === BOT_USER_ID && { bot_id: BOT_ID, app_id: APP_ID }),
    team: ws.teamId,
    text: message.text,
    ts: message.ts,
    ...(message.blocks.length > 0 && { blocks: structuredClone(message.blocks) }),
    ...(thread !== undefined && { thread_ts: thread }),
    ...(replies.length > 0 && { reply_count: replies.length, latest_reply: replies.at(-1)!.ts }),
    ...(message.edited !== undefined && { edited: { user: message.user, ts: message.edited } }),
    ...(withMetadata && message.metadata && { metadata: structuredClone(message.metadata) }),
  };
}
