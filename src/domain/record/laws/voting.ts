import { openStage } from '../../request/progress.js';
import type { Event } from '../../request/event.js';
import type { Pending } from '../../request/state.js';
import { visibleLength } from '../../text.js';
import { samePerson } from '../../person.js';
import { unfilled } from './asking.js';
import { canConfirm, confirming, isFrom, type Past } from './past.js';
import { areTexts, isPerson, wrongReason } from './values.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

export function vote({ at, by, vote }: Of<'Voted'>, before: Pending): string | undefined {
  if (!isPerson(by) || samePerson(by, vote.by) !== 'same')
    return 'a vote was recorded by another than the voter';
  const who = vote.by.email;
  if (samePerson(vote.by, before.requester) !== 'other') return `${who} voted on their own request`;
  if (before.votes.some((other) => samePerson(other.by, vote.by) !== 'other')) return `${who} voted twice`;
  const open = openStage(before)?.name;
  if (open !== vote.stage) return `${who} voted for ${vote.stage} while ${open ?? 'no stage'} was open`;
  if (at >= before.lapsesAt) return `${who} voted after the request had lapsed`;
  if (vote.at !== at) return `the vote of ${who} bears another time than its record`;
  return areTexts(vote.policies) && vote.policies.length > 0
    ? undefined
    : `${who} voted without a policy that permits it`;
}

/** A denial by a person's vote, before approvers were asked, or at the confirmation. */
export function denial(event: Of<'RequestDenied'>, before: Pending, past: Past): string | undefined {
  const { at, by, reason } = event;
  if (isPerson(by)) return byVote(event, before);
  if (reason.code === 'vote') return 'a person’s denial was recorded without the person';
  if (!before.checked) return wrongReason(reason, 'preflight');
  const wrong = wrongReason(reason, 'confirmation');
  if (wrong) return wrong;
  if (reason.code === 'unfillable')
    return confirming(past, event)
      ? unfilled(reason, before)
      : 'it was closed for want of people, and nothing had changed that';
  return canConfirm(before, at) ? undefined : 'it was denied at a confirmation that nothing had led to';
}

function byVote({ at, by, reason }: Of<'RequestDenied'>, before: Pending): string | undefined {
  if (!isPerson(by)) return undefined;
  const who = by.email;
  if (reason.code !== 'vote') return 'a person denied it without a vote';
  if (samePerson(by, before.requester) !== 'other') return `${who} denied their own request`;
  if (before.votes.some((other) => samePerson(other.by, by) === 'changed'))
    return `${who} denied it as somebody other than they had voted as`;
  const open = openStage(before)?.name;
  if (open !== reason.stage)
    return `${who} denied it for ${reason.stage} while ${open ?? 'no stage'} was open`;
  if (at >= before.lapsesAt) return `${who} denied it after it had lapsed`;
  if (isFrom(2, before) && visibleLength(reason.text) === 0) return `${who} denied it without a word`;
  return wrongReason(reason, 'vote');
}
