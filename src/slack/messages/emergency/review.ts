import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Instant } from '../../../domain/entitlement.js';
import type { Event } from '../../../domain/request/event.js';
import type { State } from '../../../domain/request/state.js';
import { lastReview } from '../../../domain/request/stories/reviewing.js';
import type { Candidate } from '../../../ports/people.js';
import type { RequestView } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { actions, button, reference, section, sections, type Message } from '../blocks.js';
import { line, mention, quote, when } from '../mrkdwn.js';
import { isReviewable, reviewOf } from '../parts/emergency.js';
import { outcomeOf } from '../parts/outcome.js';
import { voters } from '../parts/voters.js';
import { nameOf, placeOf, what } from '../phrases.js';

/** So many are mentioned. */
const MENTIONED = 10;

/**
 * For those who review an emergency: what the record knows of it, and the button, as long as somebody has to.
 * @param events of the request
 * @param reviewers who may review it now
 */
export function reviewCard(
  { state }: RequestView,
  events: readonly Event[],
  reviewers: readonly Candidate[],
  directory: DirectoryConfig,
): Message {
  const isOpen = isReviewable(state);
  const head = `${mention(state.requester)} had *${nameOf(state)}*. ${standing(state)}`;
  return {
    text: head,
    blocks: [
      section([head, ...(isOpen && reviewers.length > 0 ? [whom(reviewers)] : [])].join('\n')),
      ...sections(
        [placeOf(state.entitlement, directory), ...lasted(state, events, directory), sessionsIn(events)].join(
          '\n',
        ),
        [
          quote(state.justification, 1500),
          ...(state.ticket === undefined ? [] : [`Ticket ${line(state.ticket, 100)}`]),
        ].join('\n'),
        reviewOf(state, directory).join('\n'),
      ),
      ...actions(isOpen ? [reviewButton(state)] : []),
      reference(state),
    ],
  };
}

export function reviewButton({ id }: State) {
  return button('review', 'Review…', id, { style: 'primary' });
}

/** By name, so that their phones buzz. */
function whom(reviewers: readonly Candidate[]): string {
  const left = reviewers.length - MENTIONED;
  const names = reviewers.slice(0, MENTIONED).map(mention);
  return `${list([...names, ...(left > 0 ? [`${left} more`] : [])], 'or')}, please review it.`;
}

function standing(state: State): string {
  if (!isReviewable(state)) return 'It is reviewed.';
  return lastReview(state) ? 'It is contested.' : 'It waits for a review.';
}

function lasted(state: State, events: readonly Event[], directory: DirectoryConfig): string[] {
  const began = events.find(({ type }) => type === 'GrantProvisioned')?.at;
  const ended = events.find(({ type }) => type === 'RevocationStarted')?.at;
  const time =
    began === undefined || ended === undefined ? [] : [`It lasted from ${when(began)} until ${when(ended)}.`];
  const agreed = state.votes.length > 0 ? `Approved by ${voters(state.votes)}.` : 'Nobody had to approve it.';
  return [`Asked for ${what(state)}; ${outcomeOf(state, directory)}.`, ...time, agreed];
}

/** What was opened, as far as the record says it. */
function sessionsIn(events: readonly Event[]): string {
  const opened: Instant[] = events.flatMap(({ type, at }) => (type === 'CredentialsMinted' ? [at] : []));
  const [first] = opened;
  const last = opened.at(-1);
  if (first === undefined || last === undefined) return 'No session was opened.';
  return opened.length === 1
    ? `1 session was opened, ${when(first)}.`
    : `${opened.length} sessions were opened, from ${when(first)} to ${when(last)}.`;
}
