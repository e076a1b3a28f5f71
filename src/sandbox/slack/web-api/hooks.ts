import type { JsonObject } from '../../../domain/entitlement.js';
import { contentOf } from './content.js';
import { refuse, word, yes, type MethodReply } from './reply.js';
import { BOT_USER_ID, findMessage, type Hook, type Workspace } from '../workspace.js';

const LIFE = 30 * 60_000;
const MOST_USES = 5;

/** A post to a response_url: five times within half an hour. */
export function respond(ws: Workspace, token: string, body: JsonObject): MethodReply {
  const hook = ws.hooks.get(token);
  if (!hook) return refuse('invalid_url');
  if (ws.now() - hook.at > LIFE) return refuse('expired_url');
  if (hook.uses >= MOST_USES) return refuse('used_url');
  const reply = answer(ws, hook, body);
  if (reply.ok) hook.uses += 1;
  return reply;
}

/** Shows an answer to a command or a click: to that person alone, unless it says otherwise. */
export function answer(
  ws: Workspace,
  { user, channel, message }: Omit<Hook, 'at' | 'uses'>,
  body: JsonObject,
): MethodReply {
  const original = message === undefined ? undefined : findMessage(ws, channel, message);
  if (yes(body, 'delete_original')) {
    if (original) ws.messages.splice(ws.messages.indexOf(original), 1);
    ws.changed();
    return { ok: true };
  }
  const content = contentOf(ws, body);
  if ('refused' in content) return content.refused;
  if (yes(body, 'replace_original') && original) {
    Object.assign(original, { blocks: [], ...content, edited: ws.nextTs() });
  } else {
    const thread = word(body, 'thread_ts');
    ws.messages.push({
      channel,
      ts: ws.nextTs(),
      user: BOT_USER_ID,
      blocks: [],
      ...content,
      ...(thread !== undefined && { threadTs: thread }),
      ...(body['response_type'] !== 'in_channel' && { to: user }),
    });
  }
  ws.changed();
  return { ok: true };
}
