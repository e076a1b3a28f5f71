import type { ContextBlock, SectionBlock } from '@slack/types';
import { isComplete } from '../../domain/chain.js';
import { isGone, type DirectoryConfig } from '../../domain/directory.js';
import type { Closed, Outcome, State } from '../../domain/request/state.js';
import { openQuestions } from '../../domain/request/stories/questions.js';
import type { GrantKind } from '../../ports/access.js';
import type { RequestView } from '../../ports/messages.js';
import { doer, inPlaceOf } from '../../words/pen.js';
import { overSince, whyLapsed } from '../../words/state.js';
import { spelled } from '../../words/english.js';
import { actions, context, reference, section, type Message } from './blocks.js';
import { answerButton, buttonsOf, kindOf } from './buttons.js';
import { chainLines, unasked, votable } from './chain.js';
import { code, free, pen, when } from './mrkdwn.js';
import { whoIsAsked } from './parts/asked.js';
import { doubtOf } from './parts/doubt.js';
import { aboutEmergency } from './parts/emergency.js';
import { whyOthers } from './parts/escalation.js';
import { extensionLines, ifLonger, lastExtension, OLD_SESSIONS } from './parts/extension.js';
import { questionFor, shorteningOf } from './parts/talk.js';
import { voters } from './parts/voters.js';
import { nameOf, proofOf, what, whyOf } from './phrases.js';

/** Of several questions at once, each with its button. */
const ASKED = 5;

const MINUTE = 60_000;

type Facts = Pick<RequestView, 'posts' | 'asked' | 'unasked' | 'standIns' | 'escalatedTo'> & {
  directory: DirectoryConfig;
  kind: GrantKind | undefined;
};
type Lines = [head: string, ...rest: (string | undefined)[]];
type Sayings = { [S in State as S['status']]: (state: S, facts: Facts) => Lines };

/**
 * The one message about a request that its requester has, as it is now: drawn again whenever that changes, so that
 * each of its sentences and buttons holds (invariant 15). No message carries credentials (invariant 9).
 */
export function living(view: RequestView, directory: DirectoryConfig, kinds: readonly GrantKind[]): Message {
  const { state } = view;
  const say: (state: never, facts: Facts) => Lines = SAYINGS[state.status];
  const lines = say(state as never, { ...view, directory, kind: kindOf(state, kinds) });
  return {
    text: lines[0],
    blocks: [
      section(
        [...lines, ...aboutEmergency(state, directory)]
          .filter((line) => line !== undefined && line !== '')
          .join('\n'),
      ),
      ...toAnswer(state),
      ...actions(buttonsOf(state, kinds)),
      ...proof(state),
      reference(state, ...(state.status === 'closed' ? [closing(state)] : [])),
    ],
  };
}

/** The first line is what a phone shows. */
const SAYINGS: Sayings = {
  pending(state, facts) {
    const open = votable(state);
    const view = { ...facts, state };
    if (open && unasked(view, open, facts.directory) !== undefined)
      return [
        `Your request for ${what(state)} cannot reach its approvers at the moment.`,
        ...chainLines(view, facts.directory),
        isGone(open, facts.directory)
          ? 'Please cancel it and ask again: who has to agree may be somebody else by now.'
          : 'Please tell the people who run jit. jit keeps trying, and this message changes when someone has been asked.',
      ];
    return [
      `Your request for ${what(state)} ${where(state, facts)}.`,
      ...(open ? whyOthers(state, open, facts.directory) : []),
      ...(saysAll(state, facts) ? [] : chainLines(view, facts.directory)),
      shorter(state, 'If that is too short, cancel it and ask again.'),
      ...state.ruling.advice.map((text) => free(text, 500)),
      ...(doubtOf(state) ?? []),
      open && `If nobody decides by ${when(state.lapsesAt)}, it lapses.`,
    ];
  },

  approved: (state) => [
    `Your request for ${what(state)} is approved. Access is being set up.`,
    approvers(state),
    shorter(state, 'If that is too short, end it and ask again.'),
  ],

  active(state, { kind, directory }) {
    // While AWS does not bear the new end yet, it is the old one that holds.
    const ends = when((state.extension?.agreed?.from ?? state.lease).endsAt);
    return [
      state.warned
        ? `Your access *${nameOf(state)}* ends ${ends}. Finish what you are doing; ${ifLonger(state)}.`
        : `You have *${nameOf(state)}* until ${ends}.`,
      approvers(state),
      shorter(state, 'If that is too short, end it and ask again.'),
      ...extensionLines(state, directory),
      ...(lastExtension(state)?.lines ?? []),
      kind?.mints && state.extended ? OLD_SESSIONS : undefined,
      kind?.use(state.grant, { code }) ?? `It is in account ${code(state.grant.account)}.`,
      kind?.endsAlone ? 'The access ends by itself.' : undefined,
    ];
  },

  ending(state) {
    const by = state.by ? doer(state.by, pen) : undefined;
    if (state.cause === 'failed')
      return [
        `*${nameOf(state)}* could not be set up. jit is checking that nothing is left in AWS.`,
        whyOf(state),
      ];
    const why = {
      expired: 'time is up',
      released: 'you handed it back',
      revoked: takenBack(by),
    }[state.cause];
    return [
      `Your access *${nameOf(state)}* is ending: ${why}.`,
      'It is gone within seconds (rarely minutes).',
      whyOf(state),
    ];
  },

  closed(state) {
    const by = state.by ? doer(state.by, pen) : undefined;
    const [head, next] = ENDED[state.outcome](state, by);
    return [head, whyOf(state), next];
  },
};

/** In small print: it is exact, with names from AWS. */
function proof(state: State): ContextBlock[] {
  const said = proofOf(state);
  return said === undefined ? [] : [context(said)];
}

/** When it was over: the access, where there was any. */
function closing(state: Closed): string {
  return `${state.lease ? 'ended' : 'closed'} ${when(overSince(state))}`;
}

const ENDED: Record<Outcome, (state: Closed, by: string | undefined) => Lines> = {
  denied: (state, by) => [
    `Your request for ${what(state)} was denied${by === undefined ? '' : ` by ${by}`}${inPlaceOf(state.delegatedBy, pen)}.`,
  ],
  cancelled: (state) => [`Your request for ${what(state)} is cancelled.`, 'You got no access.'],
  lapsed: (state) => [
    `Your request for ${what(state)} has lapsed: ${whyLapsed(state)}.`,
    `You can ask again with /jit.${isComplete(state) ? '' : ' Let an approver know when you do.'}`,
  ],
  failed: (state) => [`*${nameOf(state)}* could not be set up.`],
  expired: (state) => [`Your access *${nameOf(state)}* has ended.`],
  released: (state) => [
    `Your access *${nameOf(state)}* has ended: you handed it back${early(state)}. Thank you.`,
  ],
  revoked: (state, by) => [`Your access *${nameOf(state)}* has ended: ${takenBack(by)}.`],
};

/** `, 2 hours before its end`; nothing where it was a matter of seconds. */
function early({ lease, closedAt }: Closed): string {
  const left = lease ? lease.endsAt - closedAt : 0;
  return left < MINUTE ? '' : `, ${spelled(left)} before its end`;
}

function takenBack(by: string | undefined): string {
  return by === undefined ? 'it was taken back' : `taken back by ${by}`;
}

/** Whom it waits for; asked is only who can have seen a card (invariant 15). */
function where(state: Extract<State, { status: 'pending' }>, view: Facts): string {
  const { posts, directory } = view;
  const open = votable(state);
  if (open && posts[open.name]) return `is waiting for ${whoIsAsked(state, open, view, directory)}`;
  if (open || !state.checked) return 'has been sent';
  return state.startsAt === undefined
    ? 'has all its approvals; jit makes one last check'
    : 'is approved, and begins then, after one last check';
}

/** Whether the first line already says where the chain stands. */
function saysAll({ chain, votes }: State, { posts }: Facts): boolean {
  const [stage, ...more] = chain;
  const post = stage && posts[stage.name];
  return (
    stage === undefined || (more.length === 0 && votes.length === 0 && post !== undefined && !post.tried)
  );
}

function approvers({ votes }: State): string | undefined {
  return votes.length > 0 ? `Approved by ${voters(votes)}.` : undefined;
}

function shorter(state: State, next: string): string | undefined {
  const said = shorteningOf(state);
  return said && `${said} ${next}`;
}

/** What approvers asked, as long as an answer can still help. */
function toAnswer(state: State): SectionBlock[] {
  if (state.status !== 'pending') return [];
  return openQuestions(state)
    .slice(0, ASKED)
    .map(({ question, number }) => section(questionFor(question), answerButton(state, number)));
}
