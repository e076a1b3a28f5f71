import { peopleOf } from '../../domain/delegation.js';
import { parseDuration } from '../../domain/duration.js';
import type { Millis } from '../../domain/entitlement.js';
import { samePerson, type Person } from '../../domain/person.js';
import type { Command, CommandOf, Deciding } from '../../domain/request/command.js';
import type { UnknownStages } from '../../domain/request/decision.js';
import type { State } from '../../domain/request/state.js';
import { decidedOn, isExtending } from '../../domain/request/extension.js';
import { shorterThan } from '../../domain/request/stories/shortening.js';
import type { StageButton } from '../../ports/front.js';
import { candidatesOf, emails, requestFacts, who } from '../facts.js';
import { seatsFor } from '../seats/stand-ins.js';
import type { FrontDeps } from './deps.js';

/** What a person wants of a request, worked out on it as it is; of one that does not exist, on what stands in for it. */
export type Ask = (by: Person, state: State) => Promise<Command>;

/** What policy says of a person's vote, with those who may vote now. */
export function voteOn(
  deps: FrontDeps,
  button: StageButton,
  how: Pick<CommandOf<'Approve' | 'Deny'>, 'type' | 'text'>,
): Ask {
  return async (by, state) => ({ ...how, ...(await decidingOn(deps, button, by, state)) });
}

/**
 * The same of a vote for less. Policy is asked about the time that they would give, as it is once more when it takes
 * effect.
 * @param wanted as written; undefined: the shortest that is offered
 */
export function shorterVoteOn(deps: FrontDeps, button: StageButton, wanted?: string): Ask {
  return async (by, state) => {
    const offered = offeredFor(deps, state);
    const to = wanted === undefined ? shorterThan(state.duration, offered)[0] : parseDuration(wanted);
    const duration = to ?? state.duration;
    const deciding = await decidingOn(deps, button, by, { ...state, duration });
    return { type: 'Shorten', to: duration, offered, ...deciding };
  };
}

/** A question to the requester, of somebody who might decide. */
export function questionOn(deps: FrontDeps, button: StageButton, text: string): Ask {
  return async (by, state) => ({
    type: 'AskQuestion',
    text,
    ...(await decidingOn(deps, button, by, state)),
  });
}

/** For how long the catalog offers it now; what has left the catalog is offered for no time. */
export function offeredFor({ bundle }: Pick<FrontDeps, 'bundle'>, { entitlement }: State): readonly Millis[] {
  return bundle().entitlements.get(entitlement.id)?.durations ?? [];
}

async function decidingOn(
  deps: FrontDeps,
  { stage, revision }: StageButton,
  by: Person,
  of: State,
): Promise<Deciding & Pick<Command, 'at'>> {
  const at = deps.clock.now();
  const state = decidedOn(of);
  const { asked, unknown } = await candidatesOf(deps, state);
  const request = await requestFacts(deps, state);
  const voter = await who(deps, by);
  const { pdp } = deps.bundle();
  const through = await seatsFor(deps, by, { [stage]: asked[stage] ?? [] });
  const seats = through.seats[stage] ?? [];
  const candidates = emails(asked, [by, ...seats]);
  const about = { who: voter, request, stage, at, ...(isExtending(of) && ({ extension: true } as const)) };
  const common = { at, by, stage, revision, candidates, unknown: withLost(unknown, through.unknown) };
  const [first, ...more] = [...seats.filter((one) => isFree(one, state)), ...seats];
  if (!first) {
    const member = candidates[stage]?.includes(by.email) ?? false;
    return { ...common, verdict: pdp.approve({ ...about, member }) };
  }
  const inPlaceOf = async (delegatedBy: Person) => {
    const verdict = pdp.approve({ ...about, member: true, delegatedBy: await who(deps, delegatedBy) });
    return { ...common, delegatedBy, verdict };
  };
  // Who stands in for several people fills the seat of the first for whom policy lets them.
  let deciding = await inPlaceOf(first);
  for (const other of more) {
    if (deciding.verdict.outcome === 'allowed') break;
    deciding = await inPlaceOf(other);
  }
  return deciding;
}

/** Whether somebody's seat has not been used, and is not the requester's. */
function isFree(one: Person, { requester, votes }: State): boolean {
  return [requester, ...votes.flatMap(peopleOf)].every((other) => samePerson(one, other) === 'other');
}

function withLost(unknown: UnknownStages, more: UnknownStages): UnknownStages {
  const names = new Set([...Object.keys(unknown), ...Object.keys(more)]);
  return Object.fromEntries(
    [...names].map((name) => [name, [...(unknown[name] ?? []), ...(more[name] ?? [])]]),
  );
}
