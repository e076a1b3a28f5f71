import type { Event } from '../../src/domain/request/event.js';

type Type = Event['type'];

/** Has the second happened after the first? */
const inTurn = (events: Event[], first: Type, second: Type) => {
  const from = events.findIndex(({ type }) => type === first);
  return from >= 0 && events.slice(from).some(({ type }) => type === second);
};
const askedOf = ([first]: Event[]) => (first?.type === 'RequestSubmitted' ? first.asked : undefined);
const isInstead = (events: Event[], of: 'Voted' | 'ExtensionVoted') =>
  events.some((event) => event.type === of && event.vote.delegatedBy !== undefined);

/** Two stories in one request, and by what of its record it is seen. */
const MET: Record<string, (events: Event[]) => boolean> = {
  'an emergency was made longer': (events) =>
    askedOf(events)?.emergency === true && inTurn(events, 'RequestApproved', 'LeaseExtended'),
  'an emergency was made longer, and reviewed': (events) =>
    inTurn(events, 'LeaseExtended', 'EmergencyReviewed'),
  'keys were made in an emergency': (events) =>
    askedOf(events)?.emergency === true && inTurn(events, 'RequestApproved', 'CredentialsMinted'),
  'keys were made of what had been made longer': (events) =>
    inTurn(events, 'LeaseExtended', 'CredentialsMinted'),
  'what began later was made longer': (events) =>
    askedOf(events)?.startsAt !== undefined && inTurn(events, 'RequestApproved', 'LeaseExtended'),
  'what began later was approved in the place of somebody': (events) =>
    askedOf(events)?.startsAt !== undefined &&
    isInstead(events, 'Voted') &&
    events.some(({ type }) => type === 'RequestApproved'),
  'an extension was approved in the place of somebody': (events) =>
    isInstead(events, 'ExtensionVoted') && inTurn(events, 'ExtensionVoted', 'LeaseExtended'),
};

export const MEETINGS = Object.keys(MET);

/** @param records the events of each request */
export function storiesMet(records: Event[][]): string[] {
  return MEETINGS.filter((name) => records.some((events) => MET[name]!(events)));
}
