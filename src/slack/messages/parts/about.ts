import type { Instant, Millis } from '../../../domain/entitlement.js';
import type { State } from '../../../domain/request/state.js';
import type { AboutRequester, RequestView } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { day, line, when } from '../mrkdwn.js';

const DAY: Millis = 86_400_000;
const SHOWN = 3;

/** What an approver may want to weigh, a short sentence each. */
export function facts({ state, about, endsAlone }: RequestView): string[] {
  return [
    ...(about ? [liveNow(about), howOften(about, state)] : []),
    ...(endsAlone === undefined
      ? []
      : [endsAlone ? 'AWS ends it on time, even with jit down.' : 'jit ends it; AWS alone would not.']),
  ];
}

/** Their title, to follow the name; empty where Slack has none. */
export function titleOf({ about }: RequestView): string {
  const title = about?.title === undefined ? '' : line(about.title, 80).trim();
  return title === '' ? '' : ` (${title})`;
}

function liveNow({ live }: AboutRequester): string {
  if (live.length === 0) return 'No other access now.';
  const shown = live.slice(0, SHOWN).map(({ name, until }) => `${line(name, 80)} until ${when(until)}`);
  const left = live.length - shown.length;
  return `Also has ${list(left > 0 ? [...shown, `${left} more`] : shown)}.`;
}

function howOften({ asked }: AboutRequester, { requestedAt }: State): string {
  const { times, approved, denied, since } = asked;
  const within = period(requestedAt, since);
  if (times === 0) return `First request for this ${within}.`;
  const open = times - approved - denied;
  const parts = [
    ...(approved > 0 ? [`${approved} approved`] : []),
    ...(denied > 0 ? [`${denied} denied`] : []),
    ...(open > 0 ? [`${open} without a decision`] : []),
  ];
  return `Asked for this ${times === 1 ? 'once' : `${times} times`} ${within}: ${list(parts)}.`;
}

/** `in 90 days`, or since when where there is more than was counted. */
function period(until: Instant, since: Instant): string {
  const days = (until - since) / DAY;
  return Number.isInteger(days) ? `in ${days} days` : `since ${day(since)}`;
}
