import { AHEAD, FURTHEST_START } from '../../../../src/domain/lease.js';
import type { Event } from '../../../../src/domain/request/event.js';
import { ana } from '../../histories/facts.js';
import { MINUTE } from '../../../support/requests.js';
import { changed, denied, followed, leaseOf, voided, type Wrong } from './kinds.js';

const startOf = (events: Event[]): number | undefined => {
  const [first] = events;
  return first?.type === 'RequestSubmitted' ? first.asked.startsAt : undefined;
};
const lapseOf = (events: Event[]): number => {
  const [first] = events;
  return first?.type === 'RequestSubmitted' ? first.asked.lapsesAt : 0;
};

/** What is wrong with a start that was asked for. */
export const starting: Wrong[] = [
  changed('RequestSubmitted', 'for a start that was over', (event) => ({
    ...event,
    asked: { ...event.asked, startsAt: event.at },
  })),
  changed('RequestSubmitted', 'for a start that is too far away', (event) => {
    const startsAt = event.at + FURTHEST_START + 1;
    return { ...event, asked: { ...event.asked, startsAt, lapsesAt: startsAt + MINUTE } };
  }),
  changed('RequestSubmitted', 'for a start at which it had lapsed', (event) => ({
    ...event,
    asked: { ...event.asked, startsAt: event.asked.lapsesAt },
  })),
  changed('RequestSubmitted', 'for a start that is no time', (event) => ({
    ...event,
    asked: { ...event.asked, startsAt: 'tomorrow' },
  })),
  changed('RequestSubmitted', 'in an emergency, for a start', (event) =>
    event.asked.startsAt === undefined ? undefined : { ...event, asked: { ...event.asked, emergency: true } },
  ),
  changed('RequestApproved', 'a moment before its start', (event, { events }) => {
    const start = startOf(events);
    if (start === undefined) return undefined;
    const { startsAt, endsAt, warnAt } = leaseOf(events)!;
    const early = (at: number) => at - startsAt + start - 1_000;
    const lease = { startsAt: early(startsAt), endsAt: Math.floor(early(endsAt) / 1000) * 1000 };
    return { ...event, at: early(event.at), lease: { ...lease, ...(warnAt && { warnAt: early(warnAt) }) } };
  }),
  changed('RequestDenied', 'at a confirmation before its start', (event, { events, n }) => {
    const start = startOf(events);
    const before = events.slice(0, n).at(-1)?.at ?? 0;
    const isConfirmed = event.by === 'jit' && event.reason.code !== 'no-room' && event.reason.code !== 'aws';
    return start !== undefined && isConfirmed && before < start ? { ...event, at: start - 1 } : undefined;
  }),
  followed('Voted', 'denied by policy before its start', ({ at }, { events }) =>
    at < (startOf(events) ?? 0)
      ? denied(at, { code: 'policy', policies: ['freeze'], advice: [], errors: [] })
      : undefined,
  ),
  changed('StartDoubted', 'at its start', (event, { events }) => ({ ...event, at: startOf(events)! })),
  changed('StartDoubted', 'by the requester', (event) => ({ ...event, by: ana })),
  changed('StartDoubted', 'for a reason of a person', (event) => ({
    ...event,
    reason: { code: 'vote', stage: 'manager', text: 'no' },
  })),
  changed('StartDoubted', 'without saying why', (event) => ({
    ...event,
    reason: { code: 'requester', problem: '' },
  })),
  changed('StartDoubted', 'for want of people in a stage that was not asked for', (event) => ({
    ...event,
    reason: { code: 'unfillable', stage: 'choir', needed: 2, available: 0 },
  })),
  followed('StartDoubted', 'doubted once more', (event) => ({ ...event, at: event.at + 1 })),
  followed('StartDoubted', 'votes voided of nobody', ({ at }) => voided(at, [])),
  followed('RequestSubmitted', 'doubted where it begins at once', (event, { events }) =>
    startOf(events) === undefined
      ? { type: 'StartDoubted', at: event.at, by: 'jit', reason: { code: 'changed' } }
      : undefined,
  ),
  changed(
    'StartDoubted',
    'earlier than it is looked at',
    (event, { events, n }) => {
      const at = startOf(events)! - AHEAD - MINUTE;
      return at > (events[n - 1]?.at ?? 0) && at < lapseOf(events) ? { ...event, at } : undefined;
    },
    'when it is looked at stands in no record',
  ),
];
