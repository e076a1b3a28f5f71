import type { UnknownGroup } from '../domain/directory.js';
import type { Invalid, Refusal, Stranger } from '../domain/refusal.js';
import { inMinutes, list, only, people, spelled } from './english.js';
import { standingOf } from './state.js';

type Sentences<R extends Refusal> = { [C in R['code']]: (refusal: Extract<R, { code: C }>) => string };

const STRANGERS = {
  'other-workspace': () =>
    'Only people of this Slack workspace can use jit. Please ask someone who belongs to it.',
  'unknown-workspace': () =>
    'Slack does not say which workspace you belong to, so nothing was done. Please tell the people who run jit.',
  guest: () => 'Guests cannot use jit. Please ask a full member of the workspace.',
  bot: () => 'Apps and bots cannot use jit. A person has to do this.',
  deactivated: () => 'This Slack account is deactivated. Please ask a workspace administrator.',
  'unknown-person': () =>
    'Slack does not say who you are, so nothing was done. Please try again. If it happens again, tell the people who run jit.',
  'no-email': () =>
    'Your Slack profile has no e-mail address, and jit needs one to know who you are. Please ask a workspace administrator.',
  'unconfirmed-email': () =>
    'You have not confirmed your e-mail address in Slack, so jit cannot be sure that it is yours. Please open the link in Slack’s confirmation e-mail, then try again in a minute.',
  'directory-unavailable': () =>
    'It cannot be checked at the moment who is in which group, so nothing was done. Please try again in a minute.',
} as const satisfies Sentences<Stranger>;

const INVALID = {
  'unknown-entitlement': ({ entitlement }) =>
    `"${entitlement}" is not in the catalog. Please choose one from the list.`,
  'unknown-duration': ({ text }) =>
    `"${text}" is not a duration. Please choose one from the list, like 1h or 30m.`,
  'duration-not-offered': ({ offered }) =>
    `This is offered for ${list(offered.map(spelled), 'or') || 'no time'}. Please choose one of these.`,
  'start-unreadable': () =>
    'This is not a date and a time. Please choose when it is to begin, or leave it empty to begin at once.',
  'start-past': () =>
    'This time is over. Please choose one that is still to come. To begin at once, leave it empty, or open the form anew with /jit.',
  'start-too-far': ({ within }) =>
    `Access can be asked for ${spelled(within)} ahead at most. Please choose an earlier start.`,
  'start-in-emergency': () =>
    'An emergency begins at once. Please leave the start empty, or untick the emergency.',
  'justification-too-short': ({ minLength }) =>
    `Please say in at least ${minLength} characters what you need it for.`,
  'justification-too-long': ({ maxLength }) => `Please say it in at most ${maxLength} characters.`,
  'justification-broadcast': ({ found }) => `Please leave out ${found}: it would notify everyone.`,
  'ticket-required': ({ example }) => `Please name the ticket that this work belongs to${suchAs(example)}.`,
  'ticket-malformed': ({ example }) =>
    example === undefined
      ? 'This is not a ticket. Please write it as your ticket system does.'
      : `This is not a ticket. Please write one such as ${example}.`,
  'no-emergency': () =>
    'Nothing can be asked for in an emergency here: directory.yml does not provide for it. Please ask without it.',
} as const satisfies Sentences<Invalid>;

const ASKING = {
  'no-principal': ({ why }) => `You cannot be given this in AWS: ${why}`,
  'too-many-requests': ({ limit, within, retryIn }) =>
    `You have sent ${limit} requests in ${inMinutes(within)}, which is the limit. Please try again in ${inMinutes(retryIn)}.`,
  'too-many-pending': ({ limit, retryIn }) =>
    `You have ${limit} requests waiting for a decision, which is the limit. Please cancel one with /jit cancel, or try again when one is decided, in ${inMinutes(retryIn)} at the latest.`,
  'role-crowded': ({ limit, retryIn }) =>
    `You have ${limit} requests for this role that are waiting, active, or ended early within the last hour, which is the limit: each early end takes up room in the role. Please use what you have, or ask again in ${inMinutes(retryIn)}.`,
  'denied-by-policy': denied,
  unfillable: ({ stage, needed, available }) =>
    `The stage ${stage} needs ${people(needed)}, but ${only(available)} available besides you. Please ask the people who manage the groups to add more.`,
  'group-unknown': ({ groups }) =>
    `${capital(lost(groups))}. This depends on that group, so nothing was done. ${nextFor(groups)}`,
} as const satisfies Partial<Sentences<Refusal>>;

const DECIDING = {
  'unknown-button': () => 'This button no longer works. Please use the newest message about this request.',
  'not-pending': (refusal) => {
    const undecided = refusal.outcome === 'cancelled' || refusal.outcome === 'lapsed';
    return `${undecided ? 'This request is closed.' : 'This request has already been decided.'} ${standingOf(refusal)}`;
  },
  'stale-card': () =>
    'The approvers of this request have changed since this message was written. Please decide on the updated card.',
  'stage-not-open': ({ stage, open, passed }) => {
    if (open === '') return `The stage ${stage} has already been decided.`;
    return passed
      ? `The stage ${stage} has already been decided: the request is waiting for ${open} now.`
      : `The stage ${stage} is not open yet: the request is waiting for ${open}.`;
  },
  'stage-gone': ({ stage }) =>
    `There is no stage ${stage} in directory.yml any more, so nobody can decide on it. Please tell the people who run jit. The requester can cancel the request and ask again.`,
  'own-request': () => 'This is your own request, so someone else has to decide on it.',
  'already-voted': () =>
    'You have already approved this request, and each person counts once. Someone else has to approve it too.',
  'seat-taken': () =>
    'A person and whoever stands in for them count once between them, and one of them has already been counted for this request. Someone else has to approve it too.',
  'delegators-request': () =>
    'This is the request of the person you stand in for, so someone else has to decide on it.',
  'not-in-stage': ({ stage }) =>
    `Only ${stage} can decide on this, and you are not one of them. If you should be, ask the people who manage the group.`,
  'would-strand': ({ stage }) =>
    `If you approve here, too few people are left for the stage ${stage}. Please let a colleague approve here, and keep your approval for ${stage}.`,
  'identity-changed': () =>
    'Your Slack account and e-mail address no longer match what jit knows of you, so this was refused. Please ask the people who run jit to confirm you.',
  'reason-missing': () => 'Please give a reason. The requester sees it, and it is kept on record.',
  'not-shorter': ({ duration, shorter }) =>
    shorter.length > 0
      ? `This request is for ${spelled(duration)} now. To approve less, please choose ${list(shorter.map(spelled), 'or')}; to approve all of it, press Approve.`
      : `This request is for ${spelled(duration)} now, and nothing shorter is offered. Please approve or deny it as it is.`,
  'question-missing': () => 'Please write your question. The requester sees it, and it is kept on record.',
  'question-open': () =>
    'Your last question is still waiting for an answer. You will see the answer on the card; please ask again after that.',
  'too-many-questions': ({ limit }) =>
    `This request has had ${limit} questions, which is the limit. Please talk to the requester, then approve or deny.`,
  'answer-missing': () => 'Please write your answer. The approvers see it, and it is kept on record.',
  'already-answered': () =>
    'You have already answered this question. The approvers see your answer on their card.',
} as const satisfies Partial<Sentences<Refusal>>;

const USING = {
  'unknown-request': ({ groups = [] }) =>
    groups.length > 0
      ? `There is no such request, or jit cannot tell whether it concerns you: ${lost(groups)}. /jit list shows your own. ${nextFor(groups)}`
      : 'There is no such request, or it does not concern you. /jit list shows your own.',
  'unreadable-request': ({ request }) =>
    `The record of ${request} cannot be read, so jit cannot tell whose request it is. Please ask the people who run jit to end it now, in a terminal: jit revoke ${request} --reason "…".`,
  'not-yours': () => 'This is someone else’s request, and only they can do that. /jit list shows your own.',
  'not-active': (refusal) => `There is no access to use or to end. ${standingOf(refusal)}`,
  'not-extendable': () =>
    'This access cannot be extended. If you need it for longer, ask for it again with /jit when it has ended.',
  'extension-waiting': () =>
    'You have already asked to extend this access, and that is not decided yet. The message about your request says how it stands.',
  'extended-enough': ({ most }) =>
    `This access has been extended ${most === 1 ? 'once' : `${most} times`}, which is the limit. Ask for it again with /jit when it has ended.`,
  'extension-too-long': ({ total, left }) =>
    left < 60_000
      ? `This access lasts ${spelled(total)} in all, and it has all of that already. Ask for it again with /jit when it has ended.`
      : `This access lasts ${spelled(total)} at most in all. Please ask for ${spelled(left)} more, or less.`,
  'extension-of-other': () =>
    'What this access gives has been changed in the catalog since it was approved, so it cannot be extended. Ask for it again with /jit when it has ended.',
  'too-many-extensions': ({ limit }) =>
    `Extensions of this access have been refused ${limit} times, which is the limit. Ask for it again with /jit when it has ended.`,
  'extension-over': ({ given }) =>
    given
      ? 'This extension has already been given.'
      : 'This extension is already decided: it was not given, or the access has ended.',
  'no-credentials': () =>
    'This access needs no session: it is already on your own AWS identity. Just use that.',
  'too-many-sessions': ({ limit, retryIn }) =>
    `You have asked for ${limit} sessions within a minute, which is the limit. Please use one of them, or try again in ${inMinutes(retryIn)}.`,
  busy: () => 'Too much happened to this request at the same moment, so nothing was done. Please try again.',
  replayed: () =>
    'This has already been handled; nothing was done twice. /jit list shows where your requests stand.',
} as const satisfies Partial<Sentences<Refusal>>;

/** Why somebody cannot stand in. */
const UNFIT: { [C in Stranger['code']]: string } = {
  'other-workspace': 'This person belongs to another Slack workspace',
  'unknown-workspace': 'Slack does not say which workspace this person belongs to',
  guest: 'This person is a guest in Slack',
  bot: 'This is an app, not a person',
  deactivated: 'This person’s Slack account is deactivated',
  'unknown-person': 'Slack does not know this person',
  'no-email': 'This person’s Slack profile has no e-mail address',
  'unconfirmed-email': 'This person has not confirmed their e-mail address in Slack',
  'directory-unavailable': 'It cannot be checked at the moment who this person is',
};

const AWAY = {
  'no-delegates': () =>
    'Nothing that you approve can be approved by someone in your place. The people who run jit can allow that for a stage, with delegates: in directory.yml.',
  'delegation-past': () => 'That time is over. Please choose one that is still to come.',
  'delegation-too-long': ({ most }) =>
    `Someone can stand in for you for ${spelled(most)} at most. Please choose an earlier time; you can do this again before it ends.`,
  'delegate-unfit': ({ why }) =>
    `${UNFIT[why]}, so they cannot stand in for you. Please choose someone else.`,
  'delegate-oneself': () => 'You cannot stand in for yourself. Please choose someone else.',
  'not-a-delegate': ({ groups }) =>
    `Only members of ${list(groups, 'or')} can stand in for you, and this person is not one. Please choose someone else.`,
  'delegate-away': () =>
    'This person is away as well: someone stands in for them. Please choose someone who is here.',
  'delegate-circle': () =>
    'You stand in for this person, so they cannot stand in for you. Please choose someone else.',
  'delegation-untold': () =>
    'You have just changed this many times, and not everyone has been told yet. Please try again in a few minutes.',
  'not-away': () => 'Nobody stands in at the moment, so there is nothing to end.',
} as const satisfies Partial<Sentences<Refusal>>;

const EMERGENCY = {
  'emergency-needless': () =>
    'Asking in an emergency would change nothing here: you need the same approvals without it. Please ask without it.',
  'emergency-open': ({ open }) =>
    `You have asked for this in an emergency already (${open}), and that is not over. /jit list shows it; end or cancel it first, or use what you have.`,
  contested: ({ contested }) =>
    `Your emergency ${contested} is contested. Until another reviewer signs it off, you get no emergency access without approval. Please ask for it as usual, not as an emergency.`,
  'reviews-unknown': () =>
    'It cannot be checked at the moment how your earlier emergencies were reviewed, so nothing is given without an approval. Please try again in a minute, or ask without an emergency.',
  'no-review': () =>
    'There is nothing to review: this was no emergency, or it never became access that anyone could use.',
  'review-early': (refusal) =>
    `This emergency is reviewed once it is over, and it is not yet. ${standingOf(refusal)}`,
  'own-review': () => 'This was your own emergency, so someone else has to review it.',
  'not-a-reviewer': ({ group }) =>
    `Only members of ${group} review emergencies, and you are not one. If you should be, ask the people who manage the group.`,
  'review-missing': () => 'Please say why you contest it. The requester sees it, and it is kept on record.',
  'already-reviewed': () => 'This emergency has already been signed off. There is nothing left to review.',
  'already-contested': () =>
    'This emergency is contested already. Talk to whoever contested it; another reviewer can sign it off.',
  'own-contest': () => 'You have contested this emergency, so another reviewer has to sign it off.',
} as const satisfies Partial<Sentences<Refusal>>;

const REFUSALS = {
  ...STRANGERS,
  ...INVALID,
  ...ASKING,
  ...DECIDING,
  ...USING,
  ...AWAY,
  ...EMERGENCY,
} as const satisfies Sentences<Refusal>;

/** What to tell the person, and what they can do next. Plain text: Slack's mrkdwn needs it escaped. */
export function sentenceFor(refusal: Refusal): string {
  const sentence: (refusal: never) => string = REFUSALS[refusal.code];
  return sentence(refusal as never);
}

/** The first three of many groups: they are lost for one reason. */
function lost(groups: readonly UnknownGroup[]): string {
  const more = groups.length - 3;
  const first = groups.slice(0, 3).map(({ why }) => why);
  return first.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function nextFor(groups: readonly UnknownGroup[]): string {
  return groups.some(({ lasting }) => lasting)
    ? 'Trying again does not help: please tell the people who run jit.'
    : 'Please try again in a minute.';
}

function suchAs(example: string | undefined): string {
  return example === undefined ? '' : `, such as ${example}`;
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

function denied({ policies, advice, errors, later }: Extract<Refusal, { code: 'denied-by-policy' }>): string {
  if (errors.length > 0)
    return `The policies could not be evaluated, so the answer is no. Please tell the people who run jit: ${errors.slice(0, 3).join('; ')}`;
  const then = later ? ' at the start that you chose' : '';
  if (policies.length === 0) return [`No policy permits this for you${then}.`, ...advice].join(' ');
  return [...advice, `Refused by ${policies.join(', ')}${then}.`].join(' ');
}
