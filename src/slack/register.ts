import type { App, ViewResponseAction } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import { openCredentials } from './acts/credentials.js';
import {
  actorOf,
  type Click,
  type ClickHandler,
  type Desk,
  type Submission,
} from './acts/handler-context.js';
import { slackError } from './wire/faults.js';
import { COMMAND, DENY_MODAL, REASON, REQUEST_MODAL } from './ids.js';
import { say } from './messages/blocks.js';
import { cancelClick, endClick, explainClick, statusClick } from './acts/own-requests.js';
import { at, textAt } from './wire/payload.js';
import { sentenceFor } from '../words/refusal.js';
import { narrowDurations, submitRequest } from './acts/request-form.js';
import { endsAccess, runCommand } from './subcommands/index.js';
import { suggestEntitlements } from './acts/suggestions.js';
import { tell } from './tell.js';
import { personLimits, type PersonLimits } from './limits/person-limits.js';
import { approveClick, denyClick, submitDenial } from './acts/vote-buttons.js';

const CLICKS: Record<string, ClickHandler> = {
  approve: approveClick,
  deny: denyClick,
  credentials: openCredentials,
  cancel: cancelClick,
  revoke: endClick,
  status: statusClick,
  explain: explainClick,
  entitlement: narrowDurations,
};
type FormHandler = (submission: Submission, desk: Desk) => Promise<ViewResponseAction | undefined>;
/** Each form with the input that shows what went wrong on our side. */
const FORMS: Record<string, [handler: FormHandler, input: string]> = {
  [REQUEST_MODAL]: [submitRequest, 'entitlement'],
  [DENY_MODAL]: [submitDenial, REASON],
};

const SORRY =
  'Something went wrong on our side. Please try again in a moment. /jit list shows what was done.';
/** A trigger_id lives three seconds and is good once: what comes late, or again, opens no second window. */
const NO_WINDOW: Record<string, string> = {
  expired_trigger_id: 'It took too long to open the window, so Slack would not show it. Please try again.',
  exchanged_trigger_id: 'This window was already opened. If you closed it, please start again.',
};
const NOBODY = sentenceFor({ code: 'unknown-person' });
/** Buttons that cancel a request or end access. */
const ENDING = new Set(['cancel', 'revoke']);

/** Ids → handlers. */
export function register(app: App, desk: Desk): void {
  const limits = personLimits({ now: desk.now, refuse: (seen) => desk.front.refuse(seen) });
  onCommand(app, desk, limits);
  onClicks(app, desk, limits);
  onTyping(app, desk, limits);
  onForms(app, desk, limits);
}

function onCommand(app: App, desk: Desk, { inTurn }: PersonLimits): void {
  app.command(COMMAND, async ({ ack, body, context }) => {
    const actor = actorOf(body);
    const answer = await orElse(desk, 'command', say, async () => {
      if (!actor) return say(NOBODY);
      const triggerId = textAt(body, 'trigger_id') ?? '';
      const text = textAt(body, 'text') ?? '';
      const typed = { actor, text, triggerId, seen: seenOf(context) };
      return inTurn({ ...typed, ends: endsAccess(text) }, say, () => runCommand(typed, desk));
    });
    await (answer ? ack({ response_type: 'ephemeral', ...answer }) : ack());
  });
}

function onClicks(app: App, desk: Desk, { inTurn, replying }: PersonLimits): void {
  for (const [id, handler] of Object.entries(CLICKS)) {
    app.action({ type: 'block_actions', action_id: id }, async ({ ack, body, payload, respond, context }) => {
      await ack();
      const actor = actorOf(body);
      const answer = await orElse(desk, id, say, async () => {
        if (!actor) return say(NOBODY);
        const click: Click = {
          actor,
          value: at(payload, 'value'),
          triggerId: textAt(body, 'trigger_id') ?? '',
          view: at(body, 'view'),
          seen: seenOf(context),
        };
        return inTurn({ ...click, ends: ENDING.has(id), opens: id === 'credentials' }, say, () =>
          handler(click, desk),
        );
      });
      // At most 8 pending replies per person; the rest are dropped.
      if (answer) await replying(actor?.id ?? '', () => tell(desk, body, respond, answer));
    });
  }
}

/** Suggests entitlements while a person types into the form's search. */
function onTyping(app: App, desk: Desk, { suggesting }: PersonLimits): void {
  const entitlement = { type: 'block_suggestion', action_id: 'entitlement' } as const;
  app.options<'block_suggestion'>(entitlement, async ({ ack, body, payload }) => {
    const actor = actorOf(body);
    const none: PlainTextOption[] = [];
    const options = await orElse(
      desk,
      'suggestion',
      () => none,
      async () => {
        if (!actor) return none;
        const typed = textAt(payload, 'value') ?? '';
        return suggesting(actor.id, () => suggestEntitlements(actor, typed, desk)) ?? none;
      },
    );
    await ack({ options });
  });
}

function onForms(app: App, desk: Desk, { inTurn }: PersonLimits): void {
  for (const [id, [handler, input]] of Object.entries(FORMS)) {
    app.view({ type: 'view_submission', callback_id: id }, async ({ ack, body, context }) => {
      const actor = actorOf(body);
      const wrong = (text: string) => problem(input, text);
      const answer = await orElse(desk, id, wrong, async () => {
        if (!actor) return wrong(NOBODY);
        const submission = { actor, view: at(body, 'view'), seen: seenOf(context) };
        return inTurn({ ...submission, ends: false }, wrong, () => handler(submission, desk));
      });
      await (answer ? ack(answer) : ack());
    });
  }
}

/** Every person gets an answer, and no error goes further than the log. */
async function orElse<T>(
  desk: Desk,
  kind: string,
  sorry: (text: string) => T,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const late = NO_WINDOW[slackError(error) ?? ''];
    // A late click is no fault of jit's, so no alarm may hear it.
    desk.log[late === undefined ? 'error' : 'warn'](
      { err: error, kind },
      'a request from Slack could not be handled',
    );
    return sorry(late ?? SORRY);
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
