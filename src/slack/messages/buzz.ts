import { openStage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { News } from '../../domain/request/effects.js';
import type { Closed, Outcome, Reason, State } from '../../domain/request/state.js';
import { openQuestions } from '../../domain/request/stories/questions.js';
import { visibleLength } from '../../domain/request/text.js';
import type { GrantKind } from '../../ports/access.js';
import type { RequestView } from '../../ports/messages.js';
import { doer, inPlaceOf } from '../../words/pen.js';
import { whyLapsed } from '../../words/state.js';
import { section, type Message } from './blocks.js';
import { kindOf } from './buttons.js';
import { code, line, mention, pen, when } from './mrkdwn.js';
import { ifLonger, lastExtension, OLD_SESSIONS } from './parts/extension.js';
import { questionInLine, shorteningOf } from './parts/talk.js';
import { voters } from './parts/voters.js';
import { nameOf, what } from './phrases.js';

/** What a phone may buzz for. */
export type BuzzNews = Exclude<News, 'sent'>;
type Buzz = (state: State, kind: GrantKind | undefined) => string[];

/**
 * A second message, beside the living one, for what somebody should hear at once: a line or two that stay true, and no
 * buttons.
 * @returns undefined where nothing need be heard: by now something else holds, or they did it themselves
 */
export function buzz(
  news: BuzzNews,
  { state }: RequestView,
  _directory: DirectoryConfig,
  kinds: readonly GrantKind[],
): Message | undefined {
  const lines = BUZZES[news](state, kindOf(state, kinds));
  const [text] = lines;
  return text === undefined ? undefined : { text, blocks: [section(lines.join('\n'))] };
}

const BUZZES: Record<BuzzNews, Buzz> = {
  /** Where the access is there already, one message says both. */
  decided(state, kind) {
    if (state.status === 'active') return BUZZES.active(state, kind);
    if (state.status === 'approved')
      return [
        `Your request for ${what(state)} is approved${by(voters(state.votes))}. Access is being set up.`,
      ];
    if (state.status !== 'closed' || state.outcome !== 'denied') return [];
    return [
      `Your request for ${what(state)} was denied${by(state.by)}${inPlaceOf(state.delegatedBy, pen)}.`,
      ...because(state.reason),
    ];
  },
  active(state, kind) {
    if (state.status !== 'active') return [];
    const use = kind?.mints
      ? 'Open a session from the message about your request.'
      : kind?.use(state.grant, { code });
    const next = shorteningOf(state) ?? use;
    return [
      `You have *${nameOf(state)}* until ${when(state.lease.endsAt)}${voters(state.votes) && `, approved${by(voters(state.votes))}`}.`,
      ...(next === undefined ? [] : [next]),
    ];
  },
  scheduled: (state) =>
    state.status === 'pending' && state.startsAt !== undefined && openStage(state) === undefined
      ? [
          `Your request for ${what(state)} is approved${by(voters(state.votes))}.`,
          'It begins then, after one last check. You can cancel it until it does.',
        ]
      : [],
  doubted: (state) =>
    state.status === 'pending' && state.doubt
      ? [
          `Your request for ${what(state)} would be refused at its start, as things are now.`,
          'The message about your request says why.',
        ]
      : [],
  'ending-soon': (state) =>
    state.status === 'active'
      ? [`*${nameOf(state)}* ends ${when(state.lease.endsAt)}. ${capital(ifLonger(state))}.`]
      : [],
  extended(state, kind) {
    const last = state.status === 'active' ? lastExtension(state) : undefined;
    if (state.status !== 'active' || !last?.given) return [];
    const until = `You have *${nameOf(state)}* until ${when(state.lease.endsAt)} now.`;
    return [until, ...last.lines, ...(kind?.mints ? [OLD_SESSIONS] : [])];
  },
  'not-extended'(state) {
    const last = state.status === 'active' ? lastExtension(state) : undefined;
    if (state.status !== 'active' || !last || last.given) return [];
    return [`*${nameOf(state)}* still ends ${when(state.lease.endsAt)}.`, ...last.lines];
  },
  ended: (state) => (state.status === 'closed' ? ENDED[state.outcome](state) : []),
  question(state) {
    const question = openQuestions(state).at(-1)?.question;
    return question
      ? [`${mention(question.by)} asks about ${what(state)}:`, `>${questionInLine(question)}`]
      : [];
  },
  shortened(state) {
    const said = state.status === 'pending' ? shorteningOf(state) : undefined;
    return said === undefined ? [] : [`Your request for *${nameOf(state)}*: ${said}`];
  },
};

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

const nothing = () => [];
const ENDED: Record<Outcome, (state: Closed) => string[]> = {
  denied: nothing,
  cancelled: nothing,
  expired: nothing,
  released: nothing,
  lapsed: (state) => [
    `Your request for ${what(state)} has lapsed: ${whyLapsed(state)}.`,
    'You can ask again with /jit.',
  ],
  failed: (state) => [
    `*${nameOf(state)}* was approved, but could not be set up.`,
    'The message about your request says why.',
  ],
  revoked: (state) => [
    `Your access *${nameOf(state)}* was taken back${by(state.by)}.`,
    ...because(state.reason),
  ],
};

function by(who: Closed['by'] | string): string {
  if (who === undefined || who === '') return '';
  return ` by ${typeof who === 'string' ? who : doer(who, pen)}`;
}

/** What people wrote, in one line; all else stands in the living message. */
function because(reason: Reason | undefined): string[] {
  return reason && 'text' in reason && visibleLength(reason.text) > 0 ? [`>${line(reason.text, 300)}`] : [];
}
