import type { UnknownGroup } from '../domain/directory.js';
import { formatDuration } from '../domain/duration.js';
import type { Millis } from '../domain/entitlement.js';
import type { Refusal } from '../domain/refusal.js';
import type { Outcome, State } from '../domain/request/state.js';

/** What to tell the person, and what they can do next. Plain text: whoever puts it into mrkdwn escapes it. */
export function sentenceFor(refusal: Refusal): string {
  switch (refusal.code) {
    case 'other-workspace':
      return 'This works only for people of this workspace. Please ask somebody who belongs to it.';
    case 'unknown-workspace':
      return 'Slack does not say which workspace you belong to, so nothing was done. Please tell those who look after jit.';
    case 'guest':
      return 'Guests cannot use this. Please ask a full member of the workspace.';
    case 'bot':
      return 'Apps and bots cannot use this. A person has to do it.';
    case 'deactivated':
      return 'This Slack account is deactivated. Please ask a workspace administrator.';
    case 'unknown-person':
      return 'Slack does not say who you are, so nothing was done. Please try again; if it stays like this, tell those who look after jit.';
    case 'no-email':
      return 'Your Slack profile shows no e-mail address, and without it nobody can say who you are. Please ask a workspace administrator.';
    case 'unconfirmed-email':
      return 'You have not confirmed your e-mail address in Slack, and until then anybody could have entered it. Please open the link in Slack’s confirmation e-mail, then try again in a minute.';
    case 'directory-unavailable':
      return 'It cannot be checked just now who belongs to which group, so nothing was done. Please try again in a minute.';
    case 'group-unknown':
      return `${capital(lost(refusal.groups))}. This depends on who is in there, so nothing was done. ${nextFor(refusal.groups)}`;
    case 'unknown-entitlement':
      return `"${refusal.entitlement}" is not in the catalog. Please choose one from the list.`;
    case 'unknown-duration':
      return `"${refusal.text}" is not a duration. Please choose one from the list, like 1h or 30m.`;
    case 'duration-not-offered':
      return `This is offered for ${refusal.offered.map(formatDuration).join(', ') || 'no duration'}. Please choose one of these.`;
    case 'justification-too-short':
      return `Please say in at least ${refusal.minLength} characters what you need it for.`;
    case 'justification-too-long':
      return `Please say it in at most ${refusal.maxLength} characters.`;
    case 'justification-broadcast':
      return `Please leave out ${refusal.found}: it would call everybody.`;
    case 'ticket-required':
      return `Please name a ticket, written like ${refusal.pattern}.`;
    case 'ticket-malformed':
      return `This is not a ticket. Please write one like ${refusal.pattern}.`;
    case 'no-principal':
      return `It cannot be given to you in AWS: ${refusal.why}`;
    case 'too-many-requests':
      return `You have sent ${refusal.limit} requests within ${inMinutes(refusal.within)}, and more would hold up others. Please try again in ${inMinutes(refusal.retryIn)}.`;
    case 'too-many-pending':
      return `You have ${refusal.limit} requests that wait for a decision, which is as many as one person may have. Please take one back with /jit cancel, or try again when one is decided, at the latest in ${inMinutes(refusal.retryIn)}.`;
    case 'denied-by-policy':
      return denied(refusal);
    case 'unfillable':
      return `The stage ${refusal.stage} needs ${refusal.needed} and only ${refusal.available} can be found besides you. Please ask those who look after the groups to add people.`;
    case 'unknown-request':
      return refusal.groups?.length
        ? `There is no such request, or it is not known whether you have to do with it: ${lost(refusal.groups)}. /jit list shows yours. ${nextFor(refusal.groups)}`
        : 'There is no such request, or you have nothing to do with it. /jit list shows yours.';
    case 'unknown-button':
      return 'This button cannot be read any more. Please use the newest message about this request.';
    case 'not-pending':
      return `Nothing is left to decide: the request is ${standing(refusal)}.`;
    case 'stale-card':
      return 'Who has to agree has changed since this message was drawn. Please look at the updated card and decide there.';
    case 'stage-not-open':
      return refusal.open === ''
        ? `The stage ${refusal.stage} has been decided. Nothing is left to do here.`
        : `The stage ${refusal.stage} is not open: the request waits for ${refusal.open}.`;
    case 'own-request':
      return 'This is your own request: somebody else has to decide about it.';
    case 'already-voted':
      return 'You have approved this request already, and each person counts once. Somebody else has to agree as well.';
    case 'not-in-stage':
      return `Only ${refusal.stage} can decide here, and you are not among them. If you should be, ask those who look after the group.`;
    case 'would-strand':
      return `With your approval used here, too few people would be left for the stage ${refusal.stage}. Please let a colleague approve here and keep yours for later.`;
    case 'identity-changed':
      return 'Your Slack account and e-mail address no longer belong together as they did, so this was refused. Please ask those who look after jit to confirm you.';
    case 'reason-missing':
      return 'Please give a reason: the person is told, and it is kept on record.';
    case 'not-yours':
      return 'This is somebody else’s request, so only they can do that. /jit list shows yours.';
    case 'not-active':
      return `There is no access to use or to end: the request is ${standing(refusal)}.`;
    case 'no-credentials':
      return 'This access has no session to open: it is on your own AWS identity. Just use that.';
    case 'role-crowded':
      return `Of your requests for this role, ${refusal.limit} wait, are active, or ended early within the last hour, and each early end takes up room there that others need. Please use what you have, or ask again in ${inMinutes(refusal.retryIn)}.`;
    case 'too-many-sessions':
      return `You have asked for ${refusal.limit} sessions within a minute. Please use one of them, or press again in ${inMinutes(refusal.retryIn)}.`;
    case 'busy':
      return 'Too much happened to this request at the same moment. Nothing was done; please try again.';
    case 'unreadable-request':
      return `What is on record about ${refusal.request} cannot be read, so nobody can say here whose it is. Please ask those who run jit to end it now, in a terminal: jit revoke ${refusal.request} --reason "…".`;
    case 'replayed':
      return 'This has been answered already; it was not done twice. /jit list shows where your requests stand.';
    default:
      return refusal satisfies never;
  }
}

/** Of many groups some will do: they are lost for one reason. */
function lost(groups: readonly UnknownGroup[]): string {
  const more = groups.length - 3;
  return (
    groups
      .slice(0, 3)
      .map(({ why }) => why)
      .join('; ') + (more > 0 ? `; and ${more} more` : '')
  );
}

function nextFor(groups: readonly UnknownGroup[]): string {
  return groups.some(({ lasting }) => lasting)
    ? 'Trying again does not help: please ask those who run jit.'
    : 'Please try again in a minute.';
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Rounded up: whoever comes back then is let in. */
function inMinutes(time: Millis): string {
  const minutes = Math.max(1, Math.ceil(time / 60_000));
  return minutes === 1 ? 'a minute' : minutes < 60 ? `${minutes} minutes` : formatDuration(minutes * 60_000);
}

function denied({ policies, advice, errors }: Extract<Refusal, { code: 'denied-by-policy' }>): string {
  if (errors.length > 0)
    return `The policies could not be evaluated, and what is not known is not allowed. Please tell those who look after jit: ${errors.slice(0, 3).join('; ')}`;
  if (policies.length === 0) return ['No policy permits this for you.', ...advice].join(' ');
  return [...advice, `Refused by ${policies.join(', ')}.`].join(' ');
}

const STATUS: Record<State['status'], string> = {
  pending: 'still waiting for approval',
  approved: 'approved and being made',
  active: 'active',
  ending: 'ending',
  closed: 'closed',
};
const OUTCOME: Record<Outcome, string> = {
  denied: 'denied',
  cancelled: 'cancelled',
  lapsed: 'lapsed, as nobody decided in time',
  failed: 'closed, as the access could not be made',
  expired: 'over, as its time was up',
  released: 'over, as it was handed back',
  revoked: 'over, as it was taken back',
};

function standing({ status, outcome }: { status: State['status']; outcome?: Outcome }): string {
  return outcome === undefined ? STATUS[status] : OUTCOME[outcome];
}
