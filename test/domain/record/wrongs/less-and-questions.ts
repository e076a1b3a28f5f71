import type { Event } from '../../../../src/domain/request/event.js';
import { ana } from '../../histories/facts.js';
import { HOUR, MINUTE, SECOND } from '../../../support/requests.js';
import { changed, followed, stranger, type Of, type Wrong } from './kinds.js';

const lapse = (events: Event[]) => {
  const [first] = events;
  return first?.type === 'RequestSubmitted' ? first.asked.lapsesAt : 0;
};
/** The step, and the vote that goes with it, by somebody else. */
const both = (
  name: string,
  change: (event: Of<'DurationShortened'>, vote: Of<'Voted'>) => [object, object],
): Wrong => ({
  name: `DurationShortened, with its vote: ${name}`,
  make({ events }, chance) {
    const places = events.flatMap(({ type }, n) => (type === 'DurationShortened' ? [n] : []));
    const n = places[chance(Math.max(1, places.length))];
    const [event, vote] = n === undefined ? [] : events.slice(n, n + 2);
    if (n === undefined || event?.type !== 'DurationShortened' || vote?.type !== 'Voted') return undefined;
    return events.toSpliced(n, 2, ...(change(event, vote) as [Event, Event]));
  },
});

/** What is wrong with less time than was asked for, and with questions. */
export const lessAndQuestions: Wrong[] = [
  changed('DurationShortened', 'from another duration than it had', (event) => ({
    ...event,
    from: event.from + MINUTE,
  })),
  changed('DurationShortened', 'to as much as it had', (event) => ({ ...event, to: event.from })),
  changed('DurationShortened', 'to more than it had', (event) => ({ ...event, to: event.from + HOUR })),
  changed('DurationShortened', 'to what no catalog offers', (event) => ({ ...event, to: event.to - 1 })),
  changed('DurationShortened', 'to nothing', (event) => ({ ...event, to: 0 })),
  changed('DurationShortened', 'for a stage that is not there', (event) => ({ ...event, stage: 'choir' })),
  changed('DurationShortened', 'by another than the voter', (event) => ({ ...event, by: stranger })),
  changed('DurationShortened', 'by nobody', (event) => ({ ...event, by: 'jit' })),
  changed('DurationShortened', 'by the requester', (event) => ({ ...event, by: ana })),
  changed('DurationShortened', 'a moment before its vote', (event) => ({ ...event, at: event.at - 1 })),
  both('by the requester', (event, vote) => [
    { ...event, by: ana },
    { ...vote, by: ana, vote: { ...vote.vote, by: ana } },
  ]),
  both('the other way round', (event, vote) => [vote, event]),
  both('after it had lapsed', (event, vote) => [
    { ...event, at: event.at + 100 * HOUR },
    { ...vote, at: vote.at + 100 * HOUR, vote: { ...vote.vote, at: vote.at + 100 * HOUR } },
  ]),
  changed(
    'RequestApproved',
    'for as long as was asked, though somebody approved less',
    (event, { events }) => {
      const [first] = events;
      if (first?.type !== 'RequestSubmitted' || !events.some(({ type }) => type === 'DurationShortened'))
        return undefined;
      const { lease, at } = event;
      return { ...event, lease: { ...lease, endsAt: at + first.asked.duration } };
    },
  ),
  changed('QuestionAsked', 'without a word', (event) => ({ ...event, text: ' \u200b' })),
  changed('QuestionAsked', 'with space around it', (event) => ({ ...event, text: ` ${event.text}` })),
  changed(
    'QuestionAsked',
    'with another text',
    (event) => ({ ...event, text: 'who are you?' }),
    'it is free text',
  ),
  changed('QuestionAsked', 'about a stage that is not there', (event) => ({ ...event, stage: 'choir' })),
  changed('QuestionAsked', 'by the requester', (event) => ({ ...event, by: ana })),
  changed('QuestionAsked', 'by nobody', (event) => ({ ...event, by: 'jit' })),
  changed('QuestionAsked', 'after it had lapsed', (event, { events }) => ({ ...event, at: lapse(events) })),
  followed('QuestionAsked', 'the same person asks again before the answer', (event) => ({
    ...event,
    at: event.at + SECOND,
  })),
  changed('QuestionAnswered', 'without a word', (event) => ({ ...event, text: '\u2060' })),
  changed(
    'QuestionAnswered',
    'with another text',
    (event) => ({ ...event, text: 'never mind' }),
    'it is free text',
  ),
  changed('QuestionAnswered', 'by somebody else', (event) => ({ ...event, by: stranger })),
  changed('QuestionAnswered', 'that nobody had asked', (event) => ({ ...event, question: 9 })),
  changed('QuestionAnswered', 'that is no number', (event) => ({ ...event, question: 0.5 })),
  changed('QuestionAnswered', 'after it had lapsed', (event, { events }) => ({
    ...event,
    at: lapse(events),
  })),
  followed('QuestionAnswered', 'once more, in other words', (event) => ({ ...event, text: 'I mean' })),
];
