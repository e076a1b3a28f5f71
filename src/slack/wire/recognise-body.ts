import { isObject } from '../../domain/is-object.js';
import { parseMenuValue, START } from '../ids.js';
import { textAt, at, type Body } from './payload.js';

/** What a body is, and of it what we read. */
export interface Recognised {
  kind:
    | 'command'
    | 'block_actions'
    | 'block_suggestion'
    | 'view_submission'
    | 'shortcut'
    | 'message_action'
    | 'event_callback';
  body: Body;
}

const COMMAND_TEXTS = ['command', 'text', 'channel_id', 'trigger_id', 'response_url'];
const CLICK_TEXTS = ['trigger_id', 'response_url'];
const FIELD_TEXTS = ['action_id', 'block_id'];
const SHORTCUT_TEXTS = ['callback_id', 'trigger_id', 'response_url'];
const VIEW_TEXTS = ['type', 'id', 'hash', 'callback_id', 'private_metadata'];
/** Of the Events API, what is listened to; what else is subscribed to, by hand, is acknowledged and left alone. */
const HEARD = ['app_home_opened'];
const SLACK_ID = /^[A-Z][\w-]{0,39}$/;

/**
 * Takes from a signed body what we read, each part of the type that it should have, and nothing else. Bolt 5 reads
 * more than we do and trusts it: a team whose id is `__proto__` and `response_urls: null` throw, `event` beside
 * `command` makes an event of a command, and `bot_access_token` would become the token of a client.
 * @returns undefined for whatever we do not answer to
 */
export function recognise(body: Body): Recognised | undefined {
  if (body['type'] === undefined && textAt(body, 'command') !== undefined)
    return { kind: 'command', body: { ...texts(body, COMMAND_TEXTS), ...commander(body) } };
  if (body['type'] === 'block_actions') {
    const action = Array.isArray(body['actions']) ? (body['actions'] as unknown[])[0] : undefined;
    if (!isObject(action) || textAt(action, 'action_id') === undefined) return undefined;
    const channel = idAt(body, 'channel', 'id');
    return of('block_actions', {
      ...texts(body, CLICK_TEXTS),
      ...(channel && { channel: { id: channel } }),
      container: { is_ephemeral: at(body, 'container', 'is_ephemeral') === true },
      actions: [pressOf(action)],
      view: viewOf(body),
    });
  }
  if (body['type'] === 'shortcut' || body['type'] === 'message_action') {
    if (textAt(body, 'callback_id') === undefined) return undefined;
    const [channel, ts] = [idAt(body, 'channel', 'id'), textAt(body, 'message', 'ts')];
    return of(body['type'], {
      ...texts(body, SHORTCUT_TEXTS),
      ...(channel && { channel: { id: channel } }),
      ...(ts !== undefined && { message: { ts } }),
    });
  }
  if (body['type'] === 'event_callback') {
    const type = textAt(body, 'event', 'type');
    if (type === undefined || !HEARD.includes(type)) return undefined;
    const [user, team] = [
      idAt(body, 'event', 'user'),
      idAt(body, 'event', 'view', 'team_id') ?? idAt(body, 'team_id'),
    ];
    const event = { type, ...texts(isObject(body['event']) ? body['event'] : {}, ['tab']) };
    return {
      kind: 'event_callback',
      body: {
        type: 'event_callback',
        ...(user && team !== false ? { user: { id: user, ...(team && { team_id: team }) } } : {}),
        event,
      },
    };
  }
  if (body['type'] === 'block_suggestion') {
    if (textAt(body, 'action_id') === undefined) return undefined;
    const field = { ...texts(body, FIELD_TEXTS), value: textAt(body, 'value') ?? '' };
    return of('block_suggestion', { ...field, ...startDrawn(body) });
  }
  if (body['type'] === 'view_submission') {
    const view = viewOf(body);
    return textAt(view, 'callback_id') === undefined ? undefined : of('view_submission', { view });
  }
  return undefined;

  function of(kind: Recognised['kind'], parts: Body): Recognised {
    return { kind, body: { type: kind, ...clicker(body), ...parts } };
  }
}

/** An event of Slack's that nothing here listens to: it is acknowledged, or Slack would send it again and again. */
export function isUnheardEvent(body: Body): boolean {
  return body['type'] === 'event_callback' && isObject(body['event']);
}

/** A press on a button. An option of one of our menus is the press on the button that it stands for. */
function pressOf(action: Body): Body {
  const press = texts(action, ['type', 'action_id', 'block_id', 'value', 'action_ts']);
  if (press['type'] !== 'overflow') return press;
  const { action: button, value } = parseMenuValue(at(action, 'selected_option', 'value')) ?? {};
  return button === undefined ? press : { ...press, type: 'button', action_id: button, value };
}

function viewOf(body: Body): Body | undefined {
  const view = body['view'];
  return isObject(view) ? { ...texts(view, VIEW_TEXTS), state: view['state'] } : undefined;
}

/**
 * The start with which we have drawn the form last, which is at every choice of one: where suggestions are asked for,
 * Slack hands over the view without what was entered (github.com/slackapi/java-slack-sdk/issues/1292).
 */
function startDrawn(body: Body): Body {
  const blocks = at(body, 'view', 'blocks');
  const block = Array.isArray(blocks) ? blocks.find((one) => at(one, 'block_id') === START) : undefined;
  const moment = at(block, 'element', 'initial_date_time');
  return typeof moment === 'number' ? { [START]: String(moment) } : {};
}

/** A person who is not wholly named is unknown: a malformed part must not give way to another that is well formed. */
function clicker(body: Body): Body {
  const user = idAt(body, 'user', 'id');
  const [own, given] = [idAt(body, 'user', 'team_id'), idAt(body, 'team', 'id')];
  if (!user || own === false || given === false) return { user: {} };
  return { user: { id: user, ...(own && { team_id: own }) }, ...(given && { team: { id: given } }) };
}

function commander(body: Body): Body {
  const [user, team] = [idAt(body, 'user_id'), idAt(body, 'team_id')];
  return user && team ? { user_id: user, team_id: team } : {};
}

/** @returns undefined where there is none, false where it is none of Slack's */
function idAt(body: Body, ...path: string[]): string | undefined | false {
  const found = at(body, ...path);
  if (found === undefined || found === null) return undefined;
  return typeof found === 'string' && SLACK_ID.test(found) && found;
}

function texts(from: Body, names: string[]): Body {
  const found = names.map((name) => [name, textAt(from, name)] as const);
  return Object.fromEntries(found.filter(([, text]) => text !== undefined));
}
