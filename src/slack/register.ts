import type { App, RespondFn, ViewResponseAction } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import type { Actor } from '../ports/people.js';
import { allowance } from './wire/rate-limit.js';
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
import { say, type Message } from './messages/blocks.js';
import { cancelClick, endClick, explainClick, statusClick } from './acts/own-requests.js';
import { at, textAt } from './wire/payload.js';
import { sentenceFor } from '../words/refusal.js';
import { narrowDurations, submitRequest } from './acts/request-form.js';
import { endsAccess, runCommand } from './subcommands/index.js';
import { suggestEntitlements } from './acts/suggestions.js';
import { turns } from './wire/per-person-limit.js';
import { approveClick, denyClick, submitDenial } from './acts/vote-buttons.js';

export type { Desk } from './acts/handler-context.js';

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
const SLOWLY =
  'You are doing too many things at once, so this one was not done. Please wait a second and try again.';
const TOO_OFTEN =
  'You are doing more than jit allows one person, so nothing was done. Please wait a few seconds and try again. /jit cancel and /jit revoke still work.';
/** What one person may have at work at once in this process; each takes a look-up in Slack and a write. */
const AT_ONCE = 8;
/** What one person may do in this process, whoever they turn out to be; what takes something back is not counted. */
const OFTEN = { burst: 20, perMinute: 30 };
/** Sessions that one person may ask for in this process, of all their access together. */
const SESSIONS = { burst: 10, perMinute: 10 };
/** Buttons that take something back. */
const ENDING = new Set(['cancel', 'revoke']);

/** Ids → handlers. */
export function register(app: App, desk: Desk): void {
  const working = turns(AT_ONCE);
  // By themselves: whatever else somebody does at the same time, they can take it back.
  const ending = turns(AT_ONCE);
  const mayDo = allowance({ ...OFTEN, now: desk.now });
  const mayOpen = allowance({ ...SESSIONS, now: desk.now });
  const telling = turns(AT_ONCE);
  // By itself, so that whoever types fast can still send what they have typed.
  const suggesting = turns(AT_ONCE);

  /**
   * Does it, unless that person does too much. What was not done is marked, since it must not be done by itself when
   * the same request comes again.
   */
  async function inTurn<T>(
    { actor, seen, ends, opens = false }: { actor: Actor; seen: string; ends: boolean; opens?: boolean },
    refused: (text: string) => T,
    work: () => Promise<T>,
  ): Promise<T> {
    const refuse = async (text: string): Promise<T> => {
      await desk.front.refuse(seen);
      return refused(text);
    };
    const { id: slackId } = actor;
    if (ends) return ending(slackId, work) ?? refuse(SLOWLY);
    const may = () => mayDo(slackId) && (!opens || mayOpen(slackId));
    return working(slackId, () => (may() ? work() : refuse(TOO_OFTEN))) ?? refuse(SLOWLY);
  }

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
      // Whoever is being told so eight times already need not hear it again.
      if (answer) await telling(actor?.id ?? '', () => tell(desk, body, respond, answer));
    });
  }

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

/** Nobody is left without an answer, and no error goes further than the log. */
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
    // Somebody was late, and is told: no alarm is for that.
    desk.log[late === undefined ? 'error' : 'warn'](
      { err: error, kind },
      'a request from Slack could not be handled',
    );
    return sorry(late ?? SORRY);
  }
}

/**
 * Tells the one who clicked: by the response URL, else in the channel for their eyes only, else by a direct message,
 * for a channel that the bot is not in, or that was archived meanwhile.
 */
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
  if (user === undefined) return;
  try {
    if (channel !== undefined) {
      await desk.slack.chat.postEphemeral({ channel, user, parse: 'none', ...message });
      return;
    }
  } catch (error) {
    desk.log.warn({ err: error }, 'a person could not be told where they clicked');
  }
  try {
    const { channel: dm } = await desk.slack.conversations.open({ users: user });
    await desk.slack.chat.postMessage({ channel: dm?.id ?? user, parse: 'none', ...message });
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
