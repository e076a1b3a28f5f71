import type { Person } from '../../domain/person.js';
import type { Command, CommandOf } from '../../domain/request/command.js';
import type { State } from '../../domain/request/state.js';
import type { StageButton } from '../../ports/front.js';
import { candidatesOf, emails, requestFacts, who } from '../facts.js';
import type { FrontDeps } from './deps.js';

/** What a person wants of a request, worked out on it as it is; of one that does not exist, on what stands in for it. */
export type Ask = (by: Person, state: State) => Promise<Command>;

/** What policy says of a person's vote, with those who may vote now. */
export function voteOn(
  deps: FrontDeps,
  { stage, revision }: StageButton,
  how: Pick<CommandOf<'Approve' | 'Deny'>, 'type' | 'text'>,
): Ask {
  return async (by, state) => {
    const at = deps.clock.now();
    const { asked, unknown } = await candidatesOf(deps, state);
    const candidates = emails(asked, [by]);
    const request = await requestFacts(deps, state);
    const member = candidates[stage]?.includes(by.email) ?? false;
    const voter = await who(deps, by);
    const verdict = deps.bundle().pdp.approve({ who: voter, request, stage, member, at });
    return { ...how, at, by, stage, revision, verdict, candidates, unknown };
  };
}
