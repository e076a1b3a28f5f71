import type { Instant } from '../entitlement.js';

/** Where a message of ours stands, in the terms of whoever sent it: nobody else reads them. */
export interface Post {
  place: string;
  ref: string;
  /** What it showed last, so that nothing is sent twice for nothing. */
  shown: string;
  /** Where it was to stand before, and by which error each of these places refused it. */
  tried?: TriedPlace[];
  /** Of a stage that is open: a name for those who could decide when it was drawn last; absent: that was not known. */
  deciders?: string;
  /** It stands in the direct messages of those who are asked, and the note of copies says where all of them are. */
  direct?: true;
  /** The number of the last event that it showed when it was posted: of that, and of what came before, it has told. */
  from?: number;
}

/** A place that took no message: a channel, or a person's direct messages. */
export interface TriedPlace {
  /** The id of the channel, or of the person's account. */
  channel: string;
  code: string;
}

/** Why nobody can be asked for a stage: where its card was refused, and by which error. */
export interface Unasked {
  since: Instant;
  tried: TriedPlace[];
}

// Names in `posts` that no stage can have.
/** The living message: the one in the requester's direct messages that is always true. */
export const REQUESTER = '@requester';
/** The history in the thread under it. */
export const HISTORY = '@history';
/** What tells the incident channel of an emergency, and the card of its review there. */
export const INCIDENT = '@incident';
export const REVIEW = '@review';
/** What stands in the thread of the cards in this channel, once the request is closed. */
export function detailsIn(channel: string): string {
  return `@details ${channel}`;
}
/** What was decided, in a channel in which nobody was who may decide: one line, in the place of a card. */
export function recordIn(channel: string): string {
  return `@record ${channel}`;
}
/** What tells of an escalation of this stage to this group: a card in a channel, or copies of it. */
export function escalatedIn(stage: string, to: string): string {
  return `${ESCALATED}${stage} ${to}`;
}

/** The card of this stage for an extension, or the copies of it. */
export function extensionCardIn(extension: number, stage: string): string {
  return `${extensionCards(extension)}${stage}`;
}

/** How the names of all cards of an extension begin. */
export function extensionCards(extension: number): string {
  return `@extension ${extension} `;
}

/** Whether what stands under this name is a card of one of the stages. */
export function isCard(name: string): boolean {
  return !name.startsWith('@') || name.startsWith(ESCALATED);
}

const ESCALATED = '@escalated ';
