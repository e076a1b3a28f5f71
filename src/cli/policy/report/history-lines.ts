import type { HistoryDiff } from '../../../policy/diff/history.js';
import { few, type Line, type Section } from './line.js';

/** `14 of 231 recorded requests would differ: 3 lose approval by security, 0 become automatic; 2 could not be judged` */
export function recordedTitle({ requests, differ, counts, otherwise, unjudged }: HistoryDiff): string {
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

/**
 * What becomes of requests on record: those that would differ, those that their own policies answer otherwise now, and
 * each reason why some cannot be judged.
 */
export function historySections(history: HistoryDiff): Section[] {
  const { differ, otherwise, unjudged } = history;
  return [
    {
      title: `Recorded requests: ${recordedTitle(history)}`,
      lines: differ.map((one): Line => [`${about(one)}: ${one.before} → ${one.after}`]),
    },
    {
      title: 'Answered otherwise by the very policies that decided',
      lines: otherwise.map((one): Line => [
        `${about(one)}: on record ${one.recorded}; the same policies now say ${one.now}`,
      ]),
    },
    {
      title: 'Recorded requests that could not be judged',
      lines: unjudged.map(({ why, requests }): Line => [...few(requests), `: ${why}`]),
    },
  ];
}

function about({
  id,
  requester,
  entitlement,
  when,
}: HistoryDiff['differ'][number] | HistoryDiff['otherwise'][number]): string {
  return `${id}  ${requester}, ${entitlement}${when === 'approval' ? ' (when it was approved)' : ''}`;
}
