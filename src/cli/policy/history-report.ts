import type { HistoryDiff } from '../../policy/diff/history.js';

/** `14 of 231 recorded requests would differ: 3 lose approval by security, 0 become automatic; 2 could not be judged` */
export function historyTitle({ requests, differ, counts, otherwise, unjudged }: HistoryDiff): string {
  const says = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([what, count]) => `${count} ${what}`);
  const silent = unjudged.reduce((sum, one) => sum + one.requests.length, 0);
  const changed = new Set(otherwise.map(({ id }) => id)).size;
  return [
    `${differ.length} of ${requests} recorded requests would differ: ${says.join(', ')}`,
    ...(silent > 0 ? [`${silent} could not be judged`] : []),
    ...(changed > 0 ? [`${changed} would now be answered otherwise by the very policies that decided`] : []),
  ].join('; ');
}

/** A line for each request that would differ, or that its own policies answer otherwise, and for each reason why none can be judged. */
export function historyLines({ differ, otherwise, unjudged }: HistoryDiff): {
  differ: string[];
  otherwise: string[];
  unjudged: string[];
} {
  return {
    differ: differ.map((one) => `${about(one)}: ${one.before} → ${one.after}`),
    otherwise: otherwise.map(
      (one) => `${about(one)}: on record ${one.recorded}; the same policies now say ${one.now}`,
    ),
    unjudged: unjudged.map(
      ({ why, requests }) => `${requests.length} not judged (${few(requests)}), since ${why}`,
    ),
  };
}

function about({
  id,
  requester,
  entitlement,
  when,
}: HistoryDiff['differ'][number] | HistoryDiff['otherwise'][number]) {
  return `${id}  ${requester}, ${entitlement}${when === 'approval' ? ' (when it was approved)' : ''}`;
}

function few(ids: readonly string[]): string {
  return ids.length <= 8 ? ids.join(', ') : `${ids.slice(0, 7).join(', ')} and ${ids.length - 7} more`;
}
