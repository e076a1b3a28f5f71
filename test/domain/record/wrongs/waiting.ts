import type { Event } from '../../../../src/domain/request/event.js';
import { ana } from '../../histories/facts.js';
import { changed, followed, stranger, SAID, type Wrong } from './kinds.js';

const lapse = (events: Event[]) => {
  const [first] = events;
  return first?.type === 'RequestSubmitted' ? first.asked.lapsesAt : 0;
};

/** What is wrong with reminders, and with others who come in. */
export const waiting: Wrong[] = [
  changed('Reminded', 'of a stage that is not there', (event) => ({ ...event, stage: 'choir' })),
  changed('Reminded', 'a round too far', (event) => ({ ...event, round: event.round + 1 })),
  changed('Reminded', 'round 0', (event) => ({ ...event, round: 0 })),
  changed('Reminded', 'half a round', (event) => ({ ...event, round: event.round - 0.5 })),
  changed('Reminded', 'by the requester', (event) => ({ ...event, by: ana })),
  changed('Reminded', 'after it had lapsed', (event, { events }) => ({ ...event, at: lapse(events) })),
  followed('Reminded', 'the same round again', (event) => ({ ...event, at: event.at + 1 })),
  changed('StageEscalated', 'of a stage that is not there', (event) => ({ ...event, stage: 'choir' })),
  changed('StageEscalated', 'to nobody', (event) => ({ ...event, to: '' })),
  changed('StageEscalated', 'to another group', (event) => ({ ...event, to: 'choir' }), SAID),
  changed('StageEscalated', 'to a channel that is none', (event) => ({ ...event, channel: '' })),
  changed('StageEscalated', 'for a reason that the program does not know', (event) => ({
    ...event,
    why: 'whim',
  })),
  changed('StageEscalated', 'by somebody', (event) => ({ ...event, by: stranger })),
  changed('StageEscalated', 'after it had lapsed', (event, { events }) => ({ ...event, at: lapse(events) })),
  followed('StageEscalated', 'to the same group again', (event) => ({ ...event, at: event.at + 1 })),
  followed('StageEscalated', 'of a stage that nobody asked for', (event) => ({
    ...event,
    stage: 'choir',
    to: 'others',
  })),
];
