import type { App, Receiver, RespondFn, ViewResponseAction } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import type { Actor } from '../ports/people.js';
import { sentenceFor } from '../words/refusal.js';
import { againByButton } from './acts/again.js';
import { backByButton, submitAway } from './acts/away.js';
import { openCredentials } from './acts/sessions/credentials.js';
import type { Click, Desk, Limited, Refused, SignedAct, Submission, Told } from './acts/handler-context.js';
import { extendClick, submitExtend } from './acts/extend/act.js';
import { openHome, showPage } from './acts/home.js';
import { byButton, DEEDS, releaseClick } from './acts/own-requests.js';
import { answerClick, questionClick, submitAnswer, submitQuestion } from './acts/questions.js';
import { formRedraws } from './acts/request/redraw.js';
import { reviewClick, submitReview } from './acts/emergency/review.js';
import { submitRequest, suggestEntitlements } from './acts/request-form.js';
import { askByShortcut, askFromMessage } from './acts/shortcuts.js';
import { shortenClick, submitShorter } from './acts/shorten.js';
import { approveClick, denyClick, submitDenial } from './acts/vote-buttons.js';
import {
  ANSWER,
  ANSWER_MODAL,
  AWAY_MODAL,
  BACK_BUTTON,
  COMMAND,
  DENY_MODAL,
  DURATION,
  EMERGENCY,
  EXTEND_MODAL,
  MESSAGE_SHORTCUT,
  PAGE_BUTTONS,
  QUESTION,
  QUESTION_MODAL,
  REASON,
  REQUEST_MODAL,
  REQUEST_SHORTCUT,
  REVIEW_MODAL,
  SHORTEN_MODAL,
  STAND_IN,
  START,
  WORDS,
} from './ids.js';
import { personLimits } from './limits.js';
import { say } from './messages/blocks.js';
import { endsAccess, runCommand } from './subcommands/index.js';
import { tell } from './tell.js';
import { bolt, type Bot } from './wire/bolt.js';
import { slackError } from './wire/faults.js';
import { at, textAt } from './wire/payload.js';

interface Button extends Limited {
  press(click: Click, desk: Desk): Promise<Told>;
}
const BUTTONS: [id: string | RegExp, Button][] = [
  ['approve', { press: approveClick }],
  ['deny', { press: denyClick }],
  ['shorten', { press: shortenClick }],
  ['question', { press: questionClick }],
  ['answer', { press: answerClick }],
  ['extend', { press: extendClick }],
  ['release', { press: releaseClick, ends: true }],
  ['credentials', { press: openCredentials, opens: true }],
  ['again', { press: againByButton }],
  ['review', { press: reviewClick }],
  [BACK_BUTTON, { press: backByButton }],
  [REQUEST_SHORTCUT, { press: askByShortcut }],
  ...PAGE_BUTTONS.map((id): [string, Button] => [id, { press: showPage }]),
  ...Object.entries(DEEDS).map(([id, deed]): [string, Button] => [
    id,
    { press: byButton(deed), ends: deed.ends },
  ]),
];
type FormHandler = (submission: Submission, desk: Desk) => Promise<ViewResponseAction | Refused | undefined>;
/** Each form with the input that shows what went wrong. */
const FORMS: Record<string, [submit: FormHandler, input: string]> = {
  [REQUEST_MODAL]: [submitRequest, 'entitlement'],
  [DENY_MODAL]: [submitDenial, REASON],
  [SHORTEN_MODAL]: [submitShorter, DURATION],
  [QUESTION_MODAL]: [submitQuestion, QUESTION],
  [ANSWER_MODAL]: [submitAnswer, ANSWER],
  [AWAY_MODAL]: [submitAway, STAND_IN],
  [REVIEW_MODAL]: [submitReview, WORDS],
  [EXTEND_MODAL]: [submitExtend, DURATION],
};

const SORRY =
  'Something went wrong on our side. Please try again in a moment. /jit list shows what was done.';
/** A trigger_id lives three seconds and is good once: what comes late, or again, opens no second window. */
const NO_WINDOW: Record<string, string> = {
  expired_trigger_id: 'It took too long to open the window, so Slack would not show it. Please try again.',
  exchanged_trigger_id: 'This window was already opened. If you closed it, please start again.',
};

/** Something signed that a person does. */
interface Signed extends Limited {
  /** For the log. */
  kind: string;
  body: unknown;
  context: { [key: string]: unknown };
}

/** Bolt with our handlers behind a receiver: the front door, or Socket Mode. */
export function boltApp(desk: Desk, { receiver, ...bot }: { receiver: Receiver } & Bot): App {
  const app = bolt({ receiver, slackApiUrl: desk.slack.slackApiUrl, log: desk.log, bot });
  const doing = answering(desk);
  const { limits, carryOut, reply, sorry } = doing;
  app.error(async (error) => {
    desk.log.error({ err: error }, 'Bolt could not handle a request');
  });

  app.command(COMMAND, async ({ ack, body, context }) => {
    const typed = { text: textAt(body, 'text') ?? '', triggerId: textAt(body, 'trigger_id') ?? '' };
    const signed = { kind: 'command', body, context, ends: endsAccess(typed.text) };
    const answer = await carryOut(signed, say, (act) => runCommand({ ...act, ...typed }, desk));
    await (answer ? ack({ response_type: 'ephemeral', ...answer }) : ack());
  });

  const redraw = formRedraws(desk.now);
  const choices: typeof BUTTONS = [
    ['entitlement', { press: redraw.entitlement, fills: true }],
    [EMERGENCY, { press: redraw.emergency, fills: true }],
    // Numbered where we have preselected another one.
    [/^duration(?:\.\d{1,3})?$/, { press: redraw.duration, fills: true }],
    [START, { press: redraw.start, fills: true }],
  ];
  for (const [id, { press, ...limited }] of [...BUTTONS, ...choices])
    app.action({ type: 'block_actions', action_id: id }, async ({ ack, body, payload, respond, context }) => {
      await ack();
      const triggerId = textAt(body, 'trigger_id') ?? '';
      const when = Number(textAt(payload, 'action_ts')) || undefined;
      const inList = at(body, 'container', 'is_ephemeral') === true;
      const pressed = { value: at(payload, 'value'), triggerId, view: at(body, 'view'), at: when, inList };
      await reply({ kind: String(id), body, context, ...limited }, respond, (act) =>
        press({ ...act, ...pressed }, desk),
      );
    });

  for (const [kind, [submit, input]] of Object.entries(FORMS))
    app.view({ type: 'view_submission', callback_id: kind }, async ({ ack, body, context }) => {
      const sent = { view: at(body, 'view') };
      const answer = await carryOut({ kind, body, context }, problem, (act) =>
        submit({ ...act, ...sent }, desk),
      );
      await (answer ? ack(answer) : ack());

      function problem(text: string): ViewResponseAction {
        return { response_action: 'errors', errors: { [input]: text } };
      }
    });

  // Entitlements that fit what a person types into the form's search.
  const search = { type: 'block_suggestion', action_id: 'entitlement' } as const;
  app.options<'block_suggestion'>(search, async ({ ack, body, payload }) => {
    const actor = actorOf(body);
    const typed = textAt(payload, 'value') ?? '';
    let options: PlainTextOption[] | undefined;
    try {
      options = await (actor &&
        limits.suggesting(actor.id, () =>
          suggestEntitlements({ actor, typed, startsAt: textAt(body, START) }, desk),
        ));
    } catch (error) {
      sorry('suggestion', error);
    }
    await ack({ options: options ?? [] });
  });
  otherWaysIn(app, desk, doing);
  return app;
}

/** Shortcuts, and App Home. An installation with an older manifest has neither, and nothing here is called. */
function otherWaysIn(app: App, desk: Desk, { carryOut, reply }: ReturnType<typeof answering>): void {
  const everywhere = { type: 'shortcut', callback_id: REQUEST_SHORTCUT } as const;
  app.shortcut(everywhere, async ({ ack, body, context }) => {
    await ack();
    const triggerId = textAt(body, 'trigger_id') ?? '';
    await reply({ kind: 'shortcut', body, context }, undefined, (act) =>
      askByShortcut({ ...act, triggerId }, desk),
    );
  });

  const onMessage = { type: 'message_action', callback_id: MESSAGE_SHORTCUT } as const;
  app.shortcut(onMessage, async ({ ack, body, context, respond }) => {
    await ack();
    const triggerId = textAt(body, 'trigger_id') ?? '';
    const message = { channel: textAt(body, 'channel', 'id'), ts: textAt(body, 'message', 'ts') };
    await reply({ kind: 'message shortcut', body, context }, respond, (act) =>
      askFromMessage({ ...act, triggerId, ...message }, desk),
    );
  });

  app.event('app_home_opened', async ({ body, context }) => {
    if (textAt(body, 'event', 'tab') !== 'home') return;
    await carryOut({ kind: 'app home', body, context }, say, (act) => openHome(act, desk));
  });
}

function answering(desk: Desk) {
  const { front, log, now } = desk;
  const limits = personLimits({ now, refuse: (seen) => front.refuse(seen) });
  return { limits, carryOut, reply, sorry };

  /** Does it, and tells the person for their eyes only what there is to tell. */
  async function reply(
    signed: Signed,
    respond: RespondFn | undefined,
    work: (act: SignedAct) => Promise<Told>,
  ): Promise<void> {
    const answer = await carryOut(signed, say, work);
    const who = actorOf(signed.body)?.id ?? '';
    // At most 8 pending replies per person; the rest are dropped.
    if (answer) await limits.replying(who, () => tell(desk, signed.body, respond, answer));
  }

  /** Does what a person wants, within their limits. They always get an answer, and no error goes further than the log. */
  async function carryOut<T extends object>(
    { kind, body, context, ends, opens, fills }: Signed,
    worded: (text: string) => T,
    work: (act: SignedAct) => Promise<T | Refused | undefined>,
  ): Promise<T | undefined> {
    try {
      const actor = actorOf(body);
      if (!actor) return worded(sentenceFor({ code: 'unknown-person' }));
      const act = { actor, seen: seenOf(context) };
      const told = await (fills
        ? limits.filling(act, () => work(act))
        : limits.inTurn({ ...act, ends, opens }, worded, () => work(act)));
      return told && isRefused(told) ? worded(sentenceFor(told.refusal)) : told;
    } catch (error) {
      return worded(sorry(kind, error));
    }
  }

  /** Logs what went wrong. @returns what to tell the person */
  function sorry(kind: string, error: unknown): string {
    const late = NO_WINDOW[slackError(error) ?? ''];
    // A late click is no fault of jit's, so no alarm may hear it.
    log[late === undefined ? 'error' : 'warn'](
      { err: error, kind },
      'a request from Slack could not be handled',
    );
    return late ?? SORRY;
  }
}

function isRefused(told: object): told is Refused {
  return 'refusal' in told;
}

/** Who acts, as the signed payload says; undefined when it does not say. */
function actorOf(body: unknown): Actor | undefined {
  const slackId = textAt(body, 'user', 'id') ?? textAt(body, 'user_id');
  // In a shared channel `team` may be the channel's: the person's own comes first.
  const team = textAt(body, 'user', 'team_id') ?? textAt(body, 'team', 'id') ?? textAt(body, 'team_id');
  return slackId === undefined ? undefined : { provider: 'slack', id: slackId, tenant: team };
}

function seenOf(context: { [key: string]: unknown }): string {
  const seen = context['seen'];
  if (typeof seen !== 'string' || seen === '') throw new Error('a request without the mark of its signature');
  return seen;
}
