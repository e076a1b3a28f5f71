import type { JsonObject } from '../../domain/entitlement.js';
import { valuesOf } from './block-kit/inputs.js';
import { apiMessage } from './web-api/content.js';
import type { PostedMessage, Modal } from './surface.js';
import { apiView } from './web-api/views.js';
import { APP_ID, BOT_USER_ID, dmOf, newHook, newTrigger, teamOf, type Workspace } from './workspace.js';

/** The form body of a slash command. Makes its trigger_id and response_url. */
export function commandBody(ws: Workspace, userId: string, line: string, channel: string): string {
  const [command = '', ...rest] = line.trim().split(' ');
  const user = ws.users.get(userId)!;
  return new URLSearchParams({
    token: 'legacy-verification-token',
    team_id: teamOf(ws, user),
    team_domain: ws.setup.team.domain ?? 'sandbox',
    channel_id: channel,
    channel_name: ws.channels.get(channel)?.name ?? 'directmessage',
    user_id: user.id,
    user_name: user.name,
    command,
    text: escaped(ws, rest.join(' ').trim()),
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: newHook(ws, { user: user.id, channel }),
    trigger_id: newTrigger(ws, user.id),
  }).toString();
}

/** With the mentions of people as Slack writes them where the manifest says `should_escape`. */
function escaped(ws: Workspace, text: string): string {
  return text.replace(/(^|\s)@([\w.-]+)/g, (typed: string, before: string, name: string) => {
    const user = [...ws.users.values()].find((one) => one.name === name);
    return user ? `${before}<@${user.id}|${name}>` : typed;
  });
}

/** The form body that carries an interactive payload. */
export function formOf(payload: JsonObject): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** A click on, or a choice in, a message. */
export function messageAction(
  ws: Workspace,
  userId: string,
  message: PostedMessage,
  action: JsonObject,
): JsonObject {
  const { channel, ts, threadTs, to } = message;
  return {
    ...common(ws, userId, 'block_actions'),
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: to !== undefined,
      ...(threadTs !== undefined && { thread_ts: threadTs }),
    },
    trigger_id: newTrigger(ws, userId),
    channel: { id: channel, name: ws.channels.get(channel)?.name ?? 'directmessage' },
    // Slack keeps no ephemeral message, so it cannot send it back.
    ...(to === undefined && { message: apiMessage(ws, message) }),
    state: { values: valuesOf(message.blocks) },
    response_url: newHook(ws, { user: userId, channel, message: ts }),
    actions: [{ ...action, action_ts: ws.nextTs() }],
  };
}

/** A click on, or a choice in, a modal. */
export function viewAction(ws: Workspace, modal: Modal, action: JsonObject): JsonObject {
  return {
    ...common(ws, modal.user, 'block_actions'),
    container: { type: 'view', view_id: modal.id },
    trigger_id: newTrigger(ws, modal.user),
    view: apiView(ws, modal),
    actions: [{ ...action, action_ts: ws.nextTs() }],
  };
}

export function viewSubmission(ws: Workspace, modal: Modal): JsonObject {
  return {
    ...common(ws, modal.user, 'view_submission'),
    trigger_id: newTrigger(ws, modal.user),
    view: apiView(ws, modal),
    response_urls: [],
  };
}

export function viewClosed(ws: Workspace, modal: Modal, cleared: boolean): JsonObject {
  return { ...common(ws, modal.user, 'view_closed'), view: apiView(ws, modal), is_cleared: cleared };
}

export function blockSuggestion(
  ws: Workspace,
  modal: Modal,
  field: { blockId: string; actionId: string },
  query: string,
): JsonObject {
  return {
    ...common(ws, modal.user, 'block_suggestion'),
    container: { type: 'view', view_id: modal.id },
    view: apiView(ws, modal),
    block_id: field.blockId,
    action_id: field.actionId,
    value: query,
  };
}

/** In a shared channel `team` is the workspace of the app, and only `user.team_id` says where the person is from. */
function common(ws: Workspace, userId: string, type: string): JsonObject {
  const user = ws.users.get(userId)!;
  return {
    type,
    team: { id: ws.teamId, domain: ws.setup.team.domain ?? 'sandbox' },
    user: { id: user.id, username: user.name, name: user.name, team_id: teamOf(ws, user) },
    api_app_id: APP_ID,
    token: 'legacy-verification-token',
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** A shortcut from anywhere. */
export function shortcut(ws: Workspace, userId: string, callbackId: string): JsonObject {
  return {
    ...common(ws, userId, 'shortcut'),
    callback_id: callbackId,
    trigger_id: newTrigger(ws, userId),
    action_ts: ws.nextTs(),
  };
}

/** A shortcut on a message. */
export function messageShortcut(
  ws: Workspace,
  userId: string,
  message: PostedMessage,
  callbackId: string,
): JsonObject {
  const { channel, ts } = message;
  return {
    ...common(ws, userId, 'message_action'),
    callback_id: callbackId,
    trigger_id: newTrigger(ws, userId),
    response_url: newHook(ws, { user: userId, channel }),
    channel: { id: channel, name: ws.channels.get(channel)?.name ?? 'directmessage' },
    message_ts: ts,
    message: apiMessage(ws, message),
    action_ts: ws.nextTs(),
  };
}

/** The JSON body of an event, as the Events API delivers it. */
export function homeOpened(ws: Workspace, userId: string): string {
  const home = ws.homes.get(userId);
  const event = {
    type: 'app_home_opened',
    user: userId,
    channel: dmOf(ws, userId),
    tab: 'home',
    event_ts: ws.nextTs(),
    ...(home && { view: apiView(ws, home) }),
  };
  const bot = { enterprise_id: null, team_id: ws.teamId, user_id: BOT_USER_ID, is_bot: true };
  return JSON.stringify({
    token: 'legacy-verification-token',
    team_id: ws.teamId,
    api_app_id: APP_ID,
    event,
    type: 'event_callback',
    event_id: ws.nextId('Ev'),
    event_time: Math.floor(ws.now() / 1000),
    authorizations: [{ ...bot, is_enterprise_install: false }],
    is_ext_shared_channel: false,
  });
}
