import type { App, RespondFn, ViewResponseAction } from '@slack/bolt';
import { openCredentials } from './credentials.js';
import { actorOf, type Click, type ClickHandler, type Desk, type Submission } from './desk.js';
import { COMMAND, DENY_MODAL, REASON, REQUEST_MODAL } from './ids.js';
import { say, type Message } from './messages/blocks.js';
import { cancelClick, endClick, statusClick } from './own-requests.js';
import { at, textAt } from './payload.js';
import { sentenceFor } from './refusals.js';
import { narrowDurations, submitRequest } from './request-form.js';
import { runCommand } from './subcommands/index.js';
import { approveClick, denyClick, submitDenial } from './vote-buttons.js';

export type { Desk } from './desk.js';

const CLICKS: Record<string, ClickHandler> = {
  approve: approveClick,
  deny: denyClick,
  credentials: openCredentials,
  cancel: cancelClick,
  revoke: endClick,
  status: statusClick,
  entitlement: narrowDurations,
};
type FormHandler = (submission: Submission, desk: Desk) => Promise<ViewResponseAction | undefined>;
/** Each form with the input that shows what went wrong on our side. */
const FORMS: Record<string, [handler: FormHandler, input: string]> = {
  [REQUEST_MODAL]: [submitRequest, 'entitlement'],
  [DENY_MODAL]: [submitDenial, REASON],
};

const SORRY =
  'Something went wrong on our side. Please try again in a moment; /jit list shows what has been done and what has not.';
const NOBODY = sentenceFor({ code: 'unknown-person' });

/** Ids → handlers. */
export function register(app: App, desk: Desk): void {
  app.command(COMMAND, async ({ ack, body, context }) => {
    const actor = actorOf(body);
    const answer = await orElse(desk, 'command', say(SORRY), async () => {
      if (!actor) return say(NOBODY);
      const triggerId = textAt(body, 'trigger_id') ?? '';
      return runCommand({ actor, text: textAt(body, 'text') ?? '', triggerId, seen: seenOf(context) }, desk);
    });
    await (answer ? ack({ response_type: 'ephemeral', ...answer }) : ack());
  });

  for (const [id, handler] of Object.entries(CLICKS)) {
    app.action({ type: 'block_actions', action_id: id }, async ({ ack, body, payload, respond, context }) => {
      await ack();
      const actor = actorOf(body);
      const answer = await orElse(desk, id, say(SORRY), async () => {
        if (!actor) return say(NOBODY);
        const click: Click = {
          actor,
          value: at(payload, 'value'),
          triggerId: textAt(body, 'trigger_id') ?? '',
          view: at(body, 'view'),
          seen: seenOf(context),
        };
        return handler(click, desk);
      });
      if (answer) await tell(desk, body, respond, answer);
    });
  }

  for (const [id, [handler, input]] of Object.entries(FORMS)) {
    app.view({ type: 'view_submission', callback_id: id }, async ({ ack, body, context }) => {
      const actor = actorOf(body);
      const answer = await orElse(desk, id, problem(input, SORRY), async () => {
        if (!actor) return problem(input, NOBODY);
        return handler({ actor, view: at(body, 'view'), seen: seenOf(context) }, desk);
      });
      await (answer ? ack(answer) : ack());
    });
  }
}

/** Nobody is left without an answer, and no error goes further than the log. */
async function orElse<T>(desk: Desk, kind: string, sorry: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    desk.log.error({ err: error, kind }, 'a request from Slack could not be handled');
    return sorry;
  }
}

/** Tells the one who clicked: by the response URL, else in the channel, for their eyes only. */
async function tell(
  desk: Desk,
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
    desk.log.warn({ err: error }, 'a response URL did not work');
  }
  const channel = textAt(body, 'channel', 'id');
  const user = textAt(body, 'user', 'id');
  if (channel === undefined || user === undefined) return;
  try {
    await desk.slack.chat.postEphemeral({ channel, user, parse: 'none', ...message });
  } catch (error) {
    desk.log.warn({ err: error }, 'a person could not be told');
  }
}

function problem(input: string, text: string): ViewResponseAction {
  return { response_action: 'errors', errors: { [input]: text } };
}

function seenOf(context: { [key: string]: unknown }): string {
  const seen = context['seen'];
  if (typeof seen !== 'string' || seen === '') throw new Error('a request without the mark of its signature');
  return seen;
}
