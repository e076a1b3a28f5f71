import { formatDuration } from '../../domain/duration.js';
import type { Instant } from '../../domain/entitlement.js';
import { openStage } from '../../domain/request/progress.js';
import type { Closed, Outcome, Reason, State } from '../../domain/request/state.js';
import { visibleLength } from '../../domain/text.js';
import { code, doer, escape, free, quote, when, whenExactly } from './mrkdwn.js';

const ENDED: Record<Outcome, string> = {
  denied: 'Denied',
  cancelled: 'Cancelled by the requester',
  lapsed: 'Lapsed: nobody decided in time',
  failed: 'Failed: the access could not be made',
  expired: 'Ended on time',
  released: 'Handed back early',
  revoked: 'Taken back early',
};

/** What has become of the requester meanwhile. */
const REQUESTER: Record<string, string> = {
  'identity-changed': 'their Slack account and e-mail address are not the ones that asked.',
  'other-workspace': 'they are not of this workspace.',
  'unknown-workspace': 'Slack does not say which workspace they belong to.',
  guest: 'they are a guest in Slack by now.',
  bot: 'their Slack account is a bot by now.',
  deactivated: 'their Slack account is deactivated.',
  'unknown-person': 'Slack does not know them any more.',
  'no-email': 'their Slack account has no e-mail address any more.',
  'unconfirmed-email': 'they have not confirmed their e-mail address in Slack.',
};

/** The name of what was asked for, escaped. */
export function nameOf(state: State): string {
  return free(state.entitlement.name, 150);
}

/** `*Orders database admin* for 1h`. */
export function what(state: State): string {
  return `*${nameOf(state)}* for ${formatDuration(state.duration)}`;
}

/** Where a request stands, in one line of mrkdwn. */
export function standing(state: State): string {
  switch (state.status) {
    case 'pending': {
      if (!state.checked) return 'Being checked before anybody is asked';
      const open = openStage(state);
      return open
        ? `Waiting for ${open.name} until ${when(state.lapsesAt)}`
        : 'Agreed; being checked once more';
    }
    case 'approved':
      return 'Approved; the access is being made';
    case 'active':
      return `Active until ${when(state.lease.endsAt)}`;
    case 'ending':
      return state.cause === 'failed'
        ? 'Failed; making sure that nothing is left in AWS'
        : 'Ending; the access is being taken away';
    case 'closed':
      return `${ENDED[state.outcome]}${byWhom(state)} (${when(overSince(state))})`;
    default:
      return state satisfies never;
  }
}

/** Access that ran its time was over at its end; that it was looked for and not found is a later moment. */
function overSince({ outcome, lease, closedAt }: Closed): Instant {
  return outcome === 'expired' && lease ? lease.endsAt : closedAt;
}

function byWhom({ outcome, by }: Closed): string {
  return by && (outcome === 'denied' || outcome === 'revoked') ? ` by ${doer(by)}` : '';
}

/** Why it closed or failed, as mrkdwn, with what to do about it. */
export function because(reason: Reason): string {
  switch (reason.code) {
    case 'policy':
      return [
        ...reason.advice.map((advice) => free(advice, 500)),
        ...(reason.policies.length > 0
          ? [`Decided by ${policies(reason.policies)}.`]
          : ['No policy permits it.']),
        ...(reason.errors.length > 0
          ? [
              'A policy could not be evaluated, and what is not known is not allowed: please tell those who look after jit.',
            ]
          : []),
      ].join('\n');
    case 'unfillable':
      return `The stage *${escape(reason.stage)}* needs ${reason.needed} and only ${reason.available} can be found besides the requester. Please ask those who look after the groups.`;
    case 'vote':
      return `Denied at the stage *${escape(reason.stage)}*:\n${quote(reason.text, 1500)}`;
    case 'changed':
      return 'What it gives has been changed in the catalog since it was asked for, so it is not what the approvers saw. Please ask again.';
    case 'requester':
      return `The requester may not have it any more: ${free(REQUESTER[reason.problem] ?? reason.problem, 500)}`;
    case 'no-room':
      return `AWS allows ${code(reason.principal)} ${reason.limit} characters of inline policy; ${reason.used} are in use and this needs ${reason.needed} more. End other access first, then ask again.`;
    case 'aws':
      return `AWS answered ${code(reason.error)}: ${free(reason.hint, 800)}`;
    case 'end-stands':
      return 'Its end was ordered, and the order does not say by whom. Those who look after jit can find out.';
    case 'taken-back':
      return visibleLength(reason.text) === 0 ? 'No reason was given.' : quote(reason.text, 1500);
    default:
      return reason satisfies never;
  }
}

/** The reason that a state carries, if it does. */
export function reasonOf(state: State): Reason | undefined {
  return state.status === 'closed' || state.status === 'ending' ? state.reason : undefined;
}

/** What was read back from AWS once the access was gone. */
export function proofOf(state: State): string | undefined {
  if (state.status !== 'closed' || !state.proof) return undefined;
  const { evidence, checkedAt } = state.proof;
  return `Gone, checked at ${whenExactly(checkedAt)}: ${free(evidence, 800)}`;
}

export function policies(ids: string[]): string {
  const shown = ids.slice(0, 8).map(code).join(', ');
  return ids.length > 8 ? `${shown} and ${ids.length - 8} more` : shown;
}
