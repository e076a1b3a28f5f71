import type { Event } from '../../../../src/domain/request/event.js';
import { ana } from '../../histories/facts.js';
import { changed, followed, stranger, type Of, type Wrong } from './kinds.js';

const again = (event: Of<'EmergencyReviewed'>, more: Partial<Of<'EmergencyReviewed'>>): Event => ({
  ...event,
  ...more,
});

const WORDS = 'it was none';

/** Of the life whose last event this is, only the last review can be followed by another one. */
export const reviewing: Wrong[] = [
  changed('EmergencyReviewed', 'by the requester', (event) => ({ ...event, by: ana })),
  changed('EmergencyReviewed', 'under no policy', (event) => ({ ...event, policies: [] })),
  changed('EmergencyReviewed', 'as something else', (event) => ({ ...event, verdict: 'so so' })),
  changed('EmergencyReviewed', 'with words that say nothing', (event) => ({ ...event, text: '' })),
  changed('EmergencyReviewed', 'contested without words', (event) => ({
    ...event,
    verdict: 'contested',
    text: undefined,
  })),
  followed('EmergencyReviewed', 'contested by another, when it is contested or signed off', (event) =>
    again(event, { by: stranger, verdict: 'contested', text: WORDS }),
  ),
  followed('EmergencyReviewed', 'settled by who contested it', (event) =>
    event.verdict === 'contested' ? again(event, { verdict: 'signed-off' }) : undefined,
  ),
  ...(['RequestClosed', 'CleanedUp'] as const).map((type) =>
    followed(type, 'a review of what is no emergency', ({ at }, { events }) =>
      events.some((event) => 'asked' in event && event.asked.emergency)
        ? undefined
        : { type: 'EmergencyReviewed', at, by: stranger, verdict: 'signed-off', policies: ['p'] },
    ),
  ),
  changed('RequestSubmitted', 'no emergency, and people passed over', (event) => ({
    ...event,
    asked: { ...event.asked, emergency: undefined, passedOver: [{ name: 'manager', quorum: 1 }] },
  })),
  changed('RequestSubmitted', 'an emergency that is neither yes nor no', (event) => ({
    ...event,
    asked: { ...event.asked, emergency: 'yes' },
  })),
  changed('RequestSubmitted', 'people passed over who are of no stage', (event) => ({
    ...event,
    asked: { ...event.asked, emergency: true, passedOver: [{ name: 'No Stage', quorum: 1 }] },
  })),
];
