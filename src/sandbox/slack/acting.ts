import { applyToView, parsed, remove } from './applying.js';
import { sign, type Wire } from './delivery.js';
import { clicked, field, offered } from './block-kit/fields.js';
import { answer as show } from './web-api/hooks.js';
import { entered, incomplete } from './block-kit/inputs.js';
import * as payloads from './payloads.js';
import { isObject, str } from './block-kit/schema.js';
import type { Acting, BotAnswer, Failure, PostedMessage, Modal, Values } from './surface.js';
import type { Workspace } from './workspace.js';

const SENTENCES: Record<string, string> = {
  operation_timeout: 'The app did not answer in time.',
  dispatch_failed: 'The app could not be reached, or answered with an error.',
  invalid_response: 'The app answered with something that cannot be shown.',
  missing_fields: 'Some fields are not filled in.',
};

/** One person before Slack's client. */
// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function acting(ws: Workspace, wire: Wire, userId: string): Acting {
  if (!ws.users.has(userId)) throw new Error(`there is no user ${userId}`);

  function fail(what: Failure['what'], answer: BotAnswer, error: string): BotAnswer {
    const text =
      what === 'command' ? `The command failed with the error "${error}".` : (SENTENCES[error] ?? error);
    ws.failures.push({ user: userId, at: ws.now(), ms: answer.ms, what, error, text });
    ws.changed();
    return { ...answer, failure: error };
  }

  async function deliver(what: Failure['what'], body: string): Promise<BotAnswer> {
    const delivery = sign(ws, body);
    ws.deliveries.push(delivery);
    const answer = await wire(delivery);
    return answer.failure === undefined ? answer : fail(what, answer, answer.failure);
  }

  function open(modal: Modal | string): Modal {
    const id = typeof modal === 'string' ? modal : modal.id;
    const home = ws.homes.get(userId);
    const found = home?.id === id ? home : ws.modals.get(userId)?.find((one) => one.id === id);
    if (!found) throw new Error(`${userId} has no open modal ${id}`);
    return found;
  }

  function fill(modal: Modal, values: Values): void {
    for (const [name, value] of Object.entries(values)) {
      const { blockId, element } = field(modal, name);
      const offered = ws.suggested.get(`${modal.id}/${blockId}`) ?? [];
      (modal.values[blockId] ??= {})[str(element, 'action_id')] = entered(element, value, offered);
    }
    ws.changed();
  }

  return {
    async command(line, channel = [...ws.channels.keys()][0] ?? '') {
      if (!ws.channels.has(channel) && !ws.dms.has(channel))
        throw new Error(`there is no channel ${channel}`);
      const answer = await deliver('command', payloads.commandBody(ws, userId, line, channel));
      if (answer.failure !== undefined || answer.body.trim() === '') return answer;
      const body = parsed(answer.body) ?? { text: answer.body };
      const shown = Object.keys(body).length === 0 || show(ws, { user: userId, channel }, body).ok;
      return shown ? answer : fail('command', answer, 'invalid_response');
    },

    async click(where, actionId, value) {
      if (isModal(where)) {
        const modal = open(where);
        const action = clicked(modal.view.blocks, actionId, value);
        return deliver('click', payloads.formOf(payloads.viewAction(ws, modal, action)));
      }
      const action = clicked(where.blocks, actionId, value);
      const payload = payloads.messageAction(ws, userId, where, action);
      return deliver('click', payloads.formOf(payload));
    },

    async choose(of, name, value) {
      const modal = open(of);
      fill(modal, { [name]: value });
      const { block, blockId, element } = field(modal, name);
      if (block['type'] === 'input' && block['dispatch_action'] !== true)
        return { status: 0, ms: 0, body: '' };
      const actionId = str(element, 'action_id');
      const action = { ...modal.values[blockId]?.[actionId], block_id: blockId, action_id: actionId };
      return deliver('click', payloads.formOf(payloads.viewAction(ws, modal, action)));
    },

    async openHome() {
      if (ws.setup.home === false) throw new Error('the app has no Home tab');
      const delivery = sign(ws, payloads.homeOpened(ws, userId), { contentType: 'application/json' });
      ws.deliveries.push(delivery);
      // Whoever opens it sees no failure: the tab stays as it was.
      return wire(delivery);
    },

    async shortcut(callbackId) {
      if (ws.setup.home === false) throw new Error('the app has no shortcuts');
      return deliver('shortcut', payloads.formOf(payloads.shortcut(ws, userId, callbackId)));
    },

    async messageShortcut(message, callbackId) {
      if (ws.setup.home === false) throw new Error('the app has no shortcuts');
      const payload = payloads.messageShortcut(ws, userId, message, callbackId);
      return deliver('shortcut', payloads.formOf(payload));
    },

    fill: (modal, values) => fill(open(modal), values),

    async submit(of, values = {}) {
      const modal = open(of);
      if (!modal.view['submit']) throw new Error(`the modal ${modal.id} has no submit button`);
      fill(modal, values);
      modal.errors = incomplete(modal.view.blocks, modal.values);
      if (Object.keys(modal.errors).length > 0)
        return fail('submit', { status: 0, ms: 0, body: '' }, 'missing_fields');
      const answer = await deliver('submit', payloads.formOf(payloads.viewSubmission(ws, modal)));
      if (answer.failure !== undefined) return answer;
      const applied = applyToView(ws, modal, answer.body);
      ws.changed();
      return applied ? answer : fail('submit', answer, 'invalid_response');
    },

    async suggest(of, name, query) {
      const modal = open(of);
      const { blockId, element } = field(modal, name);
      const asked = { blockId, actionId: str(element, 'action_id') };
      const answer = await deliver(
        'suggest',
        payloads.formOf(payloads.blockSuggestion(ws, modal, asked, query)),
      );
      const options = offered(parsed(answer.body) ?? {});
      ws.suggested.set(`${modal.id}/${blockId}`, options);
      return options.map((one) => ({
        text: isObject(one['text']) ? str(one['text'], 'text') : '',
        value: str(one, 'value'),
      }));
    },

    async close(of) {
      const modal = open(of);
      const cleared = modal.view['clear_on_close'] === true;
      const payload = payloads.viewClosed(ws, modal, cleared);
      remove(ws, modal, cleared);
      ws.changed();
      if (modal.view['notify_on_close'] !== true) return { status: 0, ms: 0, body: '' };
      return deliver('close', payloads.formOf(payload));
    },
  };
}

const isModal = (where: PostedMessage | Modal): where is Modal => 'rootId' in where;
