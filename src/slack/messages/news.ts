import type { Button } from '@slack/types';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { News } from '../../domain/request/effects.js';
import type { Closed, Outcome, State } from '../../domain/request/state.js';
import { openQuestions } from '../../domain/request/stories/questions.js';
import type { GrantKind } from '../../ports/access.js';
import type { RequestView } from '../../ports/messages.js';
import { list } from '../../words/english.js';
import { doer } from '../../words/pen.js';
import { actions, reference, section, type Message } from './blocks.js';
import { answerButton, buttonsOf, cancelButton, endButton, kindOf } from './buttons.js';
import { chainLines, unasked, votable } from './chain.js';
import { code, free, mention, pen, quote, when } from './mrkdwn.js';
import { nameOf, proofOf, shortenedBy, standing, what, whyOf } from './phrases.js';

/** What the requester hears: each shows the request as it is now, however late the message goes out. */
export const NEWS: Record<
  News,
  (view: RequestView, directory: DirectoryConfig, kinds: readonly GrantKind[]) => Message
> = {
  /** Who has been asked; sent again when that changes, as when no channel takes the card. */
  sent(view, directory) {
    const { state } = view;
    const open = votable(state);
    const unreached = open && unasked(view, open) !== undefined;
    const head = unreached
      ? `Your request for ${what(state)} cannot reach its approvers at the moment.`
      : `Your request for ${what(state)} has been sent.`;
    const next = unreached
      ? ['Please tell the people who run jit. jit keeps trying, and tells you when someone has been asked.']
      : state.ruling.advice.map((text) => free(text, 500));
    return message(state, [head, ...chainLines(view, directory), ...next], {
      buttons: state.status === 'pending' ? [cancelButton(state)] : [],
      notes: [standing(state)],
    });
  },

  /** An approver gives it for less: the requester may not want that. */
  shortened({ state }) {
    const head = shortenedBy(state) ?? `Your request for ${what(state)}: ${standing(state)}.`;
    const lines = [`Your request for *${nameOf(state)}*: ${head}`];
    if (state.status !== 'pending') return message(state, lines, { notes: [standing(state)] });
    lines.push('If that is too short for you, cancel the request; you can ask again with /jit.');
    return message(state, lines, { buttons: [cancelButton(state)], notes: [standing(state)] });
  },

  /** Approvers want to know something first: each question that waits, with its button. */
  question({ state }) {
    const open = openQuestions(state);
    const head =
      open.length > 0
        ? `${list([...new Set(open.map(({ question }) => mention(question.by)))])} would like to know something about your request for ${what(state)}:`
        : `Your request for ${what(state)}: no question is waiting for you.`;
    return {
      text: head,
      blocks: [
        section(head),
        ...open.map(({ number, question }) =>
          section(quote(question.text, 2900), answerButton(state, number)),
        ),
        reference(state, standing(state)),
      ],
    };
  },

  /** Approved, or denied with the reason. */
  decided({ state }) {
    const denied = state.status === 'closed' && state.outcome === 'denied';
    const head = `Your request for ${what(state)} has been ${denied ? 'denied' : 'approved'}.`;
    const less = denied ? undefined : shortenedBy(state);
    const lines = [head, less, denied ? whyDenied(state) : approvers(state)];
    return message(
      state,
      lines.flatMap((line) => line ?? []),
      { notes: [standing(state)] },
    );
  },

  /** Access is there: until when, and how to use it. No message carries credentials (invariant 9). */
  active({ state }, _, kinds) {
    if (state.status !== 'active')
      return message(state, [`Your access *${nameOf(state)}* was set up. ${standing(state)}.`]);
    const kind = kindOf(state, kinds);
    const use = kind?.use(state.grant, { code }) ?? `It is in account ${code(state.grant.account)}.`;
    return message(state, [`You have *${nameOf(state)}* until ${when(state.lease.endsAt)}.`, use], {
      buttons: buttonsOf(state, kinds),
      notes: kind?.endsAlone ? ['it ends by itself'] : [],
    });
  },

  /** The end is near: finish, or ask again. */
  'ending-soon'({ state }) {
    if (state.status !== 'active')
      return message(state, [`Your access *${nameOf(state)}*: ${standing(state)}.`]);
    const text = `Your access *${nameOf(state)}* ends ${when(state.lease.endsAt)}. Please finish what you are doing; if you need longer, ask again with /jit.`;
    return message(state, [text], { buttons: [endButton(state)] });
  },

  /** The request is closed: how it ended, why, and the proof that no access is left. */
  ended({ state }) {
    const [head, next] = state.status === 'closed' ? ENDED[state.outcome] : [isClosed];
    const by = state.status === 'closed' && state.by ? ` by ${doer(state.by, pen)}` : '';
    const lines = [head(state, by), `${standing(state)}.`, whyOf(state), next, proofOf(state)];
    return message(
      state,
      lines.flatMap((line) => line || []),
    );
  },
};

const isClosed = (state: State) => `Your request for ${what(state)} is closed.`;
const hasEnded = (state: State) => `Your access *${nameOf(state)}* has ended`;
/** The one line that a phone shows, and what to know then. */
const ENDED: Record<Outcome, [head: (state: State, by: string) => string, next?: string]> = {
  denied: [isClosed],
  cancelled: [isClosed, 'No access was given.'],
  lapsed: [isClosed, 'You can ask again with /jit; let an approver know when you do.'],
  failed: [isClosed, 'No access was given.'],
  expired: [(state) => `${hasEnded(state)}.`],
  released: [(state) => `${hasEnded(state)}: you handed it back.`],
  revoked: [(state, by) => `${hasEnded(state)}: it was taken back${by}.`],
};

/** @param lines the first is what a phone shows */
function message(
  state: State,
  lines: string[],
  { buttons = [], notes = [] }: { buttons?: Button[]; notes?: string[] } = {},
): Message {
  return {
    text: lines[0]!,
    blocks: [section(lines.join('\n')), ...actions(buttons), reference(state, ...notes)],
  };
}

function approvers({ votes }: State): string {
  const people = list(votes.map((vote) => mention(vote.by)));
  const next = 'You will get another message when access is ready.';
  return people === '' ? next : `Approved by ${people}. ${next}`;
}

function whyDenied(state: Closed): string {
  const by = state.by ? `Denied by ${doer(state.by, pen)}.\n` : '';
  return by + (whyOf(state) ?? '');
}
