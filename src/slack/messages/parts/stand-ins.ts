import { sameAddress } from '../../../domain/email.js';
import type { Candidate } from '../../../ports/people.js';
import type { RequestView, StandIn } from '../../../ports/messages.js';
import { list } from '../../../words/english.js';
import { mention } from '../mrkdwn.js';
import { usedUp } from './voters.js';

type Asked = Pick<RequestView, 'state' | 'asked' | 'standIns'>;

/** Who may vote at this stage in the place of somebody else, and could not in their own right. */
export function standInsOf({ state, asked, standIns = {} }: Asked, stage: string): StandIn[] {
  const out = [...usedUp(state), ...(asked[stage] ?? [])];
  const isOut = ({ email }: { email: string }, of: { email: string }[]) =>
    of.some((one) => sameAddress(one.email, email));
  return (standIns[stage] ?? []).filter(
    (one) => !isOut(one.candidate, out) && !isOut(one.for, usedUp(state)),
  );
}

/** For whom the holder of this account stands in at this stage; undefined where they were asked themselves. */
export function standsInFor(view: Asked, stage: string, reader: string | undefined): StandIn | undefined {
  return reader === undefined
    ? undefined
    : standInsOf(view, stage).find(({ candidate }) => candidate.account?.id === reader);
}

/** `@bob (@kim stands in)` */
export function withStandIn(person: Candidate, standIns: StandIn[]): string {
  const theirs = standIns
    .filter((one) => sameAddress(one.for.email, person.email))
    .map(({ candidate }) => mention(candidate));
  if (theirs.length === 0) return mention(person);
  return `${mention(person)} (${list(theirs)} ${theirs.length === 1 ? 'stands' : 'stand'} in)`;
}

/** `@kim stands in for @bob`, to go after the mention of a whole group; empty where nobody does. */
export function standInNote(standIns: StandIn[]): string {
  const all = standIns.map((one) => `${mention(one.candidate)} stands in for ${mention(one.for)}`);
  return all.length === 0 ? '' : ` (${list(all)})`;
}
